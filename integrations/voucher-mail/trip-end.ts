import { instantOf, type Booking, type BookingEvent, type LocalMoment } from "#sdk";

const FRESH_MS = 24 * 60 * 60 * 1000;

/**
 * Whether an event is a matter of the past: its trip is over, and the call that told of it did not
 * come just now but is replayed or caught up with. What the office enters after the fact is meant.
 */
export function isPast(event: Pick<BookingEvent, "time">, booking: Booking, now: number): boolean {
  return now - Date.parse(event.time) > FRESH_MS && isTripOver(booking, now);
}

/**
 * Whether everything that is booked lies in the past. A day without a time lasts until midnight
 * where it takes place; what has no date at all is never over.
 */
function isTripOver({ start, end, items = [] }: Booking, now: number): boolean {
  const moments = [end ?? start, ...items.map((item) => item.end ?? item.start)];
  const known = moments.filter((moment) => moment !== undefined);
  return known.length > 0 && known.every((moment) => endOf(moment) <= now);
}

function endOf(moment: LocalMoment): number {
  if (moment.time !== undefined) return instantOf(moment);
  const next = new Date(Date.parse(moment.date) + 24 * 60 * 60 * 1000); // in UTC every day has 24 hours
  return instantOf({ date: next.toISOString().slice(0, 10), timeZone: moment.timeZone });
}
