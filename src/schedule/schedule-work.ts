import cron, { type ScheduledTask } from "node-cron";

import { type Database, StaleStateError } from "../db/database.ts";
import type { OwnedWork } from "../db/ownership.ts";
import { failureName } from "../normalize/failure-name.ts";
import { Trouble } from "../process/trouble.ts";
import { NO_CONNECTION } from "../sdk/booking-event.ts";
import type { Log } from "../sdk/context.ts";
import type { Clockwork } from "./clocks.ts";
import { fireClock, isByHand, nextOf, putInLine } from "./fire-clocks.ts";
import { type FiringParts, fireTimers } from "./fire-timers.ts";
import type { Occurrence } from "./occurrence-store.ts";
import { ending } from "./plan.ts";
import { replan, type ReplanParts } from "./replan.ts";

const EVERY_SECOND = "* * * * * *";
const nothing = () => undefined;
/** That a tick takes longer than a second is no news, and not in the form of our log. */
const SILENT = { info: nothing, warn: nothing, error: nothing, debug: nothing };
/** Bookings whose timers go off in one transaction. */
const BATCH = 250;

export interface ScheduleParts extends FiringParts, ReplanParts {
  db: Database;
  /** Connections that hear of each hour by our clock. */
  hourly: readonly string[];
  /** Called when there are new jobs. */
  onJobs: () => void;
  log: Log;
}

/**
 * Turns time into events and jobs. One process does it at a time; that each occurrence happens once
 * is in its row all the same.
 */
export class ScheduleWork implements OwnedWork {
  readonly #parts: ScheduleParts;
  readonly #trouble: Trouble;
  #task: ScheduledTask | undefined;
  #isOn = false;
  #isPlanned = false;
  #tick: Promise<void> = Promise.resolve();
  #planning: Promise<void> = Promise.resolve();

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
    this.#trouble = new Trouble((error) => {
      parts.log.warn({ error }, "could not turn time into work");
    });
  }

  begin(): void {
    this.#isOn = true;
    this.#isPlanned = false;
    // node-cron only ticks: what is due is in the store, so a tick that comes late loses nothing.
    this.#task = cron.schedule(EVERY_SECOND, () => this.#onTick(), {
      noOverlap: true,
      suppressMissedWarning: true,
      logger: SILENT,
    });
    this.#planning = this.#replan();
  }

  async end(): Promise<void> {
    this.#isOn = false;
    await this.#task?.destroy();
    await Promise.all([this.#tick, this.#planning]);
  }

  /** Resolves when the bookings are planned as the configuration wants them now. */
  async planned(): Promise<void> {
    await this.#planning;
  }

  #onTick(): Promise<void> {
    this.#tick = this.#tryTick();
    return this.#tick;
  }

  async #tryTick(): Promise<void> {
    try {
      await this.tick();
    } catch (error) {
      this.#trouble.note(error);
    }
  }

  /** Fires all that is due. */
  async tick(): Promise<void> {
    if (!this.#isPlanned) {
      await this.#planClocks();
      this.#isPlanned = true;
    }
    const { occurrences } = this.#parts;
    while (this.#isOn) {
      const due = await occurrences.due(BATCH);
      if (due.length === 0) return;
      const jobs = await this.#fire(due);
      if (jobs > 0) this.#parts.onJobs();
    }
  }

  async #fire(due: readonly Occurrence[]): Promise<number> {
    const { db, hourly, timetable } = this.#parts;
    const now = await db.now();
    let jobs = 0;
    for (const connection of new Set(due.map((one) => one.connection))) {
      const some = due.filter((one) => one.connection === connection);
      if (connection !== NO_CONNECTION) {
        jobs += await this.#fireTimers(some, now);
        continue;
      }
      for (const one of some) {
        const clockwork = timetable.clockworks.get(one.schedule);
        jobs += await fireClock(this.#parts, clockwork, one, hourly, now);
      }
    }
    return jobs;
  }

  /** A booking that cannot be told of must not hold up all others. */
  async #fireTimers(due: readonly Occurrence[], now: number): Promise<number> {
    const { db, occurrences, log, timetable } = this.#parts;
    try {
      return await fireTimers(this.#parts, timetable.timers, due, now);
    } catch (error) {
      const isOfContent = ["other", "duplicate"].includes(db.failureOf(error));
      if (error instanceof StaleStateError || !isOfContent) throw error;
      const [one] = due;
      if (one && due.length === 1) {
        const { schedule, connection, subject } = one;
        log.error({ error, schedule, connection, subject }, "a timer could not go off");
        const reason = `could not be told (${failureName(error)})`;
        await db.transaction((trx) =>
          occurrences.change(trx, [{ ...ending(one, "skipped"), reason }]),
        );
        return 0;
      }
    }
    let jobs = 0;
    for (const one of due) jobs += await this.#fireTimers([one], now);
    return jobs;
  }

  async #replan(): Promise<void> {
    try {
      const bookings = await replan(this.#parts, () => this.#isOn);
      if (bookings > 0) this.#parts.log.info({ bookings }, "planned all bookings for new timers");
    } catch (error) {
      this.#trouble.note(error);
    }
  }

  /** Each schedule has its next moment in line, by the words that the configuration has now. */
  async #planClocks(): Promise<void> {
    const { clockworks } = this.#parts.timetable;
    for (const clockwork of clockworks.values()) await this.#planClock(clockwork);
  }

  async #planClock(clockwork: Clockwork): Promise<void> {
    const { db, occurrences } = this.#parts;
    await db.transaction(async (trx) => {
      const now = await db.now(trx);
      const known = (await occurrences.newest(clockwork.id, trx)).filter((one) => !isByHand(one));
      const planned = known.find(({ state }) => state === "planned");
      const done = known.find(({ state }) => state === "done");
      const turned = known.find(({ state }) => state === "done" || state === "skipped");
      const nextSince = planned?.referenceAt ?? (done ? Number(done.slot) : now);
      // What has had its turn is ahead of a clock that was put back: it must not come again.
      const after = Math.max(planned ? now : 0, nextSince, Number(turned?.slot ?? 0));
      const next = clockwork.slots.after(after);
      if (planned) {
        if (Number(planned.slot) <= now || Number(planned.slot) === next) return;
        const reason = "the schedule has other moments now";
        await occurrences.change(trx, [{ ...ending(planned, "withdrawn"), reason }]);
      }
      const wanted = nextOf(clockwork, { next, nextSince });
      await putInLine(occurrences, trx, known, wanted);
    });
  }
}
