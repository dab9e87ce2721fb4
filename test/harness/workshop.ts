import { z } from "zod";

import { CounterStore } from "../../src/db/counter-store.ts";
import type { Database } from "../../src/db/database.ts";
import { FactStore } from "../../src/db/fact-store.ts";
import { Ownership } from "../../src/db/ownership.ts";
import { BookingDocuments } from "../../src/dispatch/booking-documents.ts";
import { DryRuns } from "../../src/dispatch/dry-run.ts";
import { HandlerLimits } from "../../src/dispatch/handler-limits.ts";
import { FirstUse } from "../../src/dispatch/first-use.ts";
import { HandlerTable } from "../../src/dispatch/handler-table.ts";
import { JobStore } from "../../src/dispatch/job-store.ts";
import { LaneStore } from "../../src/dispatch/lane-store.ts";
import { PauseStore } from "../../src/dispatch/pause-store.ts";
import { SettleStore } from "../../src/dispatch/settle-store.ts";
import { Shadow } from "../../src/dispatch/shadow.ts";
import { Worker, type WorkerParts } from "../../src/dispatch/worker.ts";
import { EffectStore } from "../../src/effects/effect-store.ts";
import { httpClient } from "../../src/http/http-client.ts";
import { IntakeLoad } from "../../src/inbox/intake-load.ts";
import type { DraftEvent } from "../../src/normalize/event-draft.ts";
import { EventStore } from "../../src/normalize/event-store.ts";
import { AliasStore } from "../../src/people/alias-store.ts";
import { Identity } from "../../src/people/identity.ts";
import { PersonRegister } from "../../src/people/person-register.ts";
import type { AnyHandler } from "../../src/registry/loaded-integration.ts";
import type { AnyEvent, EventType } from "../../src/sdk/booking-event.ts";
import { jobList, type JobRow } from "../../src/queries/jobs.ts";
import { readPage } from "../../src/queries/list.ts";
import type { Mode, WhenConfig } from "../../src/settings/config-schema.ts";
import { checkContext, memoryLog } from "../../src/sdk/testing.ts";

/** Dispatch on its own: real store, real worker, handlers of the test. */
export interface Workshop {
  /** Adds events and the jobs they ask for. */
  tell(...events: AnyEvent[]): Promise<void>;
  jobs: JobStore;
  lanes: LaneStore;
  pauses: PauseStore;
  settle: SettleStore;
  effects: EffectStore;
  handlers: HandlerTable;
  dryRuns: DryRuns;
  /** The jobs as lists show them, newest first. */
  jobList(): Promise<JobRow[]>;
  /** Works until every job is settled, blocked or waits for later. */
  runUntilIdle(): Promise<void>;
  /** The same, and what waits for later too, as lanes do that write the same contact. */
  runUntilAllIsDone(): Promise<void>;
  /** `<state> <reason>` of every job, in order. */
  states(): Promise<string[]>;
  /** A worker as a fresh process has it; the test starts and stops it. */
  newWorker(): Worker;
  /** The same with what makes it the owner of limited handlers. */
  newProcess(): { worker: Worker; ownership: Ownership };
  log: ReturnType<typeof memoryLog>;
}

export function openWorkshop(db: Database, ...handlers: readonly Partial<AnyHandler>[]): Workshop {
  return openWorkshopIn("live", db, ...handlers);
}

/** @param mode Of the instance that the handlers belong to. */
export function openWorkshopIn(
  mode: Mode,
  db: Database,
  ...handlers: readonly Partial<AnyHandler>[]
): Workshop {
  return openWorkshopOf({ mode, when: {} }, db, ...handlers);
}

