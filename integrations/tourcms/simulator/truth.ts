import type { BookingStatus, SimulatedTruth } from "#sdk";

import { paidMinor, type SimulatedBooking, totalMinor } from "./booking.ts";
import { firstDay } from "./days.ts";

/** A booking as it really is, whatever the API shows of it. */
export function truthOf(booking: SimulatedBooking): SimulatedTruth {
  const { currency } = booking.channel;
  return {
    reference: booking.id,
    status: statusOf(booking),
    startsOn: firstDay(booking),
    total: { amountMinor: totalMinor(booking), currency },
    paid: { amountMinor: paidMinor(booking), currency },
  };
}

const STATUSES = ["quoted", "requested", "confirmed"] as const;

function statusOf({ status, cancelled, lines }: SimulatedBooking): BookingStatus {
  if (cancelled) return /expired/.test(cancelled.text) ? "expired" : "cancelled";
  const isRedeemed = lines
    .filter(({ dateType }) => dateType === "departure")
    .every((line) => line.isRedeemed);
  return isRedeemed ? "checked_in" : STATUSES[status];
}
