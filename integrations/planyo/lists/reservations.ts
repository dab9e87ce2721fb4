import { kindOf, type BookingView, type ListedBooking, type ListPage } from "#sdk";

import { factsOf } from "../api-view.ts";
import { addBalance, bookingView } from "../reservation-view.ts";
import { withLearned } from "../calibration.ts";
import type { PlanyoConfig } from "../config.ts";
import { productItems } from "../products.ts";
import { Remarks } from "../remarks.ts";
import { ofSite, readRows, referenceIn, type ListContext, type Row } from "./rows.ts";

/** The most rows in one page (topic list_reservations). */
const PAGE_ROWS = 500;
/** Bits: 1 the reservation, 2 its form items, 4 prices and payments. */
const DETAILS = String(1 | 2 | 4);
/** Whether pages count from 0 or from 1 is not documented. */
const FIRST_PAGE = "firstPage";

/**
 * One page of `list_reservations`, in the order of the ids, which is the steadiest there is. Without
 * `required_status` cancelled ones are in it.
 */
export async function readReservations(
  window: { start_time: string; end_time: string },
  isByCreation: boolean,
  page: number,
  context: ListContext,
): Promise<ListPage> {
  const parameters = {
    ...window,
    list_by_creation_date: String(isByCreation),
    detail_level: DETAILS,
    sort: "reservation_id",
    page: String(page),
  };
  const rows = await readPage(parameters, page, context);
  if (page === 0 && rows && rows.length > 0) context.learn(FIRST_PAGE, "0");
  const bookings = ofSite(rows ?? [], context.config).flatMap((row) => bookingIn(row, context));
  return { bookings, isLast: isLast(rows, page, context) };
}

/** @returns undefined when there is no such page: it may be that they count from 1. */
async function readPage(
  parameters: Readonly<Record<string, string>>,
  page: number,
  context: ListContext,
): Promise<Row[] | undefined> {
  try {
    return await readRows("list_reservations", parameters, context);
  } catch (error) {
    if (page === 0 && kindOf(error) === "permanent") return undefined;
    throw error;
  }
}

/** An empty page 0 proves nothing before a page 0 has shown rows: page 1 may be the first. */
function isLast(rows: readonly Row[] | undefined, page: number, { learned }: ListContext): boolean {
  if (rows === undefined) return false;
  if (page === 0 && rows.length === 0) return learned[FIRST_PAGE] === "0";
  return rows.length < PAGE_ROWS;
}

function bookingIn(row: Row, context: ListContext): ListedBooking[] {
  const reference = referenceIn(row);
  if (reference === undefined) {
    context.log.warn({ list: "list_reservations" }, "a row of Planyo's list names no reservation");
    return [];
  }
  const remarks = new Remarks();
  const view = viewOfRow(row, withLearned(context.config, context.learned), remarks);
  const remark = remarks.toString();
  if (remark) context.log.warn({ reference, remark }, "a row of Planyo's list was not understood");
  return [{ reference, fetch: {}, view }];
}

/**
 * A row is a short form of the reservation. What it does not carry is no statement: a list of items
 * without the products would say that these were taken off.
 */
export function viewOfRow(row: Row, config: PlanyoConfig, remarks: Remarks): BookingView {
  const { items, ...view } = addBalance(bookingView(factsOf(row), config, remarks));
  const hasProducts = row["regular_products"] !== undefined && row["group_products"] !== undefined;
  const [item] = items ?? [];
  if (!hasProducts || !item) return view;
  return { ...view, items: [item, ...productItems(row, item.id)] };
}
