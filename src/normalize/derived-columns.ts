import type { Identity } from "../people/identity.ts";
import type { Booking } from "../sdk/booking.ts";

/** To be raised with every column that is added here: all bookings are gone through again then. */
const VERSION = 2;

/** By what bookings are found that follows from more than one of their fields. */
export function derivedColumns(booking: Booking | undefined, identity: Identity) {
  return {
    person_key: booking ? identity.personKey(booking) : null,
    ends_on: booking ? lastDayOf(booking) : null,
  };
}

/** All that the columns depend on besides the bookings. */
export function derivationRules(identity: Identity): string {
  return `${VERSION}:${identity.rules}`;
}

/** The last day on which anything of the booking takes place; null: no day is known. */
function lastDayOf({ start, end, items = [] }: Booking): string | null {
  const moments = [start, end, ...items.flatMap((item) => [item.start, item.end])];
  const days = moments.flatMap((moment) => moment?.date ?? []);
  return days.toSorted().at(-1) ?? null;
}
