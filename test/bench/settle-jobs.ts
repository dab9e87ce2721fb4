import { inspect } from "node:util";

import { z } from "zod";

import { CounterStore } from "../../src/db/counter-store.ts";
import { Database, type DatabaseLocation } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { HandlerTable } from "../../src/dispatch/handler-table.ts";
import { JobStore } from "../../src/dispatch/job-store.ts";
import { LaneStore } from "../../src/dispatch/lane-store.ts";
import { PauseStore } from "../../src/dispatch/pause-store.ts";
import { SettleStore } from "../../src/dispatch/settle-store.ts";
import { Worker } from "../../src/dispatch/worker.ts";
import { EffectStore } from "../../src/effects/effect-store.ts";
import { httpClient } from "../../src/http/http-client.ts";
import { IntakeLoad } from "../../src/inbox/intake-load.ts";
import { EventStore } from "../../src/normalize/event-store.ts";
import type { AnyEvent } from "../../src/sdk/booking-event.ts";
import { checkContext } from "../../src/sdk/testing.ts";

/** As with BullMQ, the best for a handler that does nothing. */
const CONCURRENCY = 64;
const ADDED_AT_ONCE = 500;
const JOBS_PER_BOOKING = 2;

const silent = { debug: ignore, info: ignore, warn: ignore, error: report };

function ignore(): void {
  // Log lines are not what is measured.
}

function report(fields: object, message: string): void {
  process.stderr.write(`${message}: ${inspect(fields)}\n`);
}

/** Seconds in which Bellhop's worker runs and settles so many no-op jobs that wait already. */
export async function settleOnBellhop(location: DatabaseLocation, jobs: number): Promise<number> {
  const db = await Database.open(location);
  await migrate(db);
  let settled = 0;
  let allSettled: () => void = ignore;
  const isOver = new Promise<void>((resolve) => (allSettled = resolve));
  const table = new HandlerTable([noOp()]);
  const counters = new CounterStore(db);
  await addJobs(db, new JobStore(db, table, counters), jobs);
  const settle = new CountingSettleStore(db, counters, (count) => {
    settled += count;
    if (settled === jobs) allSettled();
  });
  const worker = workerOf(db, table, counters, settle);
  const startedAt = performance.now();
  await worker.start();
  await isOver;
  const seconds = (performance.now() - startedAt) / 1000;
  await worker.stop(1_000);
  const done: unknown = await db.knex("jobs").where({ state: "done" }).count({ n: "*" }).first();
  await db.close();
  if ((done as { n: number }).n !== jobs) throw new Error("Bellhop has not settled all jobs");
  return seconds;
}

/** Tells how many jobs a commit has settled, once it is through. */
class CountingSettleStore extends SettleStore {
  readonly #onSettled: (count: number) => void;

  constructor(db: Database, counters: CounterStore, onSettled: (count: number) => void) {
    super(db, counters);
    this.#onSettled = onSettled;
  }

  override async settle(run: Parameters<SettleStore["settle"]>[0]) {
    const lost = await super.settle(run);
    this.#onSettled(run.length - lost.length);
    return lost;
  }
}

function noOp() {
  const handler = {
    id: "no-op",
    kind: "mirror" as const,
    on: ["booking.confirmed" as const],
    concurrency: CONCURRENCY,
    handle: () => Promise.resolve({ done: "ok" }),
  };
  const manifest = { id: "bench", name: "Bench" };
  const integration = { manifest, config: z.object({}), handlers: [handler] };
  return { id: "bench", integration, when: {}, settings: {}, handlers: [handler] };
}

function workerOf(
  db: Database,
  handlers: HandlerTable,
  counters: CounterStore,
  settle: SettleStore,
) {
  const { mail, templates } = checkContext({});
  return new Worker({
    db,
    handlers,
    settle,
    lanes: new LaneStore(db),
    jobs: new JobStore(db, handlers, counters),
    pauses: new PauseStore(db),
    load: new IntakeLoad(),
    onAttempt: ignore,
    tools: {
      log: silent,
      clock: { now: Date.now },
      http: httpClient,
      pdf: { render: () => Promise.reject(new Error("no pdf here")) },
      templates,
      effects: new EffectStore(db),
      connectionOf: (id) => ({ id, name: id, language: "en" }),
      mailOf: () => mail,
    },
  });
}

async function addJobs(db: Database, jobs: JobStore, count: number): Promise<void> {
  for (let added = 0; added < count; added += ADDED_AT_ONCE) {
    const size = Math.min(ADDED_AT_ONCE, count - added);
    const events = Array.from({ length: size }, (_, index) => eventOf(added + index));
    await db.transaction(async (trx) => {
      await new EventStore().insert(
        trx,
        events.map((event) => ({ event, dedupeKey: event.id })),
      );
      await jobs.enqueue(trx, events);
    });
  }
}

function eventOf(number: number): AnyEvent {
  const reference = String(Math.floor(number / JOBS_PER_BOOKING));
  const version = (number % JOBS_PER_BOOKING) + 1;
  return {
    id: `event-${number}`,
    type: "booking.confirmed",
    subject: reference,
    connection: "bikes",
    time: new Date().toISOString(),
    version,
    ordinal: version,
    booking: { connection: "bikes", reference, version, status: "confirmed" },
    changes: [],
    summary: "",
    custom: {},
    native: { event: "", fields: {} },
    origin: "notified",
    actor: "staff",
    isQuiet: false,
  };
}
