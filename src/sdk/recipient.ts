import type { Booking } from "./booking.ts";
import type { Mail } from "./context.ts";

/** Who reads a mail about a booking. */
export type Reader = "guest" | "agent" | "office";

export interface Recipient {
  reader: Reader;
  /** Absent when there is no address that could be written to. */
  address?: string;
}

/**
 * Who gets the mails of a booking; an agent without an address leaves them to the office.
 *
 * @param agents Who gets those of a booking made by an agent.
 */
export function recipientOf(
  booking: Booking,
  agents: Reader,
  { office }: Pick<Mail, "office">,
): Recipient {
  const reader = readerOf(booking, agents);
  const address = addressOf(reader, booking, office);
  return { reader, ...(address === undefined ? {} : { address }) };
}

function readerOf({ agent }: Booking, agents: Reader): Reader {
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
