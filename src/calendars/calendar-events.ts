import type { Database } from "../db/database.ts";
import { bookingIdsBetween, bookingsById, type DatedBooking } from "../queries/bookings-between.ts";
import { type Appointment, appointmentsOf, takes } from "../sdk/calendar.ts";
import { type Calendar, SHOWN_STATUSES } from "./calendar.ts";

const DAY_MS = 86_400_000;

/** Programs of phones get slow with more. */
const MAX_EVENTS = 5_000;

/** So many bookings are looked at for what belongs into one calendar. */
const MAX_BOOKINGS = 20_000;

export interface CalendarEvent {
  appointment: Appointment;
  updatedAt: number;
}

export interface CalendarEvents {
  /** By their beginning. */
  events: readonly CalendarEvent[];
  /** There would be more; what is furthest from today is left out, first of what is over. */
  isCut: boolean;
}

export interface CalendarReader {
  db: Database;
  nowMs: number;
  /** Resolves when calls that come in leave room for other work. */
  relief: () => Promise<void>;
  limits?: { events: number; bookings: number };
}

export interface Days {
  firstDay: string;
  lastDay: string;
  today: string;
}

/** What a calendar shows now. */
export async function eventsOf(
  calendar: Calendar,
  { db, nowMs, relief, limits = { events: MAX_EVENTS, bookings: MAX_BOOKINGS } }: CalendarReader,
): Promise<CalendarEvents> {
  const days = daysOf(calendar, nowMs);
  const { connections } = calendar;
  const statuses = SHOWN_STATUSES;
  const between = { ...days, statuses, connections, limit: limits.bookings + 1 };
  const ids = await bookingIdsBetween(db, between);
  const events: CalendarEvent[] = [];
  for await (const batch of bookingsById(db, ids.slice(0, limits.bookings), statuses)) {
    events.push(...batch.flatMap((one) => eventsIn(one, calendar, days)));
    if (events.length > limits.events) break;
    await relief();
  }
  return {
    events: nearest(inOrder(events), days.today, limits.events),
    isCut: ids.length > limits.bookings || events.length > limits.events,
  };
}

/** Local dates are compared with days of UTC: at the edges of the time a day more or less is none. */
export function daysOf({ daysBack, daysAhead }: Calendar, nowMs: number): Days {
  return {
    firstDay: dayAt(nowMs - daysBack * DAY_MS),
    lastDay: dayAt(nowMs + daysAhead * DAY_MS),
    today: dayAt(nowMs),
  };
}

function dayAt(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 10);
}

function eventsIn(
  { booking, updatedAt }: DatedBooking,
  calendar: Calendar,
  { firstDay, lastDay }: Days,
): CalendarEvent[] {
  const calendarOf = (item: Parameters<typeof takes>[2]) =>
    takes(calendar, booking, item) ? calendar.id : undefined;
  return appointmentsOf(booking, calendarOf)
    .filter(({ start, end }) => start.date <= lastDay && (end ?? start).date >= firstDay)
    .map((appointment) => ({ appointment, updatedAt }));
}

/** What is not over comes before what is: whoever looks at a calendar has to be somewhere next. */
function nearest(
  events: readonly CalendarEvent[],
  today: string,
  limit: number,
): readonly CalendarEvent[] {
  if (events.length <= limit) return events;
  const isOver = ({ appointment: { start, end } }: CalendarEvent) => (end ?? start).date < today;
  const ahead = events.filter((event) => !isOver(event)).slice(0, limit);
  const over = events.filter(isOver);
  const kept = new Set([...ahead, ...over.slice(over.length - (limit - ahead.length))]);
  return events.filter((event) => kept.has(event));
}

function inOrder(events: readonly CalendarEvent[]): CalendarEvent[] {
  const placed = events.map((event) => ({ event, place: placeInOrder(event) }));
  return placed.toSorted((a, b) => (a.place < b.place ? -1 : 1)).map(({ event }) => event);
}

/**
 * By the clock where it takes place: instants would take longer to work out than all the rest. Two
 * of the same time have an order of their own, so that a calendar asked for twice is the same.
 */
function placeInOrder({ appointment: { id, start } }: CalendarEvent): string {
  return `${start.date} ${start.time ?? ""} ${id}`;
}
