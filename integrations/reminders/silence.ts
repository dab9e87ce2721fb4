import type { Booking, BookingEvent, BookingStatus } from "#sdk";

import type { Kind } from "./config.ts";
import { expiryOf, hasBegun, isOver } from "./moments.ts";

interface Fit {
  statuses: readonly BookingStatus[];
  called: string;
}

const TAKES_PLACE: Fit = { statuses: ["confirmed", "checked_in"], called: "confirmed" };
const TOOK_PLACE: Fit = {
  statuses: ["confirmed", "checked_in", "checked_out"],
  called: "confirmed",
};

/** Bookings that a mail of a kind may speak of. */
const FITS: Readonly<Record<Kind, Fit>> = {
  before: TAKES_PLACE,
  balance: TAKES_PLACE,
  after: TOOK_PLACE,
  other: TOOK_PLACE,
  expiring: { statuses: ["requested", "quoted"], called: "provisional" },
};

/**
 * Why a mail makes no sense for the booking as it is now, which may be long after the timer was set.
 *
 * @param now UTC milliseconds.
 */
export function reasonForSilence(
  kind: Kind,
  { isQuiet }: Pick<BookingEvent, "isQuiet">,
  booking: Booking,
  now: number,
): string | undefined {
  if (isQuiet) return "quiet: the source asked not to write to the guest";
  const { statuses, called } = FITS[kind];
  if (!statuses.includes(booking.status)) {
    return `the booking is ${booking.status.replace("_", " ")}, not ${called}`;
  }
  switch (kind) {
    case "before":
      return hasBegun(booking, now) ? "it has begun already" : undefined;
    case "after":
      return reasonBeforeTheEnd(booking, now);
    case "balance":
      return reasonNotToAsk(booking);
    case "expiring":
      return (expiryOf(booking) ?? Infinity) <= now ? "its time has run out by now" : undefined;
    case "other":
      return undefined;
  }
}

function reasonBeforeTheEnd(booking: Booking, now: number): string | undefined {
  const isEnded = isOver(booking, now);
  if (isEnded === undefined) return "no date says that it is over";
  return isEnded ? undefined : "it is not over yet";
}

/** What an agent pays is between the office and the agent, unless the source says otherwise. */
function reasonNotToAsk({ balance, balanceOwedBy, agent }: Booking): string | undefined {
  if (!balance) return "nothing says what is still to pay";
  if (balance.amountMinor <= 0) return "nothing is left to pay";
  if (balanceOwedBy === "agent") return "the agent owes the balance";
  if (agent && balanceOwedBy === undefined) return "an agent made it, and may owe the balance";
  return undefined;
}