/** @param instance What the configuration says of the instance that the handlers belong to. */
export function openWorkshopOf(
  { mode, when }: { mode: Mode; when: WhenConfig },
  db: Database,
  ...handlers: readonly Partial<AnyHandler>[]
): Workshop {
  const table = new HandlerTable([{ ...instanceOf(mode, handlers), when }]);
  const counters = new CounterStore(db);
  const log = memoryLog();
  const jobs = new JobStore(db, table, counters);
  const lanes = new LaneStore(db);
  const pauses = new PauseStore(db);
  const settle = new SettleStore(db, counters);
  const effects = new EffectStore(db);
  const { mail, templates, tokens } = checkContext({});
  const [facts, clock] = [new FactStore(db), { now: Date.now }];
  const instances = new Map([["shop", mode]]);
  const parts: Omit<WorkerParts, "limits"> = {
    db,
    handlers: table,
    lanes,
    jobs,
    settle,
    pauses,
    load: new IntakeLoad(),
    onAttempt: () => undefined,
    tools: {
      log,
      clock,
      dataFolder: "/nowhere",
      documents: new BookingDocuments([], {
        ...{ clock, templates, connectionOf: (id) => ({ id, name: id, language: "en" }) },
        pdf: { render: () => Promise.reject(new Error("no pdf here")) },
      }),
      firstUse: new FirstUse(facts, clock),
      people: new PersonRegister(new AliasStore(db), new Identity()),
      http: httpClient,
      pdf: { render: () => Promise.reject(new Error("no pdf here")) },
      templates,
      effects,
      shadow: new Shadow({ db, facts, clock, connections: new Map(), instances }),
      connectionOf: (id) => ({ id, name: id, language: "en" }),
      mailOf: () => mail,
      tokensOf: () => tokens,
      activity: () => Promise.resolve({ bookings: [], troubles: [], leftOff: 0 }),
      giveUpAfterMs: 3 * 24 * 60 * 60_000,
    },
  };
  const newProcess = () => {
    const ownership = new Ownership(db, log);
    const limits = new HandlerLimits(table, ownership, lanes);
    return { worker: new Worker({ ...parts, limits }), ownership };
  };
  const runUntilIdle = async () => {
    const { worker, ownership } = newProcess();
    await ownership.start();
    await worker.start();
    await untilNothingIsDue(db, worker);
    await ownership.stop();
    await worker.stop(5_000);
  };
  return {
    jobs,
    lanes,
    pauses,
    settle,
    effects,
    handlers: table,
    dryRuns: new DryRuns(parts),
    jobList: async () => (await readPage(db, jobList, {}, { limit: 50 })).rows,
    newProcess,
    newWorker: () => newProcess().worker,
    log,
    async tell(...events) {
      await db.transaction(async (trx) => {
        const drafts: DraftEvent[] = events.map((event) => ({ event, dedupeKey: event.id }));
        await new EventStore().insert(trx, drafts);
        await jobs.enqueue(trx, events);
      });
    },
    runUntilIdle,
    async runUntilAllIsDone() {
      const deadline = Date.now() + 30_000;
      await runUntilIdle();
      while ((await db.knex("jobs").where({ state: "ready" }).first("id")) !== undefined) {
        if (Date.now() > deadline) throw new Error("the jobs did not come to an end within 30 s");
        await new Promise((resolve) => setTimeout(resolve, 300));
        await runUntilIdle();
      }
    },
    async states() {
      const rows: { state: string; reason: string | null }[] = await db
        .knex("jobs")
        .orderBy("position")
        .select("state", "reason");
      return rows.map(({ state, reason }) => [state, reason].filter(Boolean).join(" "));
    },
  };
}

async function untilNothingIsDue(db: Database, worker: Worker): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const due: unknown = await db
      .knex("lanes")
      .where("due_at", "<=", db.knex.raw(db.dialect.nowMs))
      .orWhereNotNull("token")
      .first("id");
    if (due === undefined && worker.isIdle) return;
    if (Date.now() > deadline) throw new Error("the worker did not come to rest within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function instanceOf(mode: Mode, handlers: readonly Partial<AnyHandler>[]) {
  const complete = handlers.map((handler, index) => ({
    id: `handler${index + 1}`,
    kind: "mirror" as const,
    on: ["booking.confirmed" as const],
    handle: () => Promise.resolve({ done: "ok" }),
    ...handler,
  }));
  return {
    id: "shop",
    integration: {
      manifest: { id: "shop", name: "Shop" },
      config: z.object({}),
      handlers: complete,
    },
    when: {},
    mode,
    settings: {},
    handlers: complete,
  };
}

let events = 0;

/** An event of a booking, later than all before. */
export function eventOf(subject: string, type: EventType = "booking.confirmed"): AnyEvent {
  events += 1;
  return {
    id: `event-${events}`,
    type,
    subject,
    connection: "fjord",
    time: new Date().toISOString(),
    version: events,
    ordinal: events,
    booking: { connection: "fjord", reference: subject, version: events, status: "confirmed" },
    changes: [],
    summary: "",
    custom: {},
    native: { event: type, fields: {} },
    origin: "notified",
    actor: "staff",
    isQuiet: false,
  } as AnyEvent;
}
