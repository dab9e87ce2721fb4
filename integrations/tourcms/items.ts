import type { BookingItem, BookingView, Pickup, Ticket } from "#sdk";

import {
  childOf,
  countOf,
  firstText,
  flagOf,
  has,
  idOf,
  isFilled,
  listOf,
  map,
  momentOf,
  moneyOf,
  oneOf,
  type Shown,
  textOf,
  timeOf,
  filled,
} from "./fields.ts";
import type { XmlElement } from "./xml.ts";

export type ItemView = NonNullable<BookingView["items"]>[number];

export interface ItemSetting {
  /** Of the booking, for components that name none themselves. */
  currency: Shown<string>;
  timeZone: string;
}

const KINDS: Readonly<Record<string, NonNullable<BookingItem["kind"]>>> = {
  departure: "departure",
  freesale: "departure",
  hotel: "accommodation",
  option: "option",
  fee: "fee",
};

/** One `component` of Show Booking: a tour, an option, a fee, a hotel night. */
export function itemView(
  component: XmlElement,
  index: number,
  { currency: bookingCurrency, timeZone }: ItemSetting,
): ItemView {
  const currency = firstText(component, "sale_currency") ?? bookingCurrency;
  return {
    // Every component has an id; the place in the list stands in should one be held back.
    id: idOf(component, "component_id") ?? `line-${index + 1}`,
    name: textOf(component, "component_name"),
    kind: oneOf(component, "date_type", KINDS),
    productId: idOf(component, "product_id"),
    productCode: textOf(component, "product_code"),
    belongsTo: idOf(component, "linked_component_id"),
    quantity: countOf(component, "sale_quantity"),
    unit: oneOf(component, "sale_quantity_rule", { PERSON: "person", GROUP: "group" }),
    quantityText: textOf(component, "rate_description"),
    start: momentOf(component, "start_date", timeZone, () => timeOf(component, "start_time")),
    end: momentOf(component, "end_date", timeZone, () => timeOf(component, "end_time")),
    // `sale_price` is of one person or group, `sale_price_inc_tax_total` of the whole line.
    unitPrice: moneyOf(component, "sale_price", currency),
    price: moneyOf(component, "sale_price_inc_tax_total", currency),
    tax: taxOf(component, currency),
    pickup: pickupOf(component),
    tickets: listOf(component, "tickets", "ticket")?.flatMap(ticketOf),
    ticketFormat: oneOf(component, "barcode_symbology", { QR_CODE: "qr", CODE_128: "code128" }),
    supplierReference: textOf(component, "operator_reference"),
    isRedeemed: flagOf(component, "voucher_redemption_status"),
    note: textOf(component, "note"),
    answers: listOf(component, "questions", "q")?.flatMap(answerOf),
    links: listOf(component, "urls", "url")?.flatMap(linkOf),
  };
}

function taxOf(component: XmlElement, currency: Shown<string>): ItemView["tax"] {
  if (!has(component, "sale_tax_percentage", "tax_total", "sale_tax_inclusive")) return undefined;
  return {
    ratePercent: textOf(component, "sale_tax_percentage"),
    amount: moneyOf(component, "tax_total", currency),
    isIncluded: flagOf(component, "sale_tax_inclusive"),
  };
}

const PICKUP_FIELDS = ["pickup_id", "pickup_name", "pickup_time", "pickup_note"] as const;

function pickupOf(component: XmlElement): Shown<{ [K in keyof Pickup]: Shown<Pickup[K]> }> {
  const said = firstText(component, ...PICKUP_FIELDS);
  if (!isFilled(said)) return said;
  const time = textOf(component, "pickup_time");
  return {
    name: textOf(component, "pickup_name"),
    time: time === "NOTSET" ? null : time,
    note: textOf(component, "pickup_note"),
    // -1 is how Show Booking writes a pickup that is still to be agreed.
    isOnRequest: map(textOf(component, "pickup_id"), (id) => id === "-1"),
  };
}

function ticketOf(ticket: XmlElement): Ticket[] {
  const value = textOf(ticket, "value");
  if (!isFilled(value)) return [];
  return [{ value, ...filled({ label: textOf(ticket, "label"), seat: seatOf(ticket) }) }];
}

/** `Boat 2, 4`: section, row and seat as far as they are given. */
function seatOf(ticket: XmlElement): string | undefined {
  const seat = childOf(ticket, "seat");
  if (seat === undefined) return undefined;
  const parts = seat.children.length === 0 ? [seat.text] : seat.children.map(({ text }) => text);
  return (
    parts
      .map((part) => part.trim())
      .filter(Boolean)
      .join(", ") || undefined
  );
}

function answerOf(q: XmlElement): NonNullable<BookingItem["answers"]> {
  const question = firstText(q, "question", "question_internal", "question_key");
  const answers = (listOf(q, "answers", "answer") ?? [])
    .map((answer) => textOf(answer, "answer_value"))
    .filter(isFilled);
  return isFilled(question) ? [{ question, answers }] : [];
}

function linkOf(url: XmlElement): NonNullable<BookingItem["links"]> {
  const address = webAddressOf(url, "link");
  return isFilled(address) ? [{ url: address, ...filled({ label: textOf(url, "label") }) }] : [];
}

/** Only web addresses: the text ends up behind links in mails and on pages. */
export function webAddressOf(parent: XmlElement, name: string): Shown<string> {
  return map(textOf(parent, name), (text) => (/^https?:\/\//i.test(text) ? text : undefined));
}
