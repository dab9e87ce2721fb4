import type { BookingView, Payment } from "#sdk";

import {
  countOf,
  dateOf,
  epochOf,
  filled,
  firstText,
  has,
  instantText,
  isFilled,
  listOf,
  map,
  momentOf,
  moneyOf,
  oneOf,
  textOf,
} from "./fields.ts";
import { type ItemView, itemView, webAddressOf } from "./items.ts";
import { PAYERS, paymentOf, totalsView } from "./payments.ts";
import { agentView, customerView, customOf, hasLeadCustomer, travellerViews } from "./people.ts";
import { standingOf } from "./status.ts";
import type { XmlElement } from "./xml.ts";

interface Lists {
  items: ItemView[] | undefined;
  payments: Payment[] | undefined;
  custom: Record<string, string> | undefined;
}

/**
 * The `booking` element of Show Booking as Bellhop sees a booking.
 *
 * @param timeZone Of the account.
 */
export function bookingView(booking: XmlElement, timeZone: string): BookingView {
  const lists = listsOf(booking, timeZone);
  const madeAt = epochOf(booking, "made_date_time_at_utc_seconds", "made_date_time", timeZone);
  const updatedAt = epochOf(booking, "updated_at_utc_seconds", undefined, timeZone);

  return {
    ...standingOf(booking, timeZone),
    title: firstText(booking, "booking_name_custom", "booking_name"),
    channel: channelView(booking),
    // The booking has dates only: it begins with its first item of that day and ends with its last.
    start: momentOf(booking, "start_date", timeZone, (date) =>
      timesOn(date, lists.items, "start").at(0),
    ),
    end: momentOf(booking, "end_date", timeZone, (date) =>
      timesOn(date, lists.items, "end").at(-1),
    ),
    customer: customerView(booking),
    travellers: travellerViews(booking),
    travellerCount: countOf(booking, "customer_count"),
    travellersText: textOf(booking, "customers_agecat_breakdown"),
    ...lists,
    totals: totalsView(booking, lists.items, lists.payments),
    balance: moneyOf(booking, "balance", textOf(booking, "sale_currency")),
    balanceOwedBy: oneOf(booking, "balance_owed_by", PAYERS),
    balanceDueOn: dateOf(booking, "balance_due"),
    agent: agentView(booking),
    notes: textOf(booking, "customer_special_request"),
    importantNote: textOf(booking, "important_note"),
    internalNote: textOf(booking, "workflow_note"),
    madeAt: map(madeAt, instantText),
    voucherUrl: webAddressOf(booking, "voucher_url"),
    barcode: textOf(booking, "barcode_data"),
    updatedAt: map(updatedAt, instantText),
  };
}

/**
 * Items, payments and custom fields. A connection with low permission gets a booking without any
 * customer and with these lists there but empty: held back, not none. Taking that for the truth
 * would delete every item and payment we know.
 */
function listsOf(booking: XmlElement, timeZone: string): Lists {
  const isLimited = !hasLeadCustomer(booking) && !has(booking, "customers");
  const setting = { currency: textOf(booking, "sale_currency"), timeZone };
  const components = listOf(booking, "components", "component");
  const payments = listOf(booking, "payments", "payment");
  const custom = customOf(booking);
  const shown = <T>(list: T | undefined, count: number | undefined): T | undefined =>
    isLimited && count === 0 ? undefined : list;
  return {
    items: shown(components, components?.length)?.map((c, index) => itemView(c, index, setting)),
    payments: shown(payments, payments?.length)?.flatMap((p) => paymentOf(p, setting)),
    custom: shown(custom, custom && Object.keys(custom).length),
  };
}

function channelView(booking: XmlElement): BookingView["channel"] {
  const id = textOf(booking, "channel_id");
  return isFilled(id) ? { id, ...filled({ name: textOf(booking, "channel_name") }) } : undefined;
}

function timesOn(date: string, items: Lists["items"], edge: "start" | "end"): string[] {
  return (items ?? [])
    .map((item) => item[edge])
    .filter(isFilled)
    .filter((moment) => moment.date === date)
    .map((moment) => moment.time)
    .filter(isFilled)
    .sort();
}
