import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import { readEvent } from "../normalize/event-store.ts";
import type { Booking } from "../sdk/booking.ts";
import { BOOKING_EVENT_TYPES, type EventType } from "../sdk/booking-event.ts";
import type { ActiveBooking, Activity } from "../sdk/context.ts";
import type { TimeWindow } from "../sdk/lists.ts";
import { troublesIn } from "./activity-troubles.ts";
import { findBookings } from "./bookings.ts";
import { tableBy } from "../db/index-hint.ts";

const MAX_BOOKINGS = 500;
/** Of one booking: its first and its newest. */
const MAX_EVENTS = 50;
/** Rows that one statement names, and payloads that are in memory at a time. */
const CHUNK = 200;

const TYPES: readonly EventType[] = BOOKING_EVENT_TYPES.filter(
  (type) => /^(booking|payment)\./.test(type) && type !== "booking.timer",
);

/** Where a booking is found. */
interface Place {
  connection: string;
  subject: string;
}

interface EventPlace extends Place {
  position: number;
  ordinal: number;
}

type Told = ActiveBooking["events"][number];

/**
 * What has happened in a time: bookings and troubles, newest first.
 *
 * @param window From `since` up to, but without, `until`.
 * @param connections Absent: all.
 */
export async function activityIn(
  db: Database,
  window: TimeWindow,
  connections?: readonly string[],
): Promise<Activity> {
  const inWindow = eventsIn(db, window, connections);
  const places = await newestPlaces(inWindow);
  const bookings = await activeBookings(db, places, inWindow);
  const troubles = await troublesIn(db, window, connections);
  const all = places.length < MAX_BOOKINGS ? places.length : await countPlaces(db, inWindow);
  const leftOff = Math.max(0, all - places.length) + troubles.leftOff;
  return { bookings, troubles: troubles.shown, leftOff };
}

/** The events of the window, by the index that is to find them. */
type EventsBy = (index: string) => Knex.QueryBuilder;

function eventsIn(
  db: Database,
  { since, until }: TimeWindow,
  connections: readonly string[] | undefined,
): EventsBy {
  return (index) => {
    const events = db.knex
      .from(tableBy(db, "events", index))
      .where("occurred_at", ">=", since)
      .where("occurred_at", "<", until)
      .whereIn("type", [...TYPES])
      // An import brings thousands of these. Their keys tell them, so that none is read for it.
      .whereNot("dedupe_key", "like", "%:adopted");
    return connections ? events.whereIn("connection", [...connections]) : events;
  };
}

/** The bookings that something happened to last, without a look at what it was. */
async function newestPlaces(inWindow: EventsBy): Promise<Place[]> {
  const rows: Place[] = await inWindow("events_occurred_at")
    .groupBy("connection", "subject")
    .orderByRaw("MAX(position) DESC")
    .limit(MAX_BOOKINGS)
    .select("connection", "subject");
  return rows;
}

async function countPlaces({ knex }: Database, inWindow: EventsBy): Promise<number> {
  const places = inWindow("events_occurred_at").distinct("connection", "subject");
  const rows: { count: number }[] = await knex
    .from(places.as("places"))
    .select(knex.raw("COUNT(*) AS count"));
  return rows[0]?.count ?? 0;
}

async function activeBookings(
  db: Database,
  places: readonly Place[],
  inWindow: EventsBy,
): Promise<ActiveBooking[]> {
  const events = groupBy(await placesOfEvents(places, inWindow), keyOf);
  for (const [key, own] of events) events.set(key, withoutMiddle(own));
  const told = await readTold(db, [...events.values()].flat());
  const states = await readStates(db, places);
  return places.flatMap((place) => {
    const own = events.get(keyOf(place)) ?? [];
    const happened = own.flatMap(({ position }) => told.get(position) ?? []);
    if (happened.length === 0) return [];
    const booking = states.get(keyOf(place));
    return {
      connection: place.connection,
      reference: place.subject,
      isNew: own.some(({ ordinal }) => ordinal === 1),
      events: happened,
      ...(booking && { booking }),
    };
  });
}

/** In the order in which handlers hear of them. */
async function placesOfEvents(places: readonly Place[], inWindow: EventsBy): Promise<EventPlace[]> {
  const found: EventPlace[] = [];
  for (const { connection, subjects } of batches(places)) {
    const rows: EventPlace[] = await inWindow("events_key")
      .where({ connection })
      .whereIn("subject", subjects)
      .orderBy("position")
      .select("connection", "subject", "position", "ordinal");
    found.push(...rows);
  }
  return found;
}

/** A booking that changes all day long is told by how that began and how it went on last. */
function withoutMiddle(events: EventPlace[]): EventPlace[] {
  if (events.length <= MAX_EVENTS) return events;
  return [...events.slice(0, 1), ...events.slice(1 - MAX_EVENTS)];
}

/** What there is to say of events, by their position. */
async function readTold(db: Database, events: readonly EventPlace[]): Promise<Map<number, Told>> {
  const told = new Map<number, Told>();
  for (const some of chunks(events)) {
    const rows: { position: number; payload: Buffer }[] = await db.knex
      .from(tableBy(db, "events", undefined))
      .whereIn(
        "position",
        some.map(({ position }) => position),
      )
      .select("position", "payload");
    for (const { position, payload } of rows) {
      const { type, time, summary, payment, origin } = readEvent(payload);
      if (origin === "adopted") continue;
      told.set(position, { type, time, summary, ...(payment && { payment }) });
    }
  }
  return told;
}

/** Bookings as they are now. */
async function readStates(db: Database, places: readonly Place[]): Promise<Map<string, Booking>> {
  const states = new Map<string, Booking>();
  for (const { connection, subjects } of batches(places)) {
    for (const booking of await findBookings(db, connection, subjects)) {
      states.set(keyOf({ connection, subject: booking.reference }), booking);
    }
  }
  return states;
}

/** Places as statements can name them: of one connection, and not too many. */
function batches(places: readonly Place[]): { connection: string; subjects: string[] }[] {
  const byConnection = groupBy(places, ({ connection }) => connection);
  return [...byConnection].flatMap(([connection, own]) =>
    chunks(own).map((some) => ({ connection, subjects: some.map(({ subject }) => subject) })),
  );
}

function keyOf({ connection, subject }: Place): string {
  return JSON.stringify([connection, subject]);
}

function groupBy<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(nameOf(item));
    if (group) group.push(item);
    else groups.set(nameOf(item), [item]);
  }
  return groups;
}

function chunks<Item>(items: readonly Item[]): Item[][] {
  const count = Math.ceil(items.length / CHUNK);
  return Array.from({ length: count }, (_, n) => items.slice(n * CHUNK, (n + 1) * CHUNK));
}
