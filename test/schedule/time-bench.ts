import { vi } from "vitest";
import { z } from "zod";

import { CounterStore } from "../../src/db/counter-store.ts";
import type { Database } from "../../src/db/database.ts";
import { FactStore } from "../../src/db/fact-store.ts";
import { HandlerTable } from "../../src/dispatch/handler-table.ts";
import { JobStore } from "../../src/dispatch/job-store.ts";
import { EventStore } from "../../src/normalize/event-store.ts";
import { SubjectStore } from "../../src/normalize/subject-store.ts";
import type { AnyHandler } from "../../src/registry/loaded-integration.ts";
import type { LoadedInstance } from "../../src/registry/registry.ts";
import { askForRun } from "../../src/schedule/ask-for-run.ts";
import { clockworksOf, HOURLY } from "../../src/schedule/clocks.ts";
import { OccurrenceStore } from "../../src/schedule/occurrence-store.ts";
import { ScheduleWork } from "../../src/schedule/schedule-work.ts";
import { TimerPlanner, type WhoseClock } from "../../src/schedule/timer-planner.ts";
import { Timetable } from "../../src/schedule/timetable.ts";
import { timersOf } from "../../src/schedule/timers.ts";
import type { BookingView } from "../../src/sdk/booking.ts";
import type { AnyEvent } from "../../src/sdk/booking-event.ts";
import type { Schedule } from "../../src/sdk/schedule.ts";
import { momentOfInstant } from "../../src/sdk/time.ts";
import type { Notice } from "../../src/sdk/source.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { ConfigSchema } from "../../src/settings/config-schema.ts";
import { noticeOf, openNormalizer } from "../harness/normalizer.ts";

export const HOUR_MS = 60 * 60_000;
export const DAY_MS = 24 * HOUR_MS;

export interface TimeOptions {
  /** As `bellhop.yaml` says. */
  timers?: readonly object[];
  schedules?: readonly Schedule<unknown>[];
  handlers?: readonly Partial<AnyHandler>[];
  clock?: WhoseClock;
}

/** Time on its own: real store, one connection, timers and schedules of the test. */
export interface TimeBench {
  /** Tells of a booking by a call, and waits until it is understood. */
  see(type: Notice["announcement"]["type"], view: Partial<BookingView>): Promise<void>;
  deliver(...notices: Notice[]): Promise<void>;
  /** As another process has it. */
  newWork(): ScheduleWork;
  /** As a person does. @returns the moment of the run. */
  askForRun(schedule: string): Promise<number>;
  /** One tick of a process. */
  tick(): Promise<void>;
  /** `<schedule> <slot> <state> <reason>`, in the order in which they were made. */
  occurrences(): Promise<string[]>;
  /** Moments in the order in which they were made, UTC milliseconds. */
  dueAt(): Promise<number[]>;
  events(type: string): Promise<AnyEvent[]>;
  jobs(): Promise<string[]>;
  store: OccurrenceStore;
  log: ReturnType<typeof memoryLog>;
}

export function openTime(db: Database, options: TimeOptions = {}): TimeBench {
  const { timers: wanted = [], schedules = [], handlers: listening = [], clock = "own" } = options;
  const instance = instanceOf(schedules, listening);
  const timers = timersOf(ConfigSchema.parse({ timers: wanted }), [instance]);
  const occurrences = new OccurrenceStore(db);
  const planner = new TimerPlanner(occurrences, timers, () => clock);
  const handlers = new HandlerTable([instance]);
  const bench = openNormalizer(db, {}, { follower: planner, handlers });
  bench.normalizer.begin();
  const log = memoryLog();
  const counters = new CounterStore(db);
  const hears = listening.some(({ on }) => on?.includes("clock.hourly"));
  const clockworks = [...clockworksOf([instance]), ...(hears ? [HOURLY] : [])];
  const timetable = new Timetable(timers, clockworks);
  const newWork = () =>
    new ScheduleWork({
      db,
      facts: new FactStore(db),
      occurrences,
      subjects: new SubjectStore(db),
      events: new EventStore(),
      jobs: new JobStore(db, handlers, counters),
      counters,
      planner,
      timetable,
      connections: ["bikes"],
      hourly: hears ? ["bikes"] : [],
      onJobs: () => undefined,
      log,
    });
  const untilRead = () =>
    vi.waitFor(async () => {
      const open: unknown = await db.knex("deliveries").where({ state: "waiting" }).first("id");
      if (open !== undefined || !bench.normalizer.isIdle) throw new Error("still reading");
    }, 10_000);
  const deliver = async (...notices: Notice[]) => {
    await bench.deliver(...notices);
    await untilRead();
  };
  return {
    deliver,
    newWork,
    store: occurrences,
    log,
    async see(type, view) {
      await deliver(noticeOf("1201", type, { view: viewOf(view) }));
    },
    async askForRun(schedule) {
      const clockwork = timetable.clockworks.get(schedule);
      if (!clockwork) throw new Error(`no schedule ${schedule}`);
      return (await askForRun({ db, occurrences }, clockwork)).dueAt;
    },
    async tick() {
      const work = newWork();
      work.begin();
      await work.planned();
      await work.tick();
      await work.end();
    },
    async occurrences() {
      const rows: { schedule: string; slot: string; state: string; reason: string | null }[] =
        await db
          .knex("occurrences")
          .orderBy("position")
          .select("schedule", "slot", "state", "reason");
      return rows.map(({ schedule, slot, state, reason }) =>
        [schedule, slot, state, reason].filter(Boolean).join(" "),
      );
    },
    async dueAt() {
      const rows: { due_at: number }[] = await db
        .knex("occurrences")
        .orderBy("position")
        .select("due_at");
      return rows.map(({ due_at: dueAt }) => dueAt);
    },
    async events(type) {
      const rows: { payload: Buffer }[] = await db
        .knex("events")
        .where({ type })
        .orderBy("position")
        .select("payload");
      return rows.map(({ payload }) => JSON.parse(payload.toString("utf8")) as AnyEvent);
    },
    async jobs() {
      const rows: { handler: string; subject: string }[] = await db
        .knex("jobs")
        .orderBy("position")
        .select("handler", "subject");
      return rows.map(({ handler, subject }) => `${handler} ${subject}`);
    },
  };
}

/** A local moment so far from now, to the second. */
export function fromNow(ms: number, timeZone = "Europe/Oslo") {
  return momentOfInstant(Math.floor((Date.now() + ms) / 1000) * 1000, timeZone);
}

function viewOf(parts: Partial<BookingView>): BookingView {
  return { status: "confirmed", madeAt: new Date().toISOString(), ...parts };
}

function instanceOf(
  schedules: readonly Schedule<unknown>[],
  listening: readonly Partial<AnyHandler>[],
): LoadedInstance {
  const handlers = listening.map((handler, index) => ({
    id: `handler${index + 1}`,
    kind: "message" as const,
    on: ["booking.timer" as const],
    handle: () => Promise.resolve({ done: "ok" }),
    ...handler,
  }));
  return {
    id: "shop",
    integration: {
      manifest: { id: "shop", name: "Shop" },
      config: z.object({}),
      handlers,
      schedules,
    },
    when: {},
    mode: "live",
    settings: {},
    handlers,
  };
}
