import { describe, expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { activityIn } from "../../src/queries/activity.ts";
import type { AnyEvent } from "../../src/sdk/booking-event.ts";
import type { Activity } from "../../src/sdk/context.ts";
import { onEachStore } from "../harness/stores.ts";
import { statementsOf } from "./query-plans.ts";

const SEVEN = Date.UTC(2026, 2, 2, 7);
const HOUR = 60 * 60_000;
const WINDOW = { since: SEVEN - 24 * HOUR, until: SEVEN };
const empty = Buffer.alloc(0);
const json = (value: unknown) => Buffer.from(JSON.stringify(value));

type Told = Partial<Pick<AnyEvent, "type" | "summary" | "payment" | "origin" | "ordinal">> & {
  connection?: string;
  at?: number;
  key?: string;
};

let events = 0;

/** Stores events in this order; of the night before seven, unless they say otherwise. */
async function storeEvents(db: Database, ...told: readonly (Told & { of: string })[]) {
  const rows = told.map(
    ({ of: subject, connection = "fjord", at = SEVEN - HOUR, key, ...rest }) => {
      events += 1;
      const { type = "booking.modified", ordinal = 2 } = rest;
      const event = { origin: "notified", summary: `Change ${events}.`, ...rest, type };
      return {
        id: `event-${events}`,
        connection,
        subject,
        dedupe_key: key ?? `v${events}:${type}`,
        type,
        version: 1,
        ordinal,
        occurred_at: at,
        payload: json({ ...event, time: new Date(at).toISOString() }),
      };
    },
  );
  await db.knex.batchInsert("events", rows, 40);
}

async function storeBooking(db: Database, reference: string, status: string | null) {
  const connection = "fjord";
  await db.knex("subjects").insert({
    ...{ connection, subject: reference, kind: "booking", status, version: 1, ordinal: 0 },
    ...{
      updated_at: 0,
      recent: json([]),
      state: json(status && { connection, reference, status }),
    },
  });
}

async function storeJobs(
  db: Database,
  ...jobs: readonly { state: string; at: number; subject?: string; reason?: string }[]
) {
  const rows = jobs.map(({ state, at, subject = "1201", reason = "" }, index) => ({
    ...{ id: `job-${index}`, event_id: `event-${index}`, handler: "books/post", scope: subject },
    ...{ connection: "fjord", subject, state, run_at: at, created_at: 0, reason },
  }));
  await db.knex.batchInsert("jobs", rows, 40);
}

async function storeDelivery(db: Database, id: string, state: string, at: number) {
  await db.knex("deliveries").insert({
    ...{ id, connection: "bikes", received_at: at, method: "GET", state, reason: "Anna" },
    ...{ query: empty, headers: json([]), body: empty },
  });
}

const references = ({ bookings }: Activity) =>
  bookings.map(({ connection, reference }) => `${connection} ${reference}`);

onEachStore((store) => {
  describe("bookings of a time", () => {
    it("come with what happened to them, and as they are now", async () => {
      const db = await store.open();
      const payment = { amount: { amountMinor: 18_000, currency: "EUR" } };
      await storeBooking(db, "1201", "confirmed");
      await storeEvents(
        db,
        { of: "1201", type: "booking.requested", summary: "First seen.", ordinal: 1 },
        { of: "1201", type: "payment.received", summary: "Paid.", payment },
      );

      const activity = await activityIn(db, WINDOW);

      const time = "2026-03-02T06:00:00.000Z";
      expect(activity).toEqual({
        bookings: [
          {
            connection: "fjord",
            reference: "1201",
            isNew: true,
            booking: { connection: "fjord", reference: "1201", status: "confirmed" },
            events: [
              { type: "booking.requested", time, summary: "First seen." },
              { type: "payment.received", time, summary: "Paid.", payment },
            ],
          },
        ],
        troubles: [],
        leftOff: 0,
      });
    });

    it("are those of the time alone, newest first, and apart by connection", async () => {
      const db = await store.open();
      await storeEvents(
        db,
        { of: "1201", at: WINDOW.since },
        { of: "1202", at: WINDOW.until - 1 },
        { of: "1201", connection: "bikes" },
        { of: "1203", at: WINDOW.until },
        { of: "1204", at: WINDOW.since - 1 },
      );

      const all = await activityIn(db, WINDOW);
      const some = await activityIn(db, WINDOW, ["bikes"]);
      const none = await activityIn(db, WINDOW, []);

      expect(references(all)).toEqual(["bikes 1201", "fjord 1202", "fjord 1201"]);
      expect(references(some)).toEqual(["bikes 1201"]);
      expect(none).toEqual({ bookings: [], troubles: [], leftOff: 0 });
    });

    it("leave out what was taken over, timers, and what is not about bookings", async () => {
      const db = await store.open();
      await storeEvents(
        db,
        { of: "1201", key: "v1:booking.confirmed:adopted", origin: "adopted", ordinal: 1 },
        { of: "1202", origin: "adopted" },
        { of: "1203", type: "booking.timer" },
        { of: "1204", type: "button.pressed" },
        { of: "customer:7", type: "customer.updated" },
        { of: "1201", type: "booking.cancelled", summary: "Cancelled." },
      );

      const { bookings, leftOff } = await activityIn(db, WINDOW);

      expect(bookings.map(({ reference, isNew }) => ({ reference, isNew }))).toEqual([
        { reference: "1201", isNew: false },
      ]);
      expect(bookings[0]?.events.map(({ summary }) => summary)).toEqual(["Cancelled."]);
      expect(leftOff).toBe(0);
    });

    it("that are erased, or were never seen, have no state", async () => {
      const db = await store.open();
      await storeBooking(db, "1202", null);
      await storeEvents(db, { of: "1201" }, { of: "1202" });

      const { bookings } = await activityIn(db, WINDOW);

      expect(bookings.map(({ booking }) => booking)).toEqual([undefined, undefined]);
    });

    it("are 500 at most, and a booking that never rests tells its first and newest events", async () => {
      const db = await store.open();
      const many = Array.from({ length: 530 }, (_, n) => ({ of: `${2000 + n}` }));
      const restless = Array.from({ length: 80 }, (_, n) => ({
        of: "2529",
        summary: `Turn ${n + 1}.`,
        ordinal: n + 1,
      }));
      await storeEvents(
        db,
        ...many,
        ...restless.map((event) => ({ ...event, key: event.summary })),
      );
      let activity: Activity | undefined;

      const statements = await statementsOf(db, async () => {
        activity = await activityIn(db, WINDOW);
      });

      expect(activity?.bookings).toHaveLength(500);
      expect(activity?.leftOff).toBe(30);
      expect(activity?.bookings.at(-1)?.reference).toBe("2030");
      const turns = activity?.bookings[0]?.events.map(({ summary }) => summary) ?? [];
      expect(turns).toHaveLength(50);
      expect([turns.at(1), turns.at(-1)]).toEqual(["Turn 32.", "Turn 80."]);
      // In batches: neither a statement for each row nor all rows in one.
      expect(statements.length).toBeLessThan(20);
      const rows = statements.map(({ bindings }) => bindings.length);
      expect(Math.max(...rows)).toBeLessThan(230);
    });
  });

  describe("troubles of a time", () => {
    it("are what needs a person or a setting, and calls that nobody could read", async () => {
      const db = await store.open();
      await storeJobs(
        db,
        { state: "dead", at: SEVEN - 3 * HOUR, reason: "gave up after 9 attempts: Anna" },
        { state: "held", at: SEVEN - 2 * HOUR, subject: "1202" },
        { state: "done", at: SEVEN - HOUR },
        { state: "dead", at: WINDOW.since - 1 },
        { state: "held", at: WINDOW.until },
      );
      await storeDelivery(db, "read", "done", SEVEN - HOUR);
      await storeDelivery(db, "unread", "failed", SEVEN - HOUR);
      await storeDelivery(db, "later", "failed", SEVEN);

      const { troubles, leftOff } = await activityIn(db, WINDOW);
      const some = await activityIn(db, WINDOW, ["bikes"]);

      expect(troubles).toEqual([
        {
          connection: "bikes",
          reason: "needs you: a message of the booking system could not be read",
        },
        {
          connection: "fjord",
          subject: "1202",
          reason:
            "waits for a setting of books/post: a password or key is probably missing, wrong or expired",
        },
        {
          connection: "fjord",
          subject: "1201",
          reason:
            "needs you: could not be done by books/post. The other side did not answer for a long time.",
        },
      ]);
      expect(leftOff).toBe(0);
      expect(some.troubles.map(({ connection }) => connection)).toEqual(["bikes"]);
    });

    it("are 100 at most, the newest of all kinds", async () => {
      const db = await store.open();
      const jobs = Array.from({ length: 130 }, (_, n) => ({
        state: "held",
        at: SEVEN - HOUR + n,
        subject: `${n}`,
      }));
      await storeJobs(db, ...jobs);
      await storeDelivery(db, "unread", "failed", SEVEN - 1);

      const { troubles, leftOff } = await activityIn(db, WINDOW);

      expect(troubles).toHaveLength(100);
      expect(troubles.slice(0, 2).map(({ subject }) => subject)).toEqual([undefined, "129"]);
      expect(leftOff).toBe(31);
    });
  });
});
