import type { Booking, BookingEvent } from "#sdk";

import { lastOf, type Past } from "./history.ts";
import type { MailKind } from "./voucher-view.ts";

/** What a decision is made from. Who gets the mail and what it says is known by then. */
export interface Case {
  type: BookingEvent["type"];
  history: readonly Past[];
  hash: string;
  hasAddress: boolean;
}

export type Decision = { skip: string } | { send: MailKind };

const NO_VOUCHER = "the guest has no voucher from us";

/**
 * Whether the event is about something the guest should still hear of.
 *
 * @param current The newest state, which may be ahead of the event.
 * @returns the reason why not.
 */
export function reasonForSilence(
  event: Pick<BookingEvent, "type" | "isQuiet" | "booking">,
  current: Booking,
  isPast: boolean,
): string | undefined {
  if (event.isQuiet) return "quiet: the source asked not to write to the guest";
  if (current.flags?.erased) return "the guest has been erased";
  const isEnding = event.type === "booking.cancelled" || event.type === "booking.removed";
  if (!isEnding && event.booking.status !== "confirmed") {
    return `the booking is ${event.booking.status}, not confirmed`;
  }
  if (isEnding && current.status === "confirmed") {
    return "overtaken: the booking is confirmed again by now";
  }
  if (!isEnding && current.status !== "confirmed") {
    return `overtaken: the booking is ${current.status.replace("_", " ")} by now`;
  }
  return isPast ? "the trip is over" : undefined;
}

/** Which mail is due, seen what the guest has already. */
export function decide({ type, history, hash, hasAddress }: Case): Decision {
  const { last, open } = lastOf(history);
  if (type === "booking.cancelled" || type === "booking.removed") {
    return decideEnding(last, open, hasAddress);
  }
  const hasBegun = open.some(({ kind }) => kind !== "cancellation");
  if (type === "booking.modified" && !hasBegun && (!last || last.kind === "cancellation")) {
    return { skip: NO_VOUCHER };
  }
  const isSame = last?.hash === hash && open.length === 0;
  if (!hasAddress) {
    const isTold = isSame && last.kind === "noAddress";
    return isTold
      ? { skip: "no e-mail address: the office was told already" }
      : { send: "noAddress" };
  }
  if (last?.kind !== "voucher") return { send: "voucher" };
  return isSame ? { skip: `voucher v${last.ordinal} already says this` } : { send: "changed" };
}

function decideEnding(
  last: Past | undefined,
  open: readonly Past[],
  hasAddress: boolean,
): Decision {
  // A voucher of unknown fate counts: better an explanation too many than a guest at the door.
  const hasVoucher =
    last?.kind === "voucher" || open.some((past) => past.kind === "voucher" && past.isUnsure);
  if (!hasVoucher) return { skip: NO_VOUCHER };
  return hasAddress
    ? { send: "cancellation" }
    : { skip: "no e-mail address to tell of the cancellation" };
}
