import type { BookingFields, BookingStatus } from "../sdk/booking.ts";
import type { BookingEventType } from "../sdk/booking-event.ts";

const CONFIRMED: ReadonlySet<BookingStatus> = new Set([
  "confirmed",
  "checked_in",
  "checked_out",
  "no_show",
]);

const ENDED: ReadonlySet<BookingStatus> = new Set(["cancelled", "expired", "removed"]);

/** Events that end a booking. */
const ENDINGS: ReadonlySet<string> = new Set([
  "booking.cancelled",
  "booking.expired",
  "booking.removed",
]);

const ARRIVAL: Readonly<Record<BookingStatus, BookingEventType | undefined>> = {
  draft: undefined,
  quoted: "booking.quoted",
  requested: "booking.requested",
  confirmed: "booking.confirmed",
  waitlisted: "booking.waitlisted",
  checked_in: "booking.checked_in",
  checked_out: "booking.checked_out",
  no_show: "booking.no_show",
  cancelled: "booking.cancelled",
  expired: "booking.expired",
  removed: "booking.removed",
};

export function isEnded(status: BookingStatus | undefined): boolean {
  return status !== undefined && ENDED.has(status);
}

export function isEnding(type: string): boolean {
  return ENDINGS.has(type);
}

/**
 * The events that a change of status amounts to. A step that must lie between is one of them: a
 * booking that is checked in has been confirmed.
 */
export function stepsBetween(
  before: BookingStatus | undefined,
  after: BookingStatus,
): BookingEventType[] {
  if (before === after) return [];
  const wasConfirmed = before !== undefined && CONFIRMED.has(before);
  const arrival = ARRIVAL[after];
  if (CONFIRMED.has(after)) {
    // Back from checked in to confirmed: somebody undid the check-in. The booking only changed.
    if (wasConfirmed) return after === "confirmed" || !arrival ? [] : [arrival];
    return after === "confirmed" || !arrival
      ? ["booking.confirmed"]
      : ["booking.confirmed", arrival];
  }
  if (wasConfirmed && after === "requested") return ["booking.unconfirmed"];
  if (wasConfirmed && !ENDED.has(after))
    return arrival ? ["booking.unconfirmed", arrival] : ["booking.unconfirmed"];
  return arrival ? [arrival] : [];
}

/** Whether an announced event can be seen in a state, is behind it, or is not there (yet). */
export type Sight = "shown" | "passed" | "missing";

/** How a booking's state bears out that something was announced about it. */
export function sightOf(type: string, booking: Partial<BookingFields>): Sight {
  const { status = "draft" } = booking;
  switch (type) {
    case "booking.quoted":
      return seen(status === "quoted", status !== "draft");
    case "booking.requested":
      return seen(status === "requested", status !== "draft" && status !== "quoted");
    case "booking.confirmed":
      return seen(CONFIRMED.has(status), false);
    case "booking.unconfirmed":
      return seen(!CONFIRMED.has(status) && !ENDED.has(status), ENDED.has(status));
    case "booking.waitlisted":
      return seen(status === "waitlisted", status !== "draft");
    case "booking.checked_in":
      return seen(status === "checked_in" || hasRedeemedItem(booking), status === "checked_out");
    case "booking.checked_out":
      return seen(status === "checked_out", false);
    case "booking.no_show":
      return seen(status === "no_show", false);
    case "booking.cancelled":
    case "booking.expired":
      return seen(ENDED.has(status), false);
    case "booking.removed":
      return seen(status === "removed", false);
    default:
      return "missing";
  }
}

function seen(isShown: boolean, isPassed: boolean): Sight {
  if (isShown) return "shown";
  return isPassed ? "passed" : "missing";
}

function hasRedeemedItem({ items }: Partial<BookingFields>): boolean {
  return items?.some(({ isRedeemed }) => isRedeemed) ?? false;
}
