import { formatAmount } from "#sdk";
import type { Contact } from "#sdk/crm";

import type { Shown } from "./config.ts";

/** What a merge field shows of a guest; empty where nothing is known. */
export function shownAs(what: Shown, contact: Contact): string {
  switch (what) {
    case "name":
      return nameOf(contact);
    case "firstName":
      return firstNameOf(contact);
    case "lastName":
      return contact.lastName ?? "";
    case "bookings":
      return String(contact.bookings);
    case "spent":
      return contact.spent.map((sum) => `${formatAmount(sum)} ${sum.currency}`).join("; ");
    default:
      return contact[what] ?? "";
  }
}

/** A name that came as one is what the guest is to be called by. */
function firstNameOf(contact: Contact): string {
  const { firstName, lastName } = contact;
  return firstName ?? (lastName === undefined ? nameOf(contact) : "");
}

/** An address in place of a name is none. */
function nameOf({ name, email }: Contact): string {
  return name === email ? "" : name;
}
