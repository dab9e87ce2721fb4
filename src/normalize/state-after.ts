import type { Booking, BookingFields, BookingStatus, CustomFields } from "../sdk/booking.ts";
import type { BookingLook, Call, KnownSubject } from "./look.ts";
import { mergeView } from "./merge-view.ts";
import { withoutGuest } from "./without-guest.ts";

/** Undefined while no look has shown a state. The version is the known one until changes are known. */
export function stateAfter(
  { booking, isErased }: KnownSubject,
  look: BookingLook,
): Booking | undefined {
  if (!look.view) return booking;
  const seen = look.mapFields(mergeView(booking, look.view));
  const merged = isErased ? withoutGuest(seen, namesOf(booking?.custom)) : seen;
  return {
    ...merged,
    connection: look.connection,
    reference: look.reference,
    version: booking?.version ?? 1,
    status: statusAfter(booking, merged, look),
  };
}

function namesOf(custom: CustomFields = {}): ReadonlySet<string> {
  return new Set(Object.keys(custom));
}

function statusAfter(
  before: Booking | undefined,
  merged: Partial<BookingFields>,
  { view, calls }: BookingLook,
): BookingStatus {
  const shown = view?.status;
  if (isOpen(shown) && hasRunOut(before, merged, calls)) return "expired";
  const implied = calls.map(({ announcement }) => announcement.impliedStatus).findLast(Boolean);
  return shown ?? implied ?? merged.status ?? "draft";
}

function isOpen(status: BookingStatus | null | undefined): boolean {
  return status === "quoted" || status === "requested";
}

/**
 * Not every source marks an offer that has run out. It is believed when it says so and the date is
 * past, and the offer stays expired for as long as that date stands.
 */
function hasRunOut(
  before: Booking | undefined,
  { expiresAt }: Partial<BookingFields>,
  calls: readonly Call[],
): boolean {
  if (expiresAt === undefined) return false;
  if (before?.status === "expired" && before.expiresAt === expiresAt) return true;
  return calls.some(
    ({ announcement, receivedAt }) =>
      announcement.type === "booking.expired" && Date.parse(expiresAt) <= receivedAt,
  );
}
