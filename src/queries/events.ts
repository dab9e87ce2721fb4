import type { Database } from "../db/database.ts";
import { readEvent } from "../normalize/event-store.ts";
import { type AnyEvent, EVENT_TYPES } from "../sdk/booking-event.ts";
import { cloudEventOf } from "../sdk/cloud-event.ts";
import { instant, oneOf, text } from "./filters.ts";
import type { List } from "./list.ts";
import { planOf, type Table, term } from "./plan.ts";

const EVENTS: Table = {
  name: "events",
  key: "position",
  ordered: [
    { name: "events_subject", columns: ["subject"] },
    { name: "events_type", columns: ["type", "connection"] },
    { name: "events_connection", columns: ["connection"] },
  ],
};

const filters = {
  connection: text("Name of the connection"),
  type: oneOf(EVENT_TYPES, "Type of the event, such as `booking.confirmed`"),
  subject: text("What it is about: a booking's reference, `coupon:…`, `resource:…`"),
  since: instant("Happened at this time or later"),
  until: instant("Happened before this time"),
};

/** What happened, newest first. */
export const eventList: List<typeof filters, AnyEvent> = {
  name: "events",
  filters,
  plan({ connection, type, subject, since, until }) {
    const terms = [
      ...term("subject", "=", subject),
      ...term("connection", "=", connection),
      ...term("type", "=", type),
      ...term("occurred_at", ">=", since),
      ...term("occurred_at", "<", until),
    ];
    if (subject !== undefined) return planOf(EVENTS, terms, []);
    const isTimed = since !== undefined || until !== undefined;
    const index = isTimed ? "events_occurred_at" : "events_type";
    return planOf(EVENTS, terms, [{ index, terms: [] }]);
  },
  async read(db, keys) {
    const rows: { payload: Buffer }[] = await db
      .knex("events")
      .whereIn("position", [...keys])
      .orderBy("position", "desc")
      .select("payload");
    return rows.map(({ payload }) => readEvent(payload));
  },
  present: cloudEventOf,
};

export async function findEvent(db: Database, id: string): Promise<AnyEvent | undefined> {
  const row: unknown = await db.knex("events").where({ id }).first("payload");
  return row === undefined ? undefined : readEvent((row as { payload: Buffer }).payload);
}
