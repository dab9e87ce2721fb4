import { BOOKING_STATUSES, type BookingStatus } from "../sdk/booking.ts";
import { takesPlace } from "../sdk/calendar.ts";
import type { CalendarConfig, Config } from "../settings/config-schema.ts";

/** One calendar that programs subscribe to, under the name it has in the configuration. */
export interface Calendar extends CalendarConfig {
  id: string;
}

/** Bookings in other states are in no calendar: cancelled, expired, quoted, on a waiting list. */
export const SHOWN_STATUSES: readonly BookingStatus[] = BOOKING_STATUSES.filter((status) =>
  takesPlace({ status }),
);

export function calendarsOf({ calendars }: Pick<Config, "calendars">): Calendar[] {
  return Object.entries(calendars).map(([id, calendar]) => ({ id, ...calendar }));
}
