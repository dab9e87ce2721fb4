import type { Database } from "../db/database.ts";
import { readEvent } from "../normalize/event-store.ts";
import type { Booking } from "../sdk/booking.ts";
import type { AnyEvent, EventType } from "../sdk/booking-event.ts";
import { tableBy } from "../db/index-hint.ts";
import { grouped } from "./grouped.ts";
import { scopeOf } from "./lanes.ts";

type Key = Pick<Booking, "connection" | "reference">;

/** The event that some books are to be told of, and whether it is about history. */
export interface Beginning {
  event: AnyEvent;
  isAdopted: boolean;
}

/**
 * By which event books hear of a booking that they have never heard of: the newest; of one that was there
 * before Bellhop the first, which says so.
 *
 * @param on What the books' handler hears of.
 */
export async function beginningsOf(
  db: Database,
  on: readonly EventType[],
  bookings: readonly Key[],
): Promise<Map<string, Beginning>> {
  const beginnings = new Map<string, Beginning>();
  for (const [connection, some] of grouped(bookings, (booking) => booking.connection)) {
    const places = await placesOf(db, on, connection, some);
    const events = await eventsAt(
      db,
      places.flatMap(({ first, newest }) => [first, newest]),
    );
    for (const { subject, first, newest } of places) {
      const [oldest, last] = [events.get(first), events.get(newest)];
      if (!oldest || !last) continue;
      const isAdopted = oldest.origin === "adopted";
      const scope = scopeOf({ connection, reference: subject });
      beginnings.set(scope, { event: isAdopted ? oldest : last, isAdopted });
    }
  }
  return beginnings;
}

interface Places {
  subject: string;
  first: number;
  newest: number;
}

async function placesOf(
  db: Database,
  on: readonly EventType[],
  connection: string,
  bookings: readonly Key[],
): Promise<Places[]> {
  const rows = await db.knex
    .from(tableBy(db, "events", "events_key"))
    .where({ connection })
    .whereIn(
      "subject",
      bookings.map(({ reference }) => reference),
    )
    .whereIn("type", [...on])
    .groupBy("subject")
    .select("subject")
    .min("position as first")
    .max("position as newest");
  return rows as Places[];
}

async function eventsAt(
  { knex }: Database,
  positions: readonly number[],
): Promise<Map<number, AnyEvent>> {
  if (positions.length === 0) return new Map();
  const rows: { position: number; payload: Buffer }[] = await knex("events")
    .whereIn("position", [...new Set(positions)])
    .select("position", "payload");
  return new Map(rows.map(({ position, payload }) => [position, readEvent(payload)]));
}

/** Ids of events that were told of bookings taken over from before Bellhop. */
export async function adoptedEvents(
  { knex }: Database,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows: { id: string; payload: Buffer }[] = await knex("events")
    .whereIn("id", [...ids])
    .select("id", "payload");
  const adopted = rows.filter(({ payload }) => readEvent(payload).origin === "adopted");
  return new Set(adopted.map(({ id }) => id));
}
