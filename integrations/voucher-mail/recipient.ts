import type { Booking, Mail } from "#sdk";

import type { VoucherMailConfig } from "./config.ts";

/** Who reads a mail. */
export type Reader = "guest" | "agent" | "office";

export interface Recipient {
  reader: Reader;
  /** Absent when there is no address that could be written to. */
  address?: string;
  /** Whether this reader may see what the booking costs. */
  seesPrices: boolean;
}

/**
 * Who gets the voucher. What an agent pays is between the office and the agent, so a guest who
 * booked with an agent sees no prices, nor does anybody when the agent owes the rest.
 */
export function recipientOf(
  booking: Booking,
  config: Pick<VoucherMailConfig, "agents" | "prices">,
  mail: Pick<Mail, "office">,
): Recipient {
  const reader = readerOf(booking, config.agents);
  const address = addressOf(reader, booking, mail.office);
  const isHidden =
    !config.prices ||
    booking.balanceOwedBy === "agent" ||
    (booking.agent !== undefined && reader === "guest");
  return { reader, seesPrices: !isHidden, ...(address === undefined ? {} : { address }) };
}

function readerOf({ agent }: Booking, agents: VoucherMailConfig["agents"]): Reader {
  if (!agent || agents === "guest") return "guest";
  return agents === "agent" && isAddress(agent.email) ? "agent" : "office";
}

function addressOf(reader: Reader, booking: Booking, office?: string): string | undefined {
  if (reader === "office") return office;
  const given = reader === "agent" ? booking.agent?.email : booking.customer?.email;
  return isAddress(given) ? given.trim() : undefined;
}

/** One plain address. A form that holds two, or a name with one, is not guessed at. */
function isAddress(text: string | undefined): text is string {
  return (
    text !== undefined && /^[^\s,;:<>"()@]+@[^\s,;:<>"()@]+\.[^\s,;:<>"()@.]{2,}$/.test(text.trim())
  );
}
