import { bookingIdsBetween, bookingsById } from "../queries/bookings-between.ts";
import type { Booking } from "../sdk/booking.ts";
import { hint } from "../settings/config-problems.ts";
import { type Calendar, SHOWN_STATUSES } from "./calendar.ts";
import { type CalendarReader, daysOf } from "./calendar-events.ts";

/** So many are looked at, and so many names told. */
const MAX_BOOKINGS = 2_000;
const MAX_NAMES = 12;

/** Names of the calendar's rules that none of its days' bookings has, each with what there is. */
export async function unknownNames(
  calendar: Calendar,
  { db, nowMs, relief }: CalendarReader,
): Promise<string[]> {
  const { connections, products, units, custom } = calendar;
  const statuses = SHOWN_STATUSES;
  const between = { ...daysOf(calendar, nowMs), statuses, connections, limit: MAX_BOOKINGS };
  const names = { unit: new Set<string>(), product: new Set<string>(), field: new Set<string>() };
  for await (const batch of bookingsById(db, await bookingIdsBetween(db, between), statuses)) {
    for (const { booking } of batch) collect(booking, names);
    await relief();
  }
  return [
    ...unknownOf("unit", units, names.unit),
    ...unknownOf("product", products, names.product),
    ...unknownOf("custom field", Object.keys(custom ?? {}), names.field),
  ];
}

function collect(
  { items = [], title, custom = {} }: Booking,
  names: Readonly<Record<"unit" | "product" | "field", Set<string>>>,
): void {
  for (const { unitName, productId, productCode, name } of items) {
    if (unitName !== undefined) names.unit.add(unitName);
    // By name first: that is what people know.
    for (const one of [name, productCode, productId]) if (one !== undefined) names.product.add(one);
  }
  if (items.length === 0 && title !== undefined) names.product.add(title);
  for (const field of Object.keys(custom)) names.field.add(field);
}

function unknownOf(kind: string, wanted: readonly string[] = [], there: ReadonlySet<string>) {
  if (there.size === 0) return [];
  const known = [...there].toSorted();
  return wanted
    .filter((name) => !there.has(name))
    .map((name) => `no ${kind} is called ${name}${hint(name, known, MAX_NAMES)}`);
}
