import { type BookingStatus, type BookingView, instantOf, localMoment } from "#sdk";

import {
  dateOf,
  epochOf,
  has,
  idOf,
  instantText,
  isFilled,
  listOf,
  map,
  oneOf,
  type Shown,
  textOf,
} from "./fields.ts";
import type { XmlElement } from "./xml.ts";

/** `status` of Show Booking. `withheld` is no status of its own: the number stands beside it. */
const STATUSES: Readonly<Record<string, BookingStatus>> = {
  "0": "quoted",
  "1": "requested",
  "2": "confirmed",
};

type Standing = Pick<BookingView, "status" | "cancellation" | "expiresAt">;

/**
 * TourCMS has no number for cancelled or expired: the old status stays and only the cancel fields
 * tell. What an expired booking looks like is not documented; its booking search counts expired
 * with cancelled as not active. So an open booking that was taken back is expired when its text says
 * so or when that happened at or after its end. An end that lies in the past is not enough: the
 * office may have agreed to wait.
 *
 * @param timeZone Of the account.
 */
export function standingOf(booking: XmlElement, timeZone: string): Standing {
  const status = oneOf(booking, "status", STATUSES) ?? undefined;
  const isOpen = status === "quoted" || status === "requested";
  const endMs = endOf(booking, timeZone);
  const expiresAt = map(endMs, instantText);

  if (!isCancelled(booking)) {
    return {
      status: isCheckedIn(booking, status) ? "checked_in" : status,
      cancellation: has(booking, ...CANCEL_FIELDS) ? null : undefined,
      expiresAt,
    };
  }
  const atMs = epochOf(booking, "cancelled_at_utc_seconds", "cancel_date_time", timeZone);
  const reason = textOf(booking, "cancel_text");
  const isLate = isFilled(atMs) && isFilled(endMs) && atMs >= endMs;
  const isExpired = isOpen && (isLate || /expir/i.test(reason ?? ""));
  return {
    status: isExpired ? "expired" : "cancelled",
    // Who cancelled is not told, except that expiry is nobody's act.
    cancellation: { at: map(atMs, instantText), reason, ...(isExpired ? { by: "system" } : {}) },
    expiresAt,
  };
}

const CANCEL_FIELDS = [
  "cancel_reason",
  "cancel_text",
  "cancel_date_time",
  "cancelled_at_utc_seconds",
];

// The meanings of the numbers of cancel_reason are not public, except that 0 is "not cancelled".
function isCancelled(booking: XmlElement): boolean {
  return (
    isFilled(idOf(booking, "cancel_reason")) ||
    isFilled(dateOf(booking, "cancel_date_time")) ||
    isFilled(idOf(booking, "cancelled_at_utc_seconds"))
  );
}

/** Until when a quotation or provisional booking is good. */
function endOf(booking: XmlElement, timeZone: string): Shown<number> {
  const exact = epochOf(booking, "expiry_date_at_utc_seconds", undefined, timeZone);
  if (isFilled(exact)) return exact;
  const hasTime = (textOf(booking, "expiry_date") ?? "").length > 10;
  const local = hasTime
    ? epochOf(booking, undefined, "expiry_date", timeZone)
    : // A date alone means that whole day.
      map(dateOf(booking, "expiry_date"), (date) =>
        instantOf(localMoment(date, "23:59:59", timeZone)),
      );
  return local === undefined ? exact : local;
}

function isCheckedIn(booking: XmlElement, status: BookingStatus | undefined): boolean {
  if (status !== "confirmed") return false;
  // Options and fees are never redeemed themselves.
  const redeemable = (listOf(booking, "components", "component") ?? []).filter(
    (component) => !["option", "fee"].includes(textOf(component, "date_type") ?? ""),
  );
  return (
    redeemable.length > 0 &&
    redeemable.every((component) => textOf(component, "voucher_redemption_status") === "1")
  );
}
