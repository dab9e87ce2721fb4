import {
  type BookingList,
  type FetchContext,
  kindOf,
  type ListedBooking,
  type Payment,
  type TimeWindow,
} from "#sdk";

import type { TourcmsConfig } from "../config.ts";
import { textOf } from "../fields.ts";
import { paymentOf } from "../payments.ts";
import { daysOf } from "./days.ts";
import { fetchOfRow, readRows, type Row } from "./read-rows.ts";

const LIST_PAYMENTS = {
  path: "/c/booking/payment/list.xml",
  perPage: 1000,
  totalName: "total_payments",
  listName: "payments",
  rowName: "payment",
};

/**
 * List Payments: the only place that tells of payments and refunds entered by staff. A row is a
 * payment; one booking may have several.
 */
export const payments: BookingList<TourcmsConfig, TimeWindow> = {
  id: "payments",
  async read({ window, ...place }, context) {
    const { from, to } = daysOf(window, context.config.timeZone);
    const filters = { from_date: from, to_date: to };
    const { rows, ...page } = await readRows(LIST_PAYMENTS, filters, place, context);
    return { ...page, bookings: byBooking(rows, place.part, context) };
  },
};

function byBooking(
  rows: readonly Row[],
  part: string,
  context: FetchContext<TourcmsConfig>,
): ListedBooking[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    groups.set(row.reference, [...(groups.get(row.reference) ?? []), row]);
  }
  return [...groups].map(([reference, own]) => {
    const paid = own.flatMap((row) => paymentsOf(row, context));
    const [first] = own;
    return {
      reference,
      fetch: first ? fetchOfRow(first, part, context.config) : { channelId: part },
      payments: paid,
      // Two equal payments look like one that is known already. The moment tells them apart.
      ...newest(paid),
    };
  });
}

function paymentsOf(
  { reference, element }: Row,
  { config, log }: FetchContext<TourcmsConfig>,
): Payment[] {
  const setting = { currency: textOf(element, "sale_currency"), timeZone: config.timeZone };
  try {
    return paymentOf(element, setting);
  } catch (error) {
    if (kindOf(error) !== "permanent") throw error;
    log.warn({ reference }, "a payment in TourCMS' list cannot be read; it is passed over");
    return [];
  }
}

function newest(paid: readonly Payment[]): Pick<ListedBooking, "changedAt"> {
  const moments = paid.flatMap(({ paidAt }) => (paidAt === undefined ? [] : [Date.parse(paidAt)]));
  return moments.length === 0 ? {} : { changedAt: Math.max(...moments) };
}
