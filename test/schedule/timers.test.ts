import { describe, expect, it } from "vitest";

import type { BookingView } from "../../src/sdk/booking.ts";
import type { Notice } from "../../src/sdk/source.ts";
import { noticeOf } from "../harness/normalizer.ts";
import { onEachStore } from "../harness/stores.ts";
import { DAY_MS, fromNow, HOUR_MS, openTime } from "./time-bench.ts";

const REMINDER = { name: "reminder", relativeTo: "start", offset: "-48h" };
const WITHIN_5_S = 5_000;

function starting(ms: number): Partial<BookingView> {
  return { start: fromNow(ms), madeAt: new Date(Date.now() - DAY_MS).toISOString() };
}

onEachStore((store) => {
  describe("a timer before the start", () => {
    it("waits in the store from the moment the booking is known", async () => {
      const time = openTime(await store.open(), { timers: [REMINDER], handlers: [{}] });

      await time.see("booking.confirmed", starting(10 * DAY_MS));
      await time.tick();

      expect(await time.occurrences()).toEqual(["reminder 1 planned"]);
      const [dueAt = 0] = await time.dueAt();
      expect(Math.abs(dueAt - (Date.now() + 8 * DAY_MS))).toBeLessThan(WITHIN_5_S);
      expect(await time.events("booking.timer")).toEqual([]);
    });

    it("goes off once, however many processes tick", async () => {
      const time = openTime(await store.open(), { timers: [REMINDER], handlers: [{}] });
      await time.see("booking.confirmed", starting(2 * DAY_MS - 2_000));

      await Promise.all([time.tick(), time.tick(), time.tick()]);
      await time.tick();

      expect(await time.occurrences()).toEqual(["reminder 1 done"]);
      expect(await time.events("booking.timer")).toMatchObject([
        {
          subject: "1201",
          origin: "scheduled",
          version: 1,
          ordinal: 2,
          summary: "reminder: 48 hours before the start",
          booking: { reference: "1201", status: "confirmed" },
          timer: { name: "reminder", relativeTo: "start", offsetMinutes: -2880, generation: 1 },
        },
      ]);
      expect(await time.jobs()).toEqual(["shop/handler1 1201"]);
    });

    it("moves with the booking", async () => {
      const time = openTime(await store.open(), { timers: [REMINDER] });
      await time.see("booking.confirmed", starting(10 * DAY_MS));

      await time.see("booking.modified", starting(20 * DAY_MS));

      expect(await time.occurrences()).toEqual(["reminder 1 planned"]);
      const [dueAt = 0] = await time.dueAt();
      expect(Math.abs(dueAt - (Date.now() + 18 * DAY_MS))).toBeLessThan(WITHIN_5_S);
    });

    it("is withdrawn with a cancellation, and comes back with the next confirmation", async () => {
      const time = openTime(await store.open(), { timers: [REMINDER] });
      await time.see("booking.confirmed", starting(10 * DAY_MS));

      await time.see("booking.cancelled", { ...starting(10 * DAY_MS), status: "cancelled" });
      const cancelled = await time.occurrences();
      await time.see("booking.confirmed", starting(10 * DAY_MS));

      expect(cancelled).toEqual(["reminder 1 withdrawn the booking is cancelled"]);
      expect(await time.occurrences()).toEqual(["reminder 1 planned"]);
    });

    it("of a booking that is confirmed late goes off at once", async () => {
      const time = openTime(await store.open(), { timers: [REMINDER] });
      await time.see("booking.requested", { ...starting(36 * HOUR_MS), status: "requested" });
      const requested = await time.occurrences();

      await time.see("booking.confirmed", starting(36 * HOUR_MS));
      await time.tick();

      expect(requested).toEqual([]);
      expect(await time.occurrences()).toEqual(["reminder 1 done"]);
    });

    it.each([
      [{}, 20 * HOUR_MS, "its moment had passed too long ago"],
      [{ within: "3d" }, -HOUR_MS, "what it was to come before has begun"],
      [{ late: "skip" }, 47 * HOUR_MS, "its moment had passed, and late ones are skipped"],
    ])("with %j, confirmed %d ms before the start, is passed over", async (rule, ms, reason) => {
      const time = openTime(await store.open(), { timers: [{ ...REMINDER, ...rule }] });

      await time.see("booking.confirmed", starting(ms));
      await time.tick();

      expect(await time.occurrences()).toEqual([`reminder 1 skipped ${reason}`]);
      expect(await time.events("booking.timer")).toEqual([]);
    });

    it("comes again when the booking is moved by days, not when it is moved by minutes", async () => {
      const time = openTime(await store.open(), { timers: [REMINDER] });
      await time.see("booking.confirmed", starting(2 * DAY_MS - 2_000));
      await time.tick();

      await time.see("booking.modified", starting(2 * DAY_MS + 10 * 60_000));
      const byMinutes = await time.occurrences();
      await time.see("booking.modified", starting(5 * DAY_MS));

      expect(byMinutes).toEqual(["reminder 1 done"]);
      expect(await time.occurrences()).toEqual(["reminder 1 done", "reminder 2 planned"]);
    });

    it("of a booking from before Bellhop is planned, but never made up for", async () => {
      const time = openTime(await store.open(), { timers: [REMINDER] });
      const before = "2020-01-01T00:00:00.000Z";
      const view = (reference: string, ms: number) =>
        noticeOf(reference, "booking.checked_in", {
          view: { status: "checked_in", madeAt: before, start: fromNow(ms) },
        });

      await time.deliver(view("1", 10 * DAY_MS));
      await time.deliver(view("2", 36 * HOUR_MS));

      const events = await time.events("booking.checked_in");
      expect(events.map(({ origin }) => origin)).toEqual(["notified", "notified"]);
      expect((await time.occurrences())[0]).toBe("reminder 1 planned");
    });

    it("is only for the connections, products and statuses that it names", async () => {
      const timers = [
        { ...REMINDER, name: "other", connections: ["fjord"] },
        { ...REMINDER, name: "cabins", products: ["cabin"] },
        { ...REMINDER, name: "bikes", products: ["bike"] },
        { ...REMINDER, name: "requests", statuses: ["requested"] },
      ];
      const time = openTime(await store.open(), { timers });

      const items = [{ id: "1", name: "Bike", productId: "bike" }];
      await time.see("booking.confirmed", { ...starting(10 * DAY_MS), items });

      expect(await time.occurrences()).toEqual(["bikes 1 planned"]);
    });

    it("too late after a time away is passed over, and says why", async () => {
      const db = await store.open();
      const time = openTime(db, { timers: [REMINDER] });
      await time.see("booking.confirmed", starting(10 * DAY_MS));
      await time.tick();
      const moved = { due_at: Date.now() - 25 * HOUR_MS, reference_at: Date.now() + 23 * HOUR_MS };
      await db.knex("occurrences").update(moved);

      await time.tick();

      expect(await time.occurrences()).toEqual([
        "reminder 1 skipped its moment had passed too long ago: Bellhop was not at work then",
      ]);
    });
  });

  describe("other moments", () => {
    it.each([
      ["after the end", { relativeTo: "end", offset: "+1d" }, 4 * DAY_MS],
      ["after the booking was made", { relativeTo: "created", offset: "2d" }, DAY_MS],
      ["after the confirmation", { relativeTo: "confirmed", offset: "3h" }, 3 * HOUR_MS],
    ])("%s", async (_, rule, ms) => {
      const time = openTime(await store.open(), { timers: [{ name: "one", ...rule }] });

      await time.see("booking.confirmed", { ...starting(DAY_MS), end: fromNow(3 * DAY_MS) });

      expect(await time.occurrences()).toEqual(["one 1 planned"]);
      const [dueAt = 0] = await time.dueAt();
      // A change of clocks may lie in between.
      expect(Math.abs(dueAt - (Date.now() + ms))).toBeLessThan(HOUR_MS + WITHIN_5_S);
    });

    it("a confirmation taken back and given again counts anew", async () => {
      const timers = [{ name: "welcome", relativeTo: "confirmed", offset: "0m" }];
      const db = await store.open();
      const time = openTime(db, { timers });
      await time.see("booking.confirmed", starting(9 * DAY_MS));
      await time.tick();
      await db.knex("occurrences").update({ reference_at: Date.now() - DAY_MS });

      await time.see("booking.cancelled", { ...starting(9 * DAY_MS), status: "cancelled" });
      await time.see("booking.confirmed", starting(9 * DAY_MS));
      await time.tick();

      expect(await time.occurrences()).toEqual(["welcome 1 done", "welcome 2 done"]);
    });
  });

  describe("timers that change in the configuration", () => {
    it("are planned for the bookings that are known", async () => {
      const db = await store.open();
      await openTime(db).see("booking.confirmed", starting(10 * DAY_MS));

      const time = openTime(db, { timers: [REMINDER] });
      await time.tick();
      const first = await time.occurrences();
      const later = openTime(db, { timers: [{ ...REMINDER, offset: "-24h" }] });
      await later.tick();

      expect(first).toEqual(["reminder 1 planned"]);
      expect(await later.occurrences()).toEqual(["reminder 1 planned"]);
      const [dueAt = 0] = await later.dueAt();
      expect(Math.abs(dueAt - (Date.now() + 9 * DAY_MS))).toBeLessThan(WITHIN_5_S);
    });

    it("and leave nothing behind when they are gone", async () => {
      const db = await store.open();
      const time = openTime(db, { timers: [REMINDER] });
      await time.tick();
      await time.see("booking.confirmed", starting(10 * DAY_MS));

      await openTime(db).tick();

      expect(await time.occurrences()).toEqual([
        "reminder 1 withdrawn the timer is no longer in the configuration",
      ]);
    });
  });

  describe("beside the source's own clock", () => {
    const tick = noticeOf("1201", "booking.timer", {
      announcement: {
        type: "booking.timer",
        native: { event: "before_or_after_event_1", fields: {} },
        timer: { name: "before_or_after_event_1", relativeTo: "start", offsetMinutes: -2880 },
      },
    });

    it("the same moment is told once, when the source was first", async () => {
      const time = openTime(await store.open(), { timers: [REMINDER], clock: "both" });
      await time.see("booking.confirmed", starting(2 * DAY_MS + HOUR_MS));

      await time.deliver(tick);
      await time.tick();

      expect(await time.occurrences()).toEqual([
        "reminder 1 done the booking system's own clock told it",
      ]);
      expect(await time.events("booking.timer")).toHaveLength(1);
    });

    it("also when two timers of the source stand for it at once", async () => {
      const time = openTime(await store.open(), { timers: [REMINDER], clock: "both" });
      await time.see("booking.confirmed", starting(2 * DAY_MS + HOUR_MS));
      const timer = { ...tick.announcement.timer, name: "before_or_after_event_2" };
      const other = { ...tick, announcement: { ...tick.announcement, timer } } as Notice;

      await time.deliver(tick, other);

      const events = await time.events("booking.timer");
      expect(events.map((event) => event.timer?.name)).toEqual(["before_or_after_event_1"]);
      expect(await time.occurrences()).toEqual([
        "reminder 1 done the booking system's own clock told it",
      ]);
    });

    it("and when Bellhop was first", async () => {
      const time = openTime(await store.open(), { timers: [REMINDER], clock: "both" });
      await time.see("booking.confirmed", starting(2 * DAY_MS - 2_000));

      await time.tick();
      await time.deliver(tick);

      const events = await time.events("booking.timer");
      expect(events.map(({ timer }) => timer?.name)).toEqual(["reminder"]);
    });

    it("with timers: source nothing is planned here", async () => {
      const time = openTime(await store.open(), { timers: [REMINDER], clock: "source" });

      await time.see("booking.confirmed", starting(10 * DAY_MS));
      await time.deliver(tick);

      expect(await time.occurrences()).toEqual([]);
      expect(await time.events("booking.timer")).toHaveLength(1);
    });
  });
});
