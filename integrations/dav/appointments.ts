import { createHash } from "node:crypto";

import type { Booking, BookingItem, BookingStatus, LocalMoment } from "#sdk";

import type { CalendarRule, DavConfig } from "./config.ts";

/** Some time of a booking, for one calendar. */
export interface Appointment {
  /** Ours, and stays the same when the booking is moved. */
  id: string;
  /** As in the settings. */
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
export function takesPlace({ status }: Booking): boolean {
  return status === "requested" || STATUSES[status] === "CONFIRMED";
}

/** What of a booking belongs into which calendar. Options and fees go with what they belong to. */
export function appointmentsOf(booking: Booking, config: DavConfig): Appointment[] {
  const main = (booking.items ?? []).filter(isMain);
  const parts = main.length === 0 ? [undefined] : main;
  const groups = new Map<string, Appointment>();
  for (const item of parts) {
    const one = appointmentOf(booking, item, config);
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
  config: DavConfig,
): Appointment | undefined {
  const calendar = calendarFor(booking, item, config);
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

function calendarFor(
  booking: Booking,
  item: BookingItem | undefined,
  { calendars, calendarUrl }: DavConfig,
): string | undefined {
  return calendars.find((rule) => takes(rule, booking, item))?.url ?? calendarUrl;
}

function takes(rule: CalendarRule, booking: Booking, item: BookingItem | undefined): boolean {
  const { connections, products, units, custom = {} } = rule;
  const { productId, productCode, name, unitName } = item ?? { name: booking.title };
  return (
    isAmong([booking.connection], connections) &&
    isAmong([productId, productCode, name], products) &&
    isAmong([unitName], units) &&
    Object.entries(custom).every(([field, value]) => booking.custom?.[field] === value)
  );
}

function isAmong(values: readonly (string | undefined)[], list: readonly string[] | undefined) {
  return !list || values.some((value) => value !== undefined && list.includes(value));
}
