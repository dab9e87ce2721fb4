import { type ContactView, type CrmContext } from "#sdk/crm";

import type { DavConfig } from "./config.ts";
import { bookOf } from "./contacts.ts";
import { type FoundCard, searchCards } from "./search.ts";

/** What the address book holds of those whose name or address carries a text. */
export async function readBook(
  mark: string,
  context: CrmContext<DavConfig>,
): Promise<ContactView[]> {
  if (context.config.addressBookUrl === undefined) return [];
  const wanted = ["FN", "EMAIL", "X-BELLHOP-PERSON"].map((property) => ({
    ...{ property, value: mark, match: "contains" as const },
  }));
  const found = await searchCards(await bookOf(context), wanted, context);
  return found.map(viewOf);
}

function viewOf({ url: externalId, card }: FoundCard): ContactView {
  const [name, email, phone] = [card.get("FN"), card.get("EMAIL"), card.get("TEL")];
  const [language, company, tags] = [card.get("LANG"), card.get("ORG"), card.tags()];
  return {
    externalId,
    ...present({ name, email, phone, language, company }),
    ...(tags.length > 0 && { tags }),
    ...historyIn(card.get("NOTE")),
  };
}

/** Out of our line of the note. */
function historyIn(line: string): Partial<ContactView> {
  const part = (pattern: RegExp) => pattern.exec(line)?.[1] ?? "";
  const bookings = part(/^Bellhop: (\d+) booking/);
  return {
    ...(bookings !== "" && { bookings: Number(bookings) }),
    spent: line.split(", ").filter((text) => /^-?[\d.]+ [A-Z]{3}$/.test(text)),
    ...present({
      firstBookedOn: part(/first booked ([\d-]+)/),
      lastBookedOn: part(/last booked ([\d-]+)/),
      nextStayOn: part(/next stay ([\d-]+)/),
    }),
    consent: part(/may be written to (yes|no)/) || "unknown",
  };
}

function present<T extends object>(parts: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(parts).filter(([, value]) => value !== ""),
  ) as Partial<T>;
}
