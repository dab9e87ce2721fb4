import type { Database } from "../db/database.ts";
import { tableBy } from "../db/index-hint.ts";
import type { HandlerTable, TableEntry } from "../dispatch/handler-table.ts";
import type { WantedByEvent } from "../dispatch/job-store.ts";
import { readEvent } from "../normalize/event-store.ts";
import type { Booking } from "../sdk/booking.ts";
import { type AnyEvent, BOOKING_EVENT_TYPES } from "../sdk/booking-event.ts";

interface EventRow {
  id: string;
  connection: string;
  subject: string;
  type: string;
}

/**
 * A job for each of the bookings and each of the handlers: for the newest event that the handler is made
 * for, else for the newest there is. What the handler works on is the state of now.
 */
export async function wantedJobs(
  db: Database,
  table: HandlerTable,
  mirrors: readonly TableEntry[],
  bookings: readonly Booking[],
): Promise<WantedByEvent[]> {
  const rows = await eventsOf(db, bookings);
  const chosen = mirrors.flatMap((mirror) => {
    const newest = newestFor(mirror, rows);
    return newest.map((id) => ({ mirror, id }));
  });
  const events = await readEvents(
    db,
    chosen.map(({ id }) => id),
  );
  return chosen.flatMap(({ mirror, id }) => {
    const event = events.get(id);
    return event ? [{ event, job: jobFor(table, mirror, event) }] : [];
  });
}

function jobFor(
  table: HandlerTable,
  { id, handler }: TableEntry,
  event: AnyEvent,
): WantedByEvent["job"] {
  // Nothing is still to come that would be worth waiting for.
  return { handler: id, scope: table.scopeOf(handler, event), settleMs: 0 };
}

/** Ids of the events, one for each booking. @param rows Oldest first. */
function newestFor({ handler }: TableEntry, rows: readonly EventRow[]): string[] {
  const madeFor: ReadonlySet<string> = new Set(handler.on);
  const newest = new Map<string, EventRow>();
  for (const row of rows) {
    const key = `${row.connection}/${row.subject}`;
    const before = newest.get(key);
    if (before && madeFor.has(before.type) && !madeFor.has(row.type)) continue;
    newest.set(key, row);
  }
  return [...newest.values()].map(({ id }) => id);
}

/** What has happened to the bookings, oldest first. */
async function eventsOf(db: Database, bookings: readonly Booking[]): Promise<EventRow[]> {
  const found: EventRow[] = [];
  for (const connection of new Set(bookings.map((booking) => booking.connection))) {
    const some = bookings.filter((booking) => booking.connection === connection);
    const rows: EventRow[] = await db.knex
      .from(tableBy(db, "events", "events_subject"))
      .where({ connection })
      .whereIn(
        "subject",
        some.map(({ reference }) => reference),
      )
      .whereIn("type", [...BOOKING_EVENT_TYPES])
      .orderBy("position")
      .select("id", "connection", "subject", "type");
    found.push(...rows);
  }
  return found;
}

async function readEvents(db: Database, ids: readonly string[]): Promise<Map<string, AnyEvent>> {
  const rows: { id: string; payload: Buffer }[] = await db
    .knex("events")
    .whereIn("id", [...new Set(ids)])
    .select("id", "payload");
  return new Map(rows.map(({ id, payload }) => [id, readEvent(payload)]));
}
