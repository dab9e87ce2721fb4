import type { Request } from "express";
import { z } from "zod";

import type { DryRuns } from "../dispatch/dry-run.ts";
import type { HandlerTable, TableEntry } from "../dispatch/handler-table.ts";
import type { JobStore } from "../dispatch/job-store.ts";
import type { PauseStore } from "../dispatch/pause-store.ts";
import type { Database } from "../db/database.ts";
import { askForRun } from "../schedule/ask-for-run.ts";
import type { OccurrenceStore } from "../schedule/occurrence-store.ts";
import type { Timetable } from "../schedule/timetable.ts";
import { readFilters } from "../queries/filters.ts";
import { findJob, type JobRow } from "../queries/jobs.ts";
import { presentReplay } from "../queries/replay-list.ts";
import { readReplay, type Replays } from "../queries/replays.ts";
import { readHandlerStatus } from "../queries/status.ts";
import { notFound, Problem } from "./problem.ts";
import { param, type Route } from "./route.ts";

export interface ActingParts {
  db: Database;
  jobs: JobStore;
  pauses: PauseStore;
  handlers: HandlerTable;
  dryRuns: DryRuns;
  replays: Replays;
  occurrences: OccurrenceStore;
  timetable: Timetable;
}

/** A caller waits no longer; a process that works goes on with the rest. */
const PATIENCE_MS = 10_000;

/** Ends in a column of 1,000 characters. */
const Reason = { reason: z.string("write text").trim().min(1).max(500).optional() };

/** The calls that decide something: again, not at all, not now. Nothing is edited. */
export function actingRoutes(parts: ActingParts): Route[] {
  return [
    { method: "post", path: "/jobs/:id/replay", answer: (request) => replayJob(parts, request) },
    { method: "post", path: "/jobs/:id/skip", answer: (request) => skipJob(parts, request) },
    { method: "post", path: "/replays", answer: (request) => replay(parts, request) },
    {
      method: "post",
      path: "/handlers/:instance/:handler/pause",
      async answer(request) {
        const handler = knownHandler(parts, request);
        const { reason } = readFilters(Reason, bodyOf(request));
        await parts.pauses.pause(handler.id, "person", reason ?? "paused by a person");
        return readHandlerStatus(parts, handler);
      },
    },
    {
      method: "post",
      path: "/handlers/:instance/:handler/resume",
      async answer(request) {
        const handler = knownHandler(parts, request);
        await parts.pauses.resume(handler.id);
        return readHandlerStatus(parts, handler);
      },
    },
    {
      method: "post",
      path: "/schedules/:instance/:schedule/run",
      async answer(request) {
        const id = `${param(request, "instance")}/${param(request, "schedule")}`;
        const clockwork = parts.timetable.schedules.find((one) => one.id === id);
        if (!clockwork) throw notFound("such schedule in the configuration");
        readFilters({}, bodyOf(request));
        await askForRun(parts, clockwork);
        return { count: 1 };
      },
    },
  ];
}

async function replayJob(parts: ActingParts, request: Request): Promise<object> {
  const { db, jobs, dryRuns } = parts;
  const job = await knownJob(db, request);
  const { id, state } = job;
  if (readDryRun(bodyOf(request)).dryRun) {
    if (!parts.handlers.entries.has(job.handler))
      throw notFound("such handler in the configuration");
    return { count: 1, ...(await dryRuns.job(job)) };
  }
  if (state === "ready") return { count: 0 };
  if (state === "leased" || !(await jobs.replay(id))) {
    throw new Problem(409, "the job is running: wait until it has ended");
  }
  return { count: 1 };
}

async function skipJob({ db, jobs }: ActingParts, request: Request): Promise<object> {
  const { id } = await knownJob(db, request);
  const { reason } = readFilters(Reason, bodyOf(request));
  if (await jobs.skip(id, reason ?? "skipped by a person")) return { count: 1 };
  const { state } = await knownJob(db, request);
  throw new Problem(
    409,
    state === "leased"
      ? "the job is running: wait until it has ended"
      : `the job is ${state} already: only ready, held and dead jobs can be skipped`,
  );
}

async function replay({ replays }: ActingParts, request: Request): Promise<object> {
  const { dryRun, rest } = readDryRun(bodyOf(request));
  const wanted = readReplay(rest);
  if (dryRun) return { count: await replays.count(wanted) };
  const begun = await replays.begin(wanted);
  return presentReplay(await replays.carryOn(begun, { forMs: PATIENCE_MS }));
}

function readDryRun({ dryRun = false, ...rest }: Readonly<Record<string, unknown>>) {
  if (typeof dryRun === "boolean") return { dryRun, rest };
  const errors = [{ field: "dryRun", detail: "write true or false" }];
  throw new Problem(400, "dryRun: write true or false", { errors });
}

async function knownJob(db: Database, request: Request): Promise<JobRow> {
  const job = await findJob(db, param(request, "id"));
  if (!job) throw notFound("such job");
  return job;
}

function knownHandler({ handlers }: ActingParts, request: Request): TableEntry {
  const id = `${param(request, "instance")}/${param(request, "handler")}`;
  const entry = handlers.entries.get(id);
  if (!entry) throw notFound("such handler in the configuration");
  return entry;
}

/** The body as an object; none is an empty one. */
function bodyOf(request: Request): Readonly<Record<string, unknown>> {
  const body: unknown = request.body;
  if (body === undefined) {
    const isEmpty = Number(request.headers["content-length"] ?? 0) === 0;
    if (isEmpty && request.headers["transfer-encoding"] === undefined) return {};
    throw new Problem(415, "send the body as application/json");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Problem(400, "the body must be a JSON object");
  }
  return Object.fromEntries(Object.entries(body));
}
