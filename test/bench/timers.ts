import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { CounterStore } from "../../src/db/counter-store.ts";
import { Database, type DatabaseLocation } from "../../src/db/database.ts";
import { FactStore } from "../../src/db/fact-store.ts";
import { migrate } from "../../src/db/migrate.ts";
import { EventStore } from "../../src/normalize/event-store.ts";
import type { ChangedBooking } from "../../src/normalize/follower.ts";
import { SubjectStore } from "../../src/normalize/subject-store.ts";
import { OccurrenceStore } from "../../src/schedule/occurrence-store.ts";
import { ScheduleWork } from "../../src/schedule/schedule-work.ts";
import { TimerPlanner } from "../../src/schedule/timer-planner.ts";
import { Timetable } from "../../src/schedule/timetable.ts";
import { timersOf } from "../../src/schedule/timers.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import { ConfigSchema } from "../../src/settings/config-schema.ts";
import { addBookings } from "../harness/many-bookings.ts";
import type { MariaDb } from "../harness/servers.ts";
import { eventOf, openWorkshop } from "../harness/workshop.ts";
import type { Bench } from "./processes.ts";

const PLANNED = 200_000;
const DUE = 1_000;
const BATCH = 100;
const BATCHES = 100;
const WARM_UP = 5;
const IDLE_TICKS = 300;
const DUE_TICKS = 3;
const DAY_MS = 24 * 60 * 60_000;
const NAMES = ["reminder", "balance", "soon"];

/** Medians with no booking in the store, and with 200,000. */
export interface TimersRow {
  name: string;
  empty: number;
  full: number;
  ratio: number;
  aim: string;
}

/** A store with timers: what plans them, and what lets them go off. */
interface Timed {
  db: Database;
  planner: TimerPlanner;
  newWork: () => ScheduleWork;
}

/** What timers cost with many bookings waiting for theirs, against an empty store. */
export async function measureTimers(bench: Bench, mariadb: MariaDb | undefined) {
  const folder = join(bench.folder, "timers");
  mkdirSync(folder, { recursive: true });
  const file = (name: string) => Promise.resolve({ sqliteFile: join(folder, `${name}.sqlite`) });
  const rows = await compare("SQLite", file);
  if (mariadb) {
    const fresh = async () => ({ mysqlUrl: await mariadb.newDatabase() });
    rows.push(...(await compare("MariaDB", fresh)));
  }
  return rows;
}

async function compare(
  store: string,
  locate: (name: string) => Promise<DatabaseLocation>,
): Promise<TimersRow[]> {
  const empty = await openTimed(await locate("empty"));
  const full = await openTimed(await locate("full"));
  const emptyKiB = await heapAtWork(empty);
  const far = Date.now() + 100 * DAY_MS;
  await addBookings(full.db, {
    after: 0,
    count: PLANNED,
    timers: NAMES,
    dueAt: far,
    apartMs: 60_000,
  });
  await full.db.knex.raw(
    full.db.dialect.name === "sqlite" ? "ANALYZE" : "ANALYZE TABLE occurrences, subjects",
  );
  const fullKiB = await heapAtWork(full);
  const rows = [
    ...(await comparePlanning(store, empty, full)),
    rowOf(`${store}: tick, nothing due, us`, await idleTick(empty), await idleTick(full), "< 2000"),
    rowOf(`${store}: tick, 1,000 due, ms`, await dueTick(empty), await dueTick(full), "< 1000"),
    rowOf(`${store}: heap at work, KiB`, emptyKiB, fullKiB, "x <= 1.10"),
  ];
  await Promise.all([empty.db.close(), full.db.close()]);
  return rows;
}

async function openTimed(location: DatabaseLocation): Promise<Timed> {
  const db = await Database.open(location);
  await migrate(db);
  const offsets = ["-48h", "-14d at 09:00", "-3h"];
  const wanted = NAMES.map((name, index) => ({
    ...{ name, relativeTo: "start", offset: offsets[index] },
  }));
  const timers = timersOf(ConfigSchema.parse({ timers: wanted }), []);
  const occurrences = new OccurrenceStore(db);
  const planner = new TimerPlanner(occurrences, timers, () => "own");
  const shop = openWorkshop(db, { on: ["booking.timer"] });
  const newWork = () =>
    new ScheduleWork({
      ...{ db, occurrences, planner, timetable: new Timetable(timers, []) },
      ...{ connections: ["bikes"], hourly: [] },
      facts: new FactStore(db),
      subjects: new SubjectStore(db),
      events: new EventStore(),
      jobs: shop.jobs,
      counters: new CounterStore(db),
      onJobs: () => undefined,
      log: shop.log,
    });
  const timed = { db, planner, newWork };
  // From here on all that is known counts as planned for these timers.
  await atWork(timed, () => Promise.resolve());
  return timed;
}

