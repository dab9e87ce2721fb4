import type { Actor, BookingStatus, EventType } from "#sdk";

/** What a `notification_type` is about: decides the subject and what is read of the body. */
export type About =
  "booking" | "customer" | "coupon" | "vacation" | "resource" | "clock" | "unknown";

export interface NativeEventKind {
  /** Absent when the notification does not say what happened. */
  type?: EventType;
  about: About;
  /** Whether the reservation is gone from the API. */
  isRemoval?: boolean;
  impliedStatus?: BookingStatus;
  /** Where the name says who did it; else `is_event_fired_by_customer` does. */
  actor?: Actor;
}

// Names from Planyo FAQ 222. Its older copies lack some: the list grows.
const KINDS: ReadonlyMap<string, NativeEventKind> = new Map([
  ["new_price_quotation", booking("booking.quoted", "quoted")],
  ["new_verified_reservation", booking("booking.requested", "requested")],
  ["reservation_confirmed", booking("booking.confirmed", "confirmed")],
  ["confirmed_cleared", booking("booking.unconfirmed", "requested")],
  ["reservation_admin_modified", booking("booking.modified", undefined, "staff")],
  ["reservation_user_modified", booking("booking.modified", undefined, "customer")],
  ["reservation_products_user_modified", booking("booking.modified", undefined, "customer")],
  ["reservation_price_updated", booking("booking.modified")],
  ["reservation_admin_canceled", booking("booking.cancelled", "cancelled", "staff")],
  ["reservation_user_canceled", booking("booking.cancelled", "cancelled", "customer")],
  ["reservation_auto_canceled", booking("booking.cancelled", "cancelled", "system")],
  ["added_to_waitlist", booking("booking.waitlisted", "waitlisted")],
  ["checked_in", booking("booking.checked_in", "checked_in")],
  ["checked_out", booking("booking.checked_out", "checked_out")],
  ["noshow", booking("booking.no_show", "no_show")],
  ["reservation_removed", { ...booking("booking.removed", "removed"), isRemoval: true }],
  ["reservation_payment_received", booking("payment.received")],
  ["reservation_payment_removed", booking("payment.removed")],
  ["user_updated", { type: "customer.updated", about: "customer" }],
  ["coupon_payment_received", { type: "coupon.purchased", about: "coupon" }],
  ["coupon_payment_removed", { type: "coupon.payment_removed", about: "coupon" }],
  ["vacation_modified", { type: "availability.changed", about: "vacation" }],
  ["resource_settings_changed", { type: "resource.changed", about: "resource" }],
  ["resource_removed", { type: "resource.removed", about: "resource" }],
  ["hourly", { type: "clock.hourly", about: "clock", actor: "system" }],
]);

// The documented ranges have grown (FAQ 387 speaks of 12 timers): any number is taken.
const NUMBERED: readonly (readonly [RegExp, NativeEventKind])[] = [
  [/^before_or_after_event_\d+$/, booking("booking.timer", undefined, "system")],
  [/^custom_button_\d+$/, booking("button.pressed", undefined, "staff")],
];

function booking(type: EventType, impliedStatus?: BookingStatus, actor?: Actor): NativeEventKind {
  return {
    type,
    about: "booking",
    ...(impliedStatus && { impliedStatus }),
    ...(actor && { actor }),
  };
}

/**
 * What Planyo calls for when it happens. Payments are not among it: those that staff types in make
 * no call ("online payment received", FAQ 222).
 */
export const ANNOUNCED: readonly EventType[] = [
  ...new Set(
    [...KINDS.values(), ...NUMBERED.map(([, kind]) => kind)].flatMap(({ type }) =>
      type === undefined || type.startsWith("payment.") ? [] : [type],
    ),
  ),
];

/** @param name `notification_type`; empty when the notification has none. */
export function kindOfEvent(name: string): NativeEventKind {
  if (name === "") return { about: "unknown" };
  const numbered = NUMBERED.find(([pattern]) => pattern.test(name));
  return KINDS.get(name) ?? numbered?.[1] ?? { type: "source.unknown", about: "unknown" };
}
