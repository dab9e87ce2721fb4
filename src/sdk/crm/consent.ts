import type { Booking } from "../booking.ts";
import type { Consent } from "./contact.ts";
import type { CrmSettings } from "./settings.ts";

/** What the guest last said; a form without the question, or without an answer, says nothing. */
export function consentOf(
  bookings: readonly Booking[],
  { consentItem, consentValues }: Pick<CrmSettings, "consentItem" | "consentValues">,
): Consent {
  if (consentItem === undefined) return "unknown";
  const accepted = new Set(consentValues.map(plain));
  const answers = bookings.map((booking) => plain(answerOf(booking, consentItem) ?? ""));
  const last = answers.findLast((answer) => answer !== "");
  if (last === undefined) return "unknown";
  return accepted.has(last) ? "yes" : "no";
}

function answerOf({ custom, customer }: Booking, item: string): string | undefined {
  return custom?.[item] ?? customer?.custom?.[item];
}

function plain(text: string): string {
  return text.trim().toLowerCase();
}
