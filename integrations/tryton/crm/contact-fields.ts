import { formatAmount, type Money } from "#sdk";
import type { Contact, Fields } from "#sdk/crm";

import { guestKey } from "../find-party.ts";
import { factsText } from "./own-note.ts";

export function contactFields(contact: Contact): Fields {
  const { person, name, email = "", phone = "", language = "", tags } = contact;
  return {
    ...{ key: guestKey(person), name, email, phone, language, tags: tags.join("; ") },
    address: addressText(addressOf(contact)),
    facts: factsText(factsOf(contact)),
  };
}

/** By the names that Tryton's addresses have for them. */
export function addressOf({ address = {} }: Contact) {
  const { street, city, postcode } = address;
  return { street: street ?? "", city: city ?? "", postal_code: postcode ?? "" };
}

export type AddressParts = Readonly<
  Record<keyof ReturnType<typeof addressOf>, string | null | undefined>
>;

/** Empty when nothing is known. */
export function addressText({ street, city, postal_code: postalCode }: AddressParts): string {
  const parts = [street ?? "", postalCode ?? "", city ?? ""];
  return parts.every((part) => part === "") ? "" : parts.join("|");
}

/** What Tryton has no field for, or knows only where somebody has imported it. */
function factsOf(contact: Contact) {
  const { company = "", country = "", language = "", address = {} } = contact;
  const { firstBookedOn = "", lastBookedOn = "", nextStayOn = "" } = contact;
  return {
    Bookings: String(contact.bookings),
    Spent: contact.spent.map(inWords).join("; "),
    "First booked": firstBookedOn,
    "Last booked": lastBookedOn,
    "Next stay": nextStayOn,
    Consent: contact.consent,
    ...{ Company: company, Language: language, State: address.state ?? "", Country: country },
  };
}

/** `180.00 EUR` */
export function inWords(money: Money): string {
  return `${formatAmount(money)} ${money.currency}`;
}
