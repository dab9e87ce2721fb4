import type { Booking, Mail } from "#sdk";

import type { RemindersConfig } from "./config.ts";

export type Reader = "guest" | "agent" | "office";

export interface Recipient {
  reader: Reader;
  /** Absent when there is no address that could be written to. */
  address?: string;
}

/** Who gets the mails of a booking; an agent without an address leaves them to the office. */
export function recipientOf(
  booking: Booking,
  { agents }: Pick<RemindersConfig, "agents">,
  mail: Pick<Mail, "office">,
): Recipient {
  const reader = readerOf(booking, agents);
  const address = addressOf(reader, booking, mail.office);
  return { reader, ...(address === undefined ? {} : { address }) };
}

function readerOf({ agent }: Booking, agents: RemindersConfig["agents"]): Reader {
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
