import type { BookingView, Traveller } from "#sdk";

import { childOf, firstText, idOf, isFilled, listOf, oneOf, textOf } from "./fields.ts";
import type { XmlElement } from "./xml.ts";

// Show Booking also carries passport numbers, nationality and dates and places of birth. They are
// left where they are: no voucher, mail or invoice needs them, and what is never stored here can
// neither leak nor be forgotten when a guest asks to be erased.

export function hasLeadCustomer(booking: XmlElement): boolean {
  return booking.children.some(({ name }) => name.startsWith("lead_customer_"));
}

export function customerView(booking: XmlElement): BookingView["customer"] {
  if (!hasLeadCustomer(booking)) return undefined;
  const postcode = textOf(booking, "lead_customer_postcode");
  return {
    id: idOf(booking, "lead_customer_id"),
    name: textOf(booking, "lead_customer_name"),
    firstName: textOf(booking, "lead_customer_firstname"),
    lastName: textOf(booking, "lead_customer_surname"),
    email: textOf(booking, "lead_customer_email"),
    phone: firstText(booking, "lead_customer_tel_mobile", "lead_customer_tel_home"),
    country: textOf(booking, "lead_customer_country"),
    address: postcode === undefined ? undefined : { postcode },
    note: textOf(booking, "lead_customer_contact_note"),
  };
}

const AGE_GROUPS: Readonly<Record<string, NonNullable<Traveller["ageGroup"]>>> = {
  i: "infant",
  c: "child",
  a: "adult",
  s: "senior",
};

/** TourCMS makes blank customers up to the number of people; only those with a name are named. */
export function travellerViews(booking: XmlElement): BookingView["travellers"] {
  return listOf(booking, "customers", "customer")?.flatMap((customer) => {
    const id = idOf(customer, "customer_id");
    const isBlank = !isFilled(firstText(customer, "customer_name", "firstname", "surname"));
    if (!isFilled(id) || isBlank) return [];
    return [
      {
        id,
        name: textOf(customer, "customer_name"),
        firstName: textOf(customer, "firstname"),
        lastName: textOf(customer, "surname"),
        ageGroup: oneOf(customer, "agecat", AGE_GROUPS),
        email: textOf(customer, "customer_email"),
        phone: firstText(customer, "customer_tel_mobile", "customer_tel_home"),
      },
    ];
  });
}

export function agentView(booking: XmlElement): BookingView["agent"] {
  const said = firstText(booking, "agent_id", "agent_name", "agent_code", "agent_ref");
  if (!isFilled(said)) return said;
  return {
    id: idOf(booking, "agent_id"),
    name: textOf(booking, "agent_name"),
    code: textOf(booking, "agent_code"),
    reference: textOf(booking, "agent_ref"),
  };
}

/** Custom fields by name; of two with one name the first counts. */
export function customOf(booking: XmlElement): Record<string, string> | undefined {
  const element = childOf(booking, "custom_fields");
  if (element === undefined) return undefined;
  const named = element.children.flatMap((field): [string, string][] => {
    const name = textOf(field, "name");
    return isFilled(name) ? [[name, textOf(field, "value") ?? ""]] : [];
  });
  return Object.fromEntries(named.reverse());
}
