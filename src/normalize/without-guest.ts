import type {
  Booking,
  BookingFields,
  BookingItem,
  Cancellation,
  CustomFields,
  Payment,
} from "../sdk/booking.ts";
import type { AnyEvent, Change } from "../sdk/booking-event.ts";
import { summarize } from "./summary.ts";

/**
 * What a booking still says when its guest has been erased: what was sold, when, for how much. Texts
 * that people wrote may name anybody, so all of them go.
 */
const KEPT: ReadonlySet<string> = new Set<keyof Booking>([
  ...(["connection", "reference", "version", "status", "flags", "title", "channel"] as const),
  ...(["start", "end", "items", "totals", "payments", "travellerCount", "travellersText"] as const),
  ...(["balance", "balanceOwedBy", "balanceDueOn", "agent", "cartId"] as const),
  ...(["madeAt", "expiresAt", "cancellation", "updatedAt"] as const),
]);

/** Of the parts that hold texts of people as well. */
const KEPT_OF: Readonly<Record<string, ReadonlySet<string>>> = {
  items: new Set<keyof BookingItem>([
    ...(["id", "name", "kind", "productId", "productCode", "belongsTo", "quantity"] as const),
    ...(["unit", "quantityText", "start", "end", "unitPrice", "price", "tax", "place"] as const),
    ...(["unitName", "ticketFormat", "isRedeemed"] as const),
  ]),
  // References stay: by them the books know that a payment is booked already.
  payments: new Set<keyof Payment>([
    ...(["amount", "paidAt", "method", "reference", "transactionReference", "paidBy"] as const),
  ]),
  cancellation: new Set<keyof Cancellation>(["at", "by"]),
};

/**
 * The booking as it is known once its guest has been erased.
 *
 * @param keptCustom Form items that say where the booking belongs, not whose it is.
 */
export function withoutGuest<B extends Partial<BookingFields>>(
  booking: B,
  keptCustom: ReadonlySet<string>,
): B {
  const kept = Object.entries(only(booking, KEPT));
  const custom = customOf(booking, keptCustom);
  return {
    ...(Object.fromEntries(kept.map(([name, value]) => [name, stripped(name, value)])) as B),
    flags: { ...booking.flags, erased: true },
    ...(Object.keys(custom).length > 0 && { custom }),
  };
}

function customOf(
  { custom, customer }: Partial<BookingFields>,
  kept: ReadonlySet<string>,
): CustomFields {
  return only({ ...customer?.custom, ...custom }, kept) as CustomFields;
}

/** The event as it is kept once the guest has been erased, whatever the source said along with it. */
export function eventWithoutGuest(event: AnyEvent, keptCustom: ReadonlySet<string>): AnyEvent {
  const kept: AnyEvent = { ...event };
  delete kept.customer;
  delete kept.record;
  if (kept.booking) kept.booking = withoutGuest(kept.booking, keptCustom);
  kept.changes = changesWithoutGuest(event.changes);
  if (kept.changes.length < event.changes.length) kept.summary = summarize(kept.changes);
  kept.custom = only(event.custom, keptCustom) as CustomFields;
  kept.native = { event: event.native.event, fields: {} };
  return kept;
}

/** Those that are about the booking alone. */
export function changesWithoutGuest(changes: readonly Change[]): Change[] {
  return changes.filter(({ path }) => isKeptAt(path)).map(changeWithoutGuest);
}

/** @param path `items[1].note`, `customer.email`, `totals.total` */
function isKeptAt(path: string): boolean {
  const { field, inside } = placeOf(path);
  return KEPT.has(field) && (inside === undefined || (KEPT_OF[field]?.has(inside) ?? true));
}

function changeWithoutGuest({ path, before, after }: Change): Change {
  const { field, inside } = placeOf(path);
  const [was, is] = inside === undefined ? [stripped(field, before), stripped(field, after)] : [];
  return inside === undefined ? { path, before: was, after: is } : { path, before, after };
}

function placeOf(path: string): { field: string; inside?: string } {
  const [, field = "", inside] = /^([^.[]+)(?:\[.*?\])?(?:\.([^.[]+))?/.exec(path) ?? [];
  return inside === undefined ? { field } : { field, inside };
}

/** Without the texts that are inside of a field, of one thing or of a list of them. */
function stripped(field: string, value: unknown): unknown {
  const kept = KEPT_OF[field];
  if (!kept || typeof value !== "object" || value === null) return value;
  return Array.isArray(value) ? value.map((one) => stripped(field, one)) : only(value, kept);
}

function only(whole: object, kept: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(whole).filter(([name]) => kept.has(name)));
}
