import type { BookingView } from "../../src/sdk/booking.ts";
import type { Announcement } from "../../src/sdk/source.ts";
import type { BookingLook, Call } from "../../src/normalize/look.ts";

export const ARRIVAL = Date.UTC(2026, 2, 2, 13, 20);

/** A booking of a cabin, made after Bellhop's first start; override what a test is about. */
export function cabinView(parts: Partial<BookingView> = {}): BookingView {
  return {
    status: "requested",
    title: "Cabin",
    start: { date: "2026-07-04", time: "16:00", timeZone: "Europe/Madrid" },
    customer: { name: "Ana Example", email: "ana@example.com" },
    totals: {
      total: { amountMinor: 24_000, currency: "EUR" },
      paid: { amountMinor: 0, currency: "EUR" },
    },
    madeAt: "2026-03-02T09:15:00.000Z",
    ...parts,
  };
}

let calls = 0;

export function call(type: Announcement["type"], parts: Partial<Call> = {}): Call {
  calls += 1;
  return {
    position: calls,
    deliveryId: `delivery-${calls}`,
    receivedAt: ARRIVAL + calls * 1000,
    hash: `hash-${type ?? "none"}-${calls}`,
    looks: 0,
    announcement: { ...(type && { type }), native: { event: type ?? "", fields: {} } },
    ...parts,
  };
}

export function look(parts: Partial<BookingLook> = {}): BookingLook {
  return {
    connection: "bikes",
    reference: "9000101",
    isFetched: false,
    calls: [],
    origin: "notified",
    since: Date.UTC(2026, 0, 1),
    mapFields: (fields) => fields,
    ...parts,
  };
}
