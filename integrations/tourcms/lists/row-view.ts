import type { BookingView } from "#sdk";

import { bookingView } from "../booking-view.ts";
import { has, isFilled, listOf } from "../fields.ts";
import type { XmlElement } from "../xml.ts";

/** Lists that a compact row may hold as empty elements where Show Booking fills them. */
const LISTS: ReadonlySet<string> = new Set([
  "components",
  "customers",
  "custom_fields",
  "payments",
  "questions",
  "tickets",
  "urls",
]);

export interface RowSetting {
  /** Of the account. */
  timeZone: string;
  /** `YYYY-MM-DD` there. */
  today: string;
}

/**
 * A row of List Bookings as Bellhop sees a booking. Which elements a row has is not documented in
 * full, so what it has not is not shown, and what it has only half is not shown either, as long as
 * the row says when the booking was last saved: that alone makes a changed booking be looked at.
 */
export function rowView(row: XmlElement, { timeZone, today }: RowSetting): BookingView {
  const view = bookingView(withoutEmptyLists(row), timeZone);
  // Of a payment a row may tell less than Show Booking; their sum is the same.
  const shown: BookingView = { ...view, payments: undefined };
  return isFilled(view.updatedAt) ? withoutHalves(shown, row, today) : shown;
}

function withoutEmptyLists(element: XmlElement): XmlElement {
  return {
    ...element,
    children: element.children
      .filter(({ name, children }) => !LISTS.has(name) || children.length > 0)
      .map(withoutEmptyLists),
  };
}

function withoutHalves(view: BookingView, row: XmlElement, today: string): BookingView {
  const components = listOf(row, "components", "component") ?? [];
  const tells = (name: string) =>
    components.length > 0 && components.every((component) => has(component, name));
  return {
    ...view,
    ...(tells("start_time") ? {} : withoutTimes(view)),
    ...(tells("voucher_redemption_status") || !mayBeRedeemed(view, today)
      ? {}
      : { status: undefined }),
  };
}

/** A day without its time is another moment than the same day with it. */
function withoutTimes({ items }: BookingView): Pick<BookingView, "start" | "end" | "items"> {
  const dateless = items?.map((item) => ({ ...item, start: undefined, end: undefined }));
  return { start: undefined, end: undefined, items: dateless };
}

/** Checked in is a confirmed booking whose items are redeemed, on its first day or later. */
function mayBeRedeemed({ status, start }: BookingView, today: string): boolean {
  return status === "confirmed" && !(isFilled(start) && start.date > today);
}
