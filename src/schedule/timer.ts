import type { Booking, BookingStatus } from "../sdk/booking.ts";
import { instantOf, isTimeZone, type LocalMoment, momentOfInstant } from "../sdk/time.ts";
import { momentAt, type Offset, outOfQuietHours, type QuietHours } from "./offset.ts";

/** Of what a timer counts from. */
export type Anchor = "start" | "end" | "created" | "confirmed" | { serviceDayAt: string };

/** A moment around every booking, as the configuration or a plug-in asks for it. */
export interface Timer {
  /** Of `bellhop.yaml`, or `<instance>/<schedule>`. */
  name: string;
  /** As it was written: `service day at 08:00`. */
  relativeTo: string;
  anchor: Anchor;
  offset: Offset;
  statuses: ReadonlySet<BookingStatus>;
  /** Undefined: all. */
  connections: ReadonlySet<string> | undefined;
  products: ReadonlySet<string> | undefined;
  quietHours: QuietHours | undefined;
  /** A moment that is this old when it is seen is passed over. */
  withinMs: number;
  /** `skip`: a moment that has passed unseen is never made up for. */
  late: "run" | "skip";
  /** A booking that moves by more than this after the timer went off gets it again. */
  againAfterMs: number;
}

/** What a timer counts from, for one booking, and when it goes off. UTC milliseconds. */
export interface DueMoment {
  referenceAt: number;
  dueAt: number;
}

/** @param confirmedAt When the booking was confirmed, where that is known; UTC milliseconds. */
export function dueMoment(
  timer: Timer,
  booking: Booking,
  confirmedAt: number | undefined,
): DueMoment | undefined {
  const reference = referenceOf(timer.anchor, booking, confirmedAt);
  if (!reference) return undefined;
  const referenceAt = instantOf(reference);
  const dueAt = momentAt(reference, timer.offset);
  const { quietHours } = timer;
  if (!quietHours) return { referenceAt, dueAt };
  const moved = outOfQuietHours(dueAt, reference.timeZone, quietHours);
  // What is meant to come before must not come after.
  const isTurned = dueAt < referenceAt && moved >= referenceAt;
  const before = { ...quietHours, move: "before" } as const;
  return {
    referenceAt,
    dueAt: isTurned ? outOfQuietHours(dueAt, reference.timeZone, before) : moved,
  };
}

/** Why a timer does not concern a booking, in words for the office; undefined when it does. */
export function reasonAgainst(timer: Timer, booking: Booking): string | undefined {
  const { connection, status, items = [] } = booking;
  if (timer.connections?.has(connection) === false) return "not for this connection";
  const ids = items.flatMap(({ productId, productCode }) => [productId, productCode]);
  const isWanted = (id: string | undefined) => id !== undefined && timer.products?.has(id);
  if (timer.products && !ids.some(isWanted)) return "none of its products is booked";
  return timer.statuses.has(status) ? undefined : `the booking is ${status.replace("_", " ")}`;
}

function referenceOf(
  anchor: Anchor,
  booking: Booking,
  confirmedAt: number | undefined,
): LocalMoment | undefined {
  if (anchor === "start") return usable(booking.start);
  if (anchor === "end") return usable(booking.end);
  if (anchor === "created") return momentHere(Date.parse(booking.madeAt ?? ""), booking);
  if (anchor === "confirmed") return momentHere(confirmedAt ?? NaN, booking);
  const start = usable(booking.start);
  return start && { date: start.date, time: anchor.serviceDayAt, timeZone: start.timeZone };
}

/** In the zone of the booking: there the days are counted. */
function momentHere(epochMs: number, booking: Booking): LocalMoment | undefined {
  if (Number.isNaN(epochMs)) return undefined;
  return momentOfInstant(epochMs, zoneOf(booking));
}

/** Where the booking takes place; UTC where nothing says so. */
export function zoneOf({ start, end, items = [] }: Booking): string {
  const known = [start, end, ...items.map((item) => item.start)].find(usable);
  return known?.timeZone ?? "UTC";
}

/** A zone that this computer does not know would end the work on all other bookings. */
function usable(moment: LocalMoment | undefined): LocalMoment | undefined {
  return moment && isTimeZone(moment.timeZone) ? moment : undefined;
}
