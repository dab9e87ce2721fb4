import { describe, expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { noticeOf } from "../harness/normalizer.ts";
import { onEachStore } from "../harness/stores.ts";
import { readTurns, sleepThrough, syncSchedule, windowsOf } from "./clock-bench.ts";
import { DAY_MS, HOUR_MS, openTime, type TimeBench } from "./time-bench.ts";

const MINUTE_MS = 60_000;
const EACH_MINUTE = "* * * * *";

async function states(db: Database): Promise<string[]> {
  return (await readTurns(db)).map(({ state }) => state);
}

onEachStore((store) => {
  describe("a schedule", () => {
    it("has its first moment planned, once for all processes", async () => {
      const db = await store.open();
      const time = openTime(db, { schedules: [syncSchedule()] });
      const before = await db.now();

      await Promise.all([time.tick(), time.tick(), time.tick()]);

      const [first, ...others] = await readTurns(db);
      expect(others).toEqual([]);
      expect(first?.state).toBe("planned");
      expect(Number(first?.slot) % HOUR_MS).toBe(0);
      expect(Number(first?.slot) - before).toBeLessThanOrEqual(HOUR_MS + MINUTE_MS);
      expect(Math.abs((first?.reference_at ?? 0) - before)).toBeLessThan(MINUTE_MS);
      expect(await time.events("schedule.due")).toEqual([]);
    });

    it("whose moment has come makes one event and one job with its window", async () => {
      const db = await store.open();
      const time = openTime(db, { schedules: [syncSchedule({ every: EACH_MINUTE })] });
      await time.tick();
      await sleepThrough(db, MINUTE_MS);
      const [due] = await readTurns(db);

      await Promise.all([time.tick(), time.tick(), time.tick()]);

      const events = await time.events("schedule.due");
      expect(events).toMatchObject([
        {
          subject: "clock",
          origin: "scheduled",
          summary: "shop/sync: its time has come",
          schedule: {
            id: "shop/sync",
            window: { since: due?.reference_at, until: Number(due?.slot) },
          },
        },
      ]);
      expect(await time.jobs()).toEqual(["shop/sync clock"]);
      expect(await states(db)).toEqual(["done", "planned"]);
    });

    it("has windows that follow each other", async () => {
      const db = await store.open();
      const time = openTime(db, { schedules: [syncSchedule({ every: EACH_MINUTE })] });
      await time.tick();
      const started = (await readTurns(db))[0]?.reference_at ?? 0;

      for (let turn = 1; turn <= 3; turn += 1) {
        await sleepThrough(db, MINUTE_MS);
        await time.tick();
      }

      const windows = await windowsOf(time);
      expect(windows).toHaveLength(3);
      expect(windows[0]?.since).toBe(started - MINUTE_MS);
      // Each has slept a minute since: what ended then ends a minute earlier now.
      expect(windows[1]?.since).toBe((windows[0]?.until ?? 0) - MINUTE_MS);
      expect(windows[2]?.since).toBe((windows[1]?.until ?? 0) - MINUTE_MS);
    });

    it("runs by hand, and the next run goes on where that ended", async () => {
      const db = await store.open();
      const time = openTime(db, { schedules: [syncSchedule()] });
      await time.tick();
      const [planned] = await readTurns(db);

      const now = await time.askForRun("shop/sync");
      await Promise.all([time.tick(), time.tick()]);

      expect(await windowsOf(time)).toEqual([{ since: planned?.reference_at, until: now }]);
      expect(await time.jobs()).toEqual(["shop/sync clock"]);
      expect(await readTurns(db)).toMatchObject([
        { state: "planned", slot: planned?.slot, reference_at: now },
        { state: "done", slot: `hand:${now}` },
      ]);
    });

    it("whose words change has other moments, and its window goes on", async () => {
      const db = await store.open();
      const daily = openTime(db, { schedules: [syncSchedule({ every: "0 12 1 1 *" })] });
      await daily.tick();
      const [planned] = await readTurns(db);

      const hourly = openTime(db, { schedules: [syncSchedule()] });
      await hourly.tick();
      await hourly.tick();

      expect(await hourly.occurrences()).toMatchObject([
        `shop/sync ${planned?.slot} withdrawn the schedule has other moments now`,
        expect.stringMatching(/^shop\/sync \d+ planned$/),
      ]);
      expect((await readTurns(db))[1]?.reference_at).toBe(planned?.reference_at);
    });

    it("whose words change and change back has its moments again", async () => {
      const db = await store.open();
      const words = ["hour", "0 12 1 1 *", "hour", "0 12 1 1 *"];

      for (const every of words)
        await openTime(db, { schedules: [syncSchedule({ every })] }).tick();

      expect((await states(db)).toSorted()).toEqual(["planned", "withdrawn"]);
    });

    it("that is gone is withdrawn when its moment comes, and comes back where it was", async () => {
      const db = await store.open();
      const time = openTime(db, { schedules: [syncSchedule({ every: EACH_MINUTE })] });
      await time.tick();
      await sleepThrough(db, MINUTE_MS);
      const [due] = await readTurns(db);

      await openTime(db).tick();
      const gone = await time.occurrences();
      await time.tick();

      expect(gone).toEqual([
        `shop/sync ${due?.slot} withdrawn the schedule is no longer in the configuration`,
      ]);
      expect((await states(db)).at(-1)).toBe("planned");
    });

    it("that was gone after it was passed over comes back all the same", async () => {
      const db = await store.open();
      const missed = { rule: "skip", within: "1d" } as const;
      const time = openTime(db, { schedules: [syncSchedule({ missed })] });
      await time.tick();
      await sleepThrough(db, 3 * HOUR_MS);
      await db.knex("occurrences").update({ state: "done" });
      await time.tick();
      await sleepThrough(db, 2 * HOUR_MS);
      await time.tick();
      await sleepThrough(db, HOUR_MS);
      await openTime(db).tick();

      await time.tick();

      expect((await states(db)).filter((state) => state === "planned")).toHaveLength(1);
    });
  });

  describe("an hourly schedule after a day in which nothing ran", () => {
    it.each([
      ["once", "1d", 1],
      ["run", "2d", 25],
      ["skip", "1d", 0],
      ["run", "6h", 6],
      ["run", "30m", 0],
    ] as const)("with %s within %s", async (rule, within, atMost) => {
      const db = await store.open();
      const time = openTime(db, { schedules: [syncSchedule({ missed: { rule, within } })] });
      await time.tick();
      await sleepThrough(db, DAY_MS + HOUR_MS);
      const [asleep] = await readTurns(db);

      await time.tick();
      const now = await db.now();

      const windows = await windowsOf(time);
      // A window of half an hour may reach the last full hour or not.
      const isOpen = rule === "run" && now % HOUR_MS <= 30 * MINUTE_MS ? 1 : 0;
      if (within === "30m") expect(windows.length).toBeLessThanOrEqual(isOpen);
      else expect(Math.abs(windows.length - atMost)).toBeLessThanOrEqual(rule === "run" ? 1 : 0);
      let end = asleep?.reference_at;
      for (const window of windows) {
        expect(window.since).toBe(end);
        end = window.until;
      }
      const turns = await readTurns(db);
      expect(turns.filter(({ state }) => state === "planned")).toHaveLength(1);
      expect(turns.at(-1)).toMatchObject({ state: "planned", reference_at: end });
      expect(turns.at(-1)?.due_at).toBeGreaterThan(now - MINUTE_MS);
      expect(await time.jobs()).toHaveLength(windows.length);
    });
  });

  describe("the hour, for a connection whose source has none", () => {
    const handlers = [{ on: ["clock.hourly" as const] }];
    const tick = noticeOf("", "clock.hourly", { subject: { kind: "clock" } });

    async function untilThisHour(db: Database, time: TimeBench): Promise<void> {
      await time.tick();
      await sleepThrough(db, HOUR_MS);
    }

    it("is told once each", async () => {
      const db = await store.open();
      const time = openTime(db, { handlers });
      await untilThisHour(db, time);

      await Promise.all([time.tick(), time.tick()]);

      expect(await time.events("clock.hourly")).toMatchObject([
        { subject: "clock", connection: "bikes", origin: "scheduled", ordinal: 1 },
      ]);
      expect(await time.jobs()).toEqual(["shop/handler1 clock"]);
    });

    it("is not told again by the source's own call of that hour", async () => {
      const db = await store.open();
      const time = openTime(db, { handlers });
      await untilThisHour(db, time);
      await time.tick();

      await time.deliver(tick);

      expect(await time.events("clock.hourly")).toMatchObject([{ origin: "scheduled" }]);
      expect(await db.knex("deliveries").pluck("state")).toEqual(["duplicate"]);
      expect(await time.jobs()).toHaveLength(1);
    });

    it("is not told after the source's own call of that hour", async () => {
      const db = await store.open();
      const time = openTime(db, { handlers });
      await untilThisHour(db, time);
      await time.deliver(tick);

      await time.tick();

      expect(await time.events("clock.hourly")).toMatchObject([{ origin: "notified" }]);
      expect(await time.jobs()).toHaveLength(1);
      expect(await states(db)).toEqual(["done", "planned"]);
    });

    it("is not told where nobody listens", async () => {
      const db = await store.open();
      const time = openTime(db, { handlers: [{ on: ["booking.confirmed"] }] });

      await time.tick();

      expect(await time.occurrences()).toEqual([]);
    });
  });
});
