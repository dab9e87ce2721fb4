import type { Booking, Reader } from "#sdk";

import type { VoucherMailConfig } from "./config.ts";

/**
 * Whether a reader may see what the booking costs. What an agent pays is between the office and the
 * agent, so a guest who booked with an agent sees no prices, nor does anybody when the agent owes the
 * rest.
 */
export function maySeePrices(
  booking: Booking,
  reader: Reader,
  { prices }: Pick<VoucherMailConfig, "prices">,
): boolean {
  const isHidden =
    !prices ||
    booking.balanceOwedBy === "agent" ||
    (booking.agent !== undefined && reader === "guest");
  return !isHidden;
}
