import type { Actor, BookingStatus, EventType } from "#sdk";

/** What a TourCMS event name says. */
export interface Meaning {
  type: EventType;
  actor: Actor;
  impliedStatus?: BookingStatus;
  /** About a booking that is not committed yet: Show Booking does not know it. */
  isTemporary?: true;
}

const UNKNOWN: Meaning = { type: "source.unknown", actor: "unknown" };

// The twelve triggers of TourCMS' booking webhooks. A `new_…` event also comes when an existing
// booking changes its status, so it is no proof of a new booking.
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ...byWho("new_quotation", { type: "booking.quoted", impliedStatus: "quoted" }),
  ...byWho("new_provisional", { type: "booking.requested", impliedStatus: "requested" }),
  ...byWho("new_confirmed", { type: "booking.confirmed", impliedStatus: "confirmed" }),
  named("cancelled", "booking.cancelled", "unknown", "cancelled"),
  named("expq_quotation", "booking.expired", "system", "expired"),
  named("expp_provisional", "booking.expired", "system", "expired"),
  // One item is redeemed; the booking counts as checked in only when all of them are.
  named("redeem_voucher", "booking.checked_in", "unknown"),
  named("token_success", "payment.received", "customer"),
  named("token_failure", "payment.failed", "customer"),
  // Only the inline (synchronous) webhook sends these.
  ...byWho("new_temporary", { type: "source.unknown", isTemporary: true }),
  ["temporary_booking_deleted", { ...UNKNOWN, isTemporary: true }],
  ["check_booking_status", { ...UNKNOWN, isTemporary: true }],
]);

/** Names are compared exactly: TourCMS writes them in lower case. */
export function meaningOf(nativeEvent: string): Meaning {
  return MEANINGS.get(nativeEvent) ?? UNKNOWN;
}

function byWho(prefix: string, meaning: Omit<Meaning, "actor">): [string, Meaning][] {
  return [
    [`${prefix}_staff`, { ...meaning, actor: "staff" }],
    [`${prefix}_web`, { ...meaning, actor: "customer" }],
  ];
}

function named(
  name: string,
  type: EventType,
  actor: Actor,
  impliedStatus?: BookingStatus,
): [string, Meaning] {
  return [name, { type, actor, ...(impliedStatus === undefined ? {} : { impliedStatus }) }];
}
