import { createHash } from "node:crypto";

import type { Booking, BookingItem, BookingStatus } from "../booking.ts";
import type { LocalMoment } from "../time.ts";

/** Some time of a booking, for one calendar. */
export interface Appointment {
  /** Ours, and stays the same when the booking is moved. */
  id: string;
  /** As whoever asked calls it. */
  calendar: string;
  booking: Booking;
  /** What it is about, one of them or several of the same. Empty: the booking says no more. */
  items: readonly BookingItem[];
  start: LocalMoment;
  end?: LocalMoment;
  status: EventStatus;
}

export type EventStatus = "CONFIRMED" | "TENTATIVE" | "CANCELLED";

const STATUSES: Readonly<Record<BookingStatus, EventStatus>> = {
  draft: "TENTATIVE",
  quoted: "TENTATIVE",
  requested: "TENTATIVE",
  waitlisted: "TENTATIVE",
  confirmed: "CONFIRMED",
  checked_in: "CONFIRMED",
  checked_out: "CONFIRMED",
  no_show: "CONFIRMED",
  cancelled: "CANCELLED",
  expired: "CANCELLED",
  removed: "CANCELLED",
};

/** What takes a place in the calendar; quotations and waiting lists do not. */
export function takesPlace({ status }: Pick<Booking, "status">): boolean {
  return status === "requested" || STATUSES[status] === "CONFIRMED";
}

/** In which calendar something booked belongs, if in any; without an item the booking as a whole. */
export type CalendarOf = (item: BookingItem | undefined) => string | undefined;

/** What of a booking belongs into which calendar. Options and fees go with what they belong to. */
export function appointmentsOf(booking: Booking, calendarOf: CalendarOf): Appointment[] {
  const main = (booking.items ?? []).filter(isMain);
  const parts = main.length === 0 ? [undefined] : main;
  const groups = new Map<string, Appointment>();
  for (const item of parts) {
    const one = appointmentOf(booking, item, calendarOf(item));
    if (!one) continue;
    // Adults and children of one departure are one event.
    const { calendar, start, end } = one;
    const slot = [calendar, item?.productId ?? item?.name, item?.unitName, start, end];
    const key = JSON.stringify(slot);
    const same = groups.get(key);
    groups.set(key, same ? { ...same, items: [...same.items, ...one.items] } : one);
  }
  return [...groups.values()];
}

function isMain({ kind, belongsTo }: BookingItem): boolean {
  return belongsTo === undefined && kind !== "option" && kind !== "fee";
}

function appointmentOf(
  booking: Booking,
  item: BookingItem | undefined,
  calendar: string | undefined,
): Appointment | undefined {
  const start = item?.start ?? booking.start;
  if (calendar === undefined || !start) return undefined;
  const end = item?.start ? item.end : booking.end;
  return {
    ...{ id: idOf(booking, item?.id ?? "-"), calendar, booking, start },
    items: item ? [item] : [],
    ...(end && { end }),
    status: STATUSES[booking.status],
  };
}

/** Nobody who reads a calendar guesses addresses of other bookings from it. */
function idOf({ connection, reference }: Booking, item: string): string {
  const key = JSON.stringify([connection, reference, item]);
  return createHash("sha256").update(key).digest("hex").slice(0, 32);
}

/** Under which name every calendar has it. */
export function uidOf(id: string): string {
  return `bellhop-${id}`;
}
