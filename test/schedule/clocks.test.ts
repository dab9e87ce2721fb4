import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { onEachStore } from "../harness/stores.ts";
import { readTurns, sleepThrough, syncSchedule, windowsOf } from "./clock-bench.ts";
import { DAY_MS, fromNow, HOUR_MS, openTime } from "./time-bench.ts";

const REMINDER = { name: "reminder", relativeTo: "start", offset: "-48h" };

const trueNow = Date.now;

onEachStore((store) => {
  describe.runIf(store.name === "sqlite")("the machine's clock is set", () => {
    let offsetMs = 0;
    beforeEach(() => {
      offsetMs = 0;
      vi.spyOn(Date, "now").mockImplementation(() => trueNow() + offsetMs);
    });
    afterEach(() => {
      vi.restoreAllMocks();
    });

    /** The embedded store notices within a second. */
    async function setClock(db: Database, byMs: number): Promise<void> {
      offsetMs += byMs;
      await vi.waitFor(
        async () => {
          expect(Math.abs((await db.now()) - Date.now())).toBeLessThan(2_000);
        },
        { timeout: 10_000 },
      );
    }

    it("an hour forward and back: an hourly run is not done again, and goes on", async () => {
      const db = await store.open();
      const time = openTime(db, { schedules: [syncSchedule()] });
      await time.tick();

      await setClock(db, HOUR_MS);
      await time.tick();
      await setClock(db, -HOUR_MS);
      await time.tick();
      const putBack = await readTurns(db);
      await setClock(db, 2 * HOUR_MS);
      await time.tick();

      expect(putBack.map(({ state }) => state)).toEqual(["done", "planned"]);
      const [first, second, ...more] = await windowsOf(time);
      expect(second).toEqual({ since: first?.until, until: (first?.until ?? 0) + HOUR_MS });
      expect(more).toEqual([]);
    });

    it("an hour forward and back: a reminder goes off once", async () => {
      const db = await store.open();
      const time = openTime(db, { timers: [REMINDER], handlers: [{}] });
      await time.see("booking.confirmed", { start: fromNow(2 * DAY_MS + HOUR_MS / 2) });

      await time.tick();
      const early = await time.occurrences();
      await setClock(db, HOUR_MS);
      await time.tick();
      await setClock(db, -HOUR_MS);
      await time.tick();
      await setClock(db, HOUR_MS);
      await time.tick();

      expect(early).toEqual(["reminder 1 planned"]);
      expect(await time.occurrences()).toEqual(["reminder 1 done"]);
      expect(await time.jobs()).toEqual(["shop/handler1 1201"]);
    });

    it("an hour back: a reminder waits for its moment on the right clock", async () => {
      const db = await store.open();
      const time = openTime(db, { timers: [REMINDER] });
      await time.see("booking.confirmed", { start: fromNow(2 * DAY_MS + 1_000) });

      await setClock(db, -HOUR_MS);
      await time.tick();
      const putBack = await time.occurrences();
      await setClock(db, HOUR_MS + 2_000);
      await time.tick();

      expect(putBack).toEqual(["reminder 1 planned"]);
      expect(await time.occurrences()).toEqual(["reminder 1 done"]);
    });
  });

  describe("asleep", () => {
    it("a process goes on without a new start", async () => {
      const db = await store.open();
      const time = openTime(db, { timers: [REMINDER] });
      await time.see("booking.confirmed", { start: fromNow(10 * DAY_MS) });
      const work = time.newWork();
      work.begin();
      await work.planned();
      await work.tick();

      await db.knex("occurrences").update({ due_at: (await db.now()) - 23 * HOUR_MS });
      await work.tick();
      await work.end();

      expect(await time.occurrences()).toEqual(["reminder 1 done"]);
      expect(await time.events("booking.timer")).toHaveLength(1);
    });

    it.each([
      ["within the window it goes off", 23 * HOUR_MS, {}, "done"],
      ["beyond the window it is passed over", 25 * HOUR_MS, {}, "skipped"],
      ["within a window of its own it goes off", 40 * HOUR_MS, { within: "2d" }, "done"],
      [
        "a moment ago it goes off, also where late ones are skipped",
        60_000,
        { late: "skip" },
        "done",
      ],
      ["late ones are skipped", HOUR_MS, { late: "skip" }, "skipped"],
      ["the start is there: none any more", 49 * HOUR_MS, { within: "3d" }, "skipped"],
    ])("%s", async (_, ms, rule, state) => {
      const db = await store.open();
      const timers = [{ ...REMINDER, ...rule }];
      const time = openTime(db, { timers, handlers: [{}] });
      await time.see("booking.confirmed", { start: fromNow(10 * DAY_MS) });
      await time.tick();
      const dueAt = (await db.now()) - ms;
      await db.knex("occurrences").update({ due_at: dueAt, reference_at: dueAt + 2 * DAY_MS });

      await Promise.all([time.tick(), time.tick()]);
      await time.tick();

      expect((await readTurns(db)).map((turn) => turn.state)).toEqual([state]);
      expect(await time.jobs()).toHaveLength(state === "done" ? 1 : 0);
    });

    it("for a day, two processes make up for each hour once", async () => {
      const db = await store.open();
      const missed = { rule: "run", within: "2d" } as const;
      const time = openTime(db, { schedules: [syncSchedule({ missed })] });
      await time.tick();
      await sleepThrough(db, DAY_MS);

      await Promise.all([time.tick(), time.tick(), time.tick()]);

      const windows = await windowsOf(time);
      const ends = windows.map(({ until }) => until).toSorted((a, b) => a - b);
      expect(ends).toHaveLength(24);
      expect(ends).toEqual(ends.map((_, hour) => (ends[0] ?? 0) + hour * HOUR_MS));
      expect(new Set(windows.map(({ since }) => since)).size).toBe(24);
    });
  });
});