async function atWork<T>({ newWork }: Timed, run: (work: ScheduleWork) => Promise<T>): Promise<T> {
  const work = newWork();
  work.begin();
  await work.planned();
  const result = await run(work);
  await work.end();
  return result;
}

async function comparePlanning(store: string, empty: Timed, full: Timed): Promise<TimersRow[]> {
  const steps = ["created", "moved", "withdrawn"] as const;
  const times = new Map(
    steps.map((step) => [step, { empty: [] as number[], full: [] as number[] }]),
  );
  // In turn, so that what else the machine does weighs on both alike.
  for (let batch = 0; batch < BATCHES + WARM_UP; batch += 1) {
    for (const step of steps) {
      const changed = changesOf(step, batch);
      const [emptyUs, fullUs] = [await follow(empty, changed), await follow(full, changed)];
      if (batch < WARM_UP) continue;
      times.get(step)?.empty.push(emptyUs);
      times.get(step)?.full.push(fullUs);
    }
  }
  return [...times].map(([step, { empty: emptyUs, full: fullUs }]) =>
    rowOf(`${store}: booking ${step}, us`, median(emptyUs), median(fullUs), "x <= 1.50"),
  );
}

/** @returns microseconds for each booking. */
async function follow({ db, planner }: Timed, changed: readonly ChangedBooking[]): Promise<number> {
  const now = await db.now();
  const startedAt = performance.now();
  await db.transaction((trx) => planner.follow(trx, "bikes", changed, now));
  return ((performance.now() - startedAt) * 1000) / changed.length;
}

function changesOf(step: "created" | "moved" | "withdrawn", batch: number): ChangedBooking[] {
  return Array.from({ length: BATCH }, (_, index) => {
    const reference = `new-${batch}-${index}`;
    const first = bookingOf(reference, 200);
    const moved = bookingOf(reference, 300);
    const events = [eventOf(reference)];
    if (step === "created") return { before: undefined, after: first, events };
    if (step === "moved") return { before: first, after: moved, events: [] };
    return { before: moved, after: { ...moved, status: "cancelled" as const }, events: [] };
  });
}

function bookingOf(reference: string, days: number): Booking {
  const date = new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  const start = { date, time: "10:00", timeZone: "Europe/Oslo" };
  return { connection: "bikes", reference, version: 1, status: "confirmed", start };
}

/** @returns microseconds. */
async function idleTick(timed: Timed): Promise<number> {
  return atWork(timed, async (work) => {
    const times: number[] = [];
    for (let tick = 0; tick < IDLE_TICKS; tick += 1) {
      const startedAt = performance.now();
      await work.tick();
      times.push((performance.now() - startedAt) * 1000);
    }
    return median(times);
  });
}

/** @returns milliseconds. */
async function dueTick(timed: Timed): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < DUE_TICKS; round += 1) {
    const after = 1_000_000 + round * DUE;
    const dueAt = (await timed.db.now()) - 1_000;
    const timers = NAMES.slice(0, 1);
    await addBookings(timed.db, { after, count: DUE, timers, dueAt, apartMs: 0 });
    // The work ticks by itself at every full second.
    await sleep(1_020 - (Date.now() % 1_000));
    times.push(
      await atWork(timed, async (work) => {
        const startedAt = performance.now();
        await work.tick();
        return performance.now() - startedAt;
      }),
    );
  }
  return median(times);
}

async function heapAtWork(timed: Timed): Promise<number> {
  return atWork(timed, async (work) => {
    await work.tick();
    collectGarbage();
    return Math.round(process.memoryUsage().heapUsed / 1024);
  });
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
}

function rowOf(name: string, empty: number, full: number, aim: string): TimersRow {
  return { name, empty, full, ratio: Math.round((full / empty) * 100) / 100, aim };
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}
