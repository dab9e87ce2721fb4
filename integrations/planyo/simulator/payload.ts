import type { SimulatedCall } from "#sdk";

import { amountText, type Reservation } from "./reservation.ts";
import type { Guest } from "./people.ts";
import { SITE } from "./site.ts";

/** Parameters of a notification, in order. Null is null in JSON and left out of a form. */
export type Parameters = Readonly<Record<string, string | number | null>>;

/** Who the system says did it; quiet when staff ticked that no mails be sent. */
export interface Firing {
  byCustomer: boolean;
  isQuiet?: boolean;
}

/** The parameters of a reservation notification (Planyo FAQ 222). */
export function reservationParameters(reservation: Reservation, firing: Firing): Parameters {
  const { guest, resource } = reservation;
  const isPackaged =
    reservation.packageContents.length > 0 || reservation.affectedResources.length > 0;
  return {
    reservation: reservation.id,
    resource: resource.id,
    resource_name: resource.name,
    calendar: SITE.id,
    start: reservation.start,
    end: reservation.end,
    user: guest.id,
    count: reservation.quantity,
    creation_date: reservation.madeAt,
    status: reservation.status,
    ...moneyParameters(reservation),
    cart_id: reservation.cartId,
    ...guestParameters(guest),
    ...firingParameters(firing),
    ...(isPackaged && {
      affected_resources: reservation.affectedResources.join(","),
      package_contents: reservation.packageContents.join(","),
    }),
    form_items: Object.keys(formItems(reservation)).join(","),
    ...propertyParameters(guest),
    unit_assignment: reservation.unit,
    ...formItems(reservation),
  };
}

function moneyParameters(reservation: Reservation): Parameters {
  const { priceMinor, discountMinor, paidMinor } = reservation;
  return {
    currency: SITE.currency,
    price_quoted: amountText(priceMinor),
    discount: amountText(discountMinor),
    price_no_discount: amountText(priceMinor + discountMinor),
    amount_paid: amountText(paidMinor),
    amount_outstanding: amountText(priceMinor - paidMinor),
  };
}

export function guestParameters(guest: Guest): Parameters {
  return {
    user_id: guest.id,
    email: guest.email,
    first_name: guest.firstName,
    last_name: guest.lastName,
    country: guest.country,
    city: guest.city,
    address: guest.street,
    zip: guest.postcode,
    state: guest.state,
    phone: guest.phone,
  };
}

export function firingParameters({ byCustomer, isQuiet = false }: Firing): Parameters {
  return { is_event_fired_by_customer: byCustomer ? 1 : 0, ...(isQuiet && { is_quiet: 1 }) };
}

/** Properties of the customer, named and then given. */
export function propertyParameters(guest: Guest): Parameters {
  if (guest.company === "") return { user_properties: "" };
  return {
    user_properties: "Company,VAT_number",
    Company: guest.company,
    VAT_number: guest.vatNumber,
  };
}

/** The site's own form: a check box, the guest's language, a remark. */
export function formItems(reservation: Reservation): Record<string, string> {
  return {
    Airport_transfer: reservation.wantsTransfer ? "on" : "",
    Language: reservation.guest.language,
    Comments: reservation.comments,
  };
}

/** The call that carries the parameters: a form by default, JSON when the address asks for it. */
export function callOf(
  about: string,
  event: string,
  parameters: Parameters,
  isJson: boolean,
): SimulatedCall {
  const all = { notification_type: event, ...parameters };
  return {
    about,
    method: "POST",
    query: isJson ? "ppp_payload=json" : "",
    contentType: isJson ? "application/json" : "application/x-www-form-urlencoded",
    body: Buffer.from(isJson ? JSON.stringify(all) : formText(all)),
    label: `${about}: ${event}`,
  };
}

function formText(parameters: Parameters): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null) form.append(name, String(value));
  }
  return form.toString();
}
