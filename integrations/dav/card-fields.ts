import { formatAmount, oneLine } from "#sdk";
import type { Contact, Fields } from "#sdk/crm";

// Each field is one property of a vCard, but for the tags, where each is a field of its own: what
// the office adds or takes away is then told apart from what is ours. Parts of a structured value
// are kept apart by a tab, which is in no text of ours.

/** `CATEGORIES guest`: whether the card is filed under `guest`. */
export const TAG = "CATEGORIES ";
const IS_TAGGED = "yes";

const countries = new Intl.DisplayNames(["en"], { type: "region" });

/** What is written of a guest. */
export function cardFields(contact: Contact): Fields {
  const { person, name, email = "", phone = "", language = "", company = "", tags } = contact;
  return {
    "X-BELLHOP-PERSON": person,
    FN: name,
    N: structured(nameParts(contact)),
    EMAIL: email,
    TEL: phone,
    ORG: company,
    ADR: structured(addressParts(contact)),
    LANG: language,
    NOTE: noteLine(contact),
    ...Object.fromEntries(tags.map((tag) => [`${TAG}${oneLine(tag)}`, IS_TAGGED])),
  };
}

function nameParts({ name, firstName, lastName }: Contact): string[] {
  if (firstName === undefined && lastName === undefined) return [name, "", "", "", ""];
  return [lastName ?? "", firstName ?? "", "", "", ""];
}

/** Box, extension, street, city, region, code, country. */
function addressParts({ address = {}, country }: Contact): string[] {
  const { street = "", city = "", state = "", postcode = "" } = address;
  const land = country === undefined ? "" : (countries.of(country) ?? country);
  return ["", "", street, city, state, postcode, land];
}

function structured(parts: readonly string[]): string {
  const clean = parts.map(oneLine);
  return clean.every((part) => part === "") ? "" : clean.join("\t");
}

export const LINE_START = "Bellhop: ";

/** One line of the note, since every address book shows notes and few show fields of our own. */
function noteLine(contact: Contact): string {
  const { bookings, spent, firstBookedOn, lastBookedOn, nextStayOn, consent } = contact;
  const sums = spent.map((money) => `${formatAmount(money)} ${money.currency}`);
  return [
    `${LINE_START}${bookings} ${bookings === 1 ? "booking" : "bookings"}`,
    ...sums,
    ...said("first booked", firstBookedOn),
    ...said("last booked", lastBookedOn),
    ...said("next stay", nextStayOn),
    ...said("may be written to", consent === "unknown" ? undefined : consent),
  ].join(", ");
}

function said(words: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${words} ${value}`];
}
