import { instantOf, momentOfInstant, type Booking, type LocalMoment } from "#sdk";

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether guests are there by now. A day without a time has begun for sure only when it is over. */
export function hasBegun({ start, items = [] }: Booking, now: number): boolean {
  const starts = start ? [start] : items.flatMap((item) => item.start ?? []);
  return starts.some(
    (moment) => (moment.time === undefined ? dayAfter(moment) : instantOf(moment)) <= now,
  );
}

/**
 * Whether everything that is booked lies behind the guest. A last day without a time counts as
 * over: the timer that goes off in the evening of that day is meant.
 *
 * @returns undefined when the booking has no dates.
 */
export function isOver({ start, end, items = [] }: Booking, now: number): boolean | undefined {
  const moments = [end ?? start, ...items.map((item) => item.end ?? item.start)];
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : known.every((moment) => instantOf(moment) <= now);
}

/** When a provisional booking runs out, in UTC milliseconds. */
export function expiryOf({ expiresAt = "" }: Booking): number | undefined {
  const instant = Date.parse(expiresAt);
  return Number.isNaN(instant) ? undefined : instant;
}

/** The same where the booking takes place; a guest far away reads the date the office means. */
export function expiryMoment(booking: Booking): LocalMoment | undefined {
  const instant = expiryOf(booking);
  const zone = [
    booking.start,
    booking.end,
    ...(booking.items ?? []).map(({ start }) => start),
  ].find((moment) => moment !== undefined)?.timeZone;
  if (instant === undefined || zone === undefined) return undefined;
  return momentOfInstant(instant, zone);
}

function dayAfter({ date, timeZone }: LocalMoment): number {
  const next = new Date(Date.parse(date) + DAY_MS); // in UTC every day has 24 hours
  return instantOf({ date: next.toISOString().slice(0, 10), timeZone });
}
