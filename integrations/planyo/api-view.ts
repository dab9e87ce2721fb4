import {
  PermanentError,
  RetryableError,
  type BookingView,
  type CustomFields,
  type FetchContext,
} from "#sdk";

import type { Shown } from "./amounts.ts";
import { isObject, textOf } from "./body.ts";
import { noteTimestamps, withLearned } from "./calibration.ts";
import { callPlanyo } from "./client.ts";
import type { PlanyoConfig } from "./config.ts";
import { productItems } from "./products.ts";
import { Remarks } from "./remarks.ts";
import { addBalance, bookingView, type ReservationFacts } from "./reservation-view.ts";

type Data = Readonly<Record<string, unknown>>;

/** Ids that go into a call are digits and nothing else. */
export function isReservationId(text: string): boolean {
  return /^\d{1,20}$/.test(text);
}

/**
 * Looks a reservation up (`get_reservation_data`).
 *
 * @param how `start`, where it is there, is the number that a call gave for the start: seen beside
 *   the API's text it shows what the site's timestamps mean.
 * @returns undefined when Planyo says that there is none, as after its deletion.
 */
export async function fetchBooking(
  reference: string,
  how: Readonly<Record<string, string>>,
  context: FetchContext<PlanyoConfig>,
): Promise<BookingView | undefined> {
  if (!isReservationId(reference)) {
    throw new PermanentError("a Planyo reservation has a number for a name");
  }
  const data = await callPlanyo("get_reservation_data", { reservation_id: reference }, context);
  if (data === undefined) return undefined;
  if (!isObject(data)) {
    throw new RetryableError(`Planyo get_reservation_data: no data for reservation ${reference}`);
  }
  refuseOtherSites(reference, data, context.config);

  noteTimestamps(reference, how["start"], data["start_time"], context);
  const remarks = new Remarks();
  const view = viewOfData(data, withLearned(context.config, context.learned), remarks);
  const remark = remarks.toString();
  if (remark) context.log.warn({ reference, remark }, "Planyo's answer was not fully understood");
  return view;
}

function refuseOtherSites(reference: string, data: Data, { siteId }: PlanyoConfig): void {
  const named = textOf(data["site_id"] ?? "").trim();
  if (siteId === undefined || named === "" || named === siteId) return;
  throw new PermanentError(
    `reservation ${reference} is of site ${named.slice(0, 20)}, not of this connection's ${siteId}`,
  );
}

/** Reads the `data` of `get_reservation_data` (Planyo API, topic of that name). */
export function viewOfData(data: Data, config: PlanyoConfig, remarks: Remarks): BookingView {
  const view = addBalance(bookingView(factsOf(data), config, remarks));
  const [item] = view.items ?? [];
  return { ...view, ...(item && { items: [item, ...productItems(data, item.id)] }) };
}

/** The API has other names than the notification for the same things, and its lists have others yet. */
export function factsOf(data: Data): ReservationFacts {
  const show = (name: string) => shown(data[name]);
  return {
    status: show("status"),
    siteId: show("site_id"),
    resourceId: show("resource_id"),
    resourceName: show("name") ?? show("resource_name"),
    unitName: show("unit_assignment"),
    quantity: show("quantity"),
    start: show("start_time"),
    end: show("end_time"),
    madeAt: show("creation_time") ?? show("creation_date"),
    currency: show("currency"),
    total: show("total_price"),
    beforeDiscount: show("original_price"),
    discount: show("discount"),
    paid: show("amount_paid"),
    cartId: show("cart_id"),
    customerId: show("user_id"),
    firstName: show("first_name"),
    lastName: show("last_name"),
    email: show("email"),
    phone: show("phone_number") ?? show("mobile_number") ?? show("phone"),
    country: show("country"),
    street: show("address"),
    city: show("city"),
    postcode: show("zip"),
    state: show("state"),
    notes: show("user_notes"),
    internalNote: show("admin_notes"),
    custom: customOf(data["properties"]),
  };
}

function shown(value: unknown): Shown<string> {
  if (value === undefined) return undefined;
  const text = textOf(value);
  return text.trim() === "" ? null : text;
}

/** PHP writes an empty map as an empty list. */
function customOf(properties: unknown): CustomFields | undefined {
  if (Array.isArray(properties) && properties.length === 0) return {};
  if (!isObject(properties)) return undefined;
  const entries = Object.entries(properties).filter(([name]) => name !== "__proto__");
  return Object.fromEntries(entries.map(([name, value]) => [name, joined(value)]));
}

function joined(value: unknown): string {
  return Array.isArray(value) ? value.map(textOf).join(", ") : textOf(value);
}
