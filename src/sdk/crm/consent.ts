import type { Booking } from "../booking.ts";
import { guestEmail } from "../people/person-keys.ts";
import type { Consent } from "./contact.ts";
import type { CrmSettings } from "./settings.ts";

/**
 * What the guest last said; a form without the question, or without an answer, says nothing.
 *
 * @param bookings In the order they were made.
 * @param email The address that is written to: nobody may be on another address's consent, while a
 *   "no" is meant for all of them.
 */
export function consentOf(
  bookings: readonly Booking[],
  email: string | undefined,
  { consentItem, consentValues }: Pick<CrmSettings, "consentItem" | "consentValues">,
): Consent {
  if (consentItem === undefined) return "unknown";
  for (const booking of bookings.toReversed()) {
    const answer = answerOf(booking, consentItem);
    if (answer === undefined) continue;
    if (!consentValues.some((value) => plain(value) === answer)) return "no";
    if (guestEmail(booking) === email) return "yes";
  }
  return "unknown";
}

/** An empty answer is none: it hides no other. */
function answerOf({ custom, customer }: Booking, item: string): string | undefined {
  const answers = [custom?.[item], customer?.custom?.[item]];
  return answers.map((answer) => plain(answer ?? "")).find((answer) => answer !== "");
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}
