import { describe, expect, it } from "vitest";

import { compareBooking } from "../../src/normalize/compare-booking.ts";
import { compareErased } from "../../src/normalize/compare-erased.ts";
import { compareRecord } from "../../src/normalize/compare-record.ts";
import { type KnownSubject, UNKNOWN_SUBJECT } from "../../src/normalize/look.ts";
import { eventWithoutGuest, withoutGuest } from "../../src/normalize/without-guest.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import type { BookingEvent } from "../../src/sdk/booking-event.ts";
import { ARRIVAL, cabinView, call, look } from "./booking-builder.ts";

const start = { date: "2026-07-04", timeZone: "Europe/Oslo" };
const eur = (amountMinor: number) => ({ amountMinor, currency: "EUR" });

/** Every text that may be the guest's, or about them, says so. */
const BOOKING: Booking = {
  ...{ connection: "fjord", reference: "1201", version: 3, status: "cancelled", title: "Walk" },
  ...{ start, travellerCount: 2, travellersText: "2 Adults", madeAt: "2026-03-02T09:15:00.000Z" },
  customer: {
    id: "C-secret",
    name: "secret",
    email: "secret@example.com",
    custom: { a: "secret" },
  },
  travellers: [{ id: "1", name: "secret" }],
  items: [
    {
      ...{ id: "1", name: "Walk", quantity: 2, price: eur(18_000), unitName: "Boat 2", start },
      ...{ note: "secret", pickup: { name: "Hotel secret" }, tickets: [{ value: "secret" }] },
      ...{ answers: [{ question: "Diet?", answers: ["secret"] }], supplierReference: "secret" },
      links: [{ url: "https://example.com/secret" }],
    },
  ],
  totals: { total: eur(18_000), paid: eur(5_000) },
  payments: [{ amount: eur(5_000), method: "card", reference: "P-1", note: "secret" }],
  agent: { name: "Example Travel", code: "EX" },
  ...{
    company: "secret",
    taxNumber: "secret",
    language: "nb",
    custom: { Diet: "secret", Guide: "Kari" },
  },
  ...{ notes: "secret", internalNote: "secret", importantNote: "secret", barcode: "secret" },
  voucherUrl: "https://example.com/secret",
  cancellation: { at: "2026-03-03T09:15:00.000Z", by: "customer", reason: "secret" },
};

describe("a booking whose guest is erased", () => {
  it("says what was sold, when and for how much, and nothing of the guest", () => {
    const kept = withoutGuest(BOOKING, new Set(["Guide"]));

    expect(JSON.stringify(kept)).not.toContain("secret");
    expect(kept).toEqual({
      ...{ connection: "fjord", reference: "1201", version: 3, status: "cancelled", title: "Walk" },
      ...{ start, travellerCount: 2, travellersText: "2 Adults", madeAt: BOOKING.madeAt },
      items: [
        { id: "1", name: "Walk", quantity: 2, price: eur(18_000), unitName: "Boat 2", start },
      ],
      ...{ totals: BOOKING.totals, agent: BOOKING.agent },
      payments: [{ amount: eur(5_000), method: "card", reference: "P-1" }],
      cancellation: { at: "2026-03-03T09:15:00.000Z", by: "customer" },
      ...{ flags: { erased: true }, custom: { Guide: "Kari" } },
    });
  });

  it("its events keep what changed about the booking", () => {
    const event: BookingEvent = {
      ...{ id: "e-1", type: "booking.modified", subject: "1201", connection: "fjord" },
      ...{ time: "2026-03-02T13:20:00Z", version: 3, ordinal: 3, booking: BOOKING },
      customer: { name: "secret" },
      custom: { Diet: "secret" },
      native: { event: "updated", fields: { first_name: "secret" } },
      ...{ origin: "notified", actor: "staff", isQuiet: false },
      summary: "Guest secret → secret.",
      changes: [
        { path: "totals.total", before: eur(1), after: eur(2) },
        { path: "customer.email", before: null, after: "secret@example.com" },
        { path: "items[1].note", before: null, after: "secret" },
        { path: "items[1].start", before: start, after: start },
        { path: "items[2]", before: null, after: BOOKING.items?.[0] },
        { path: "payments", before: [], after: BOOKING.payments },
        { path: "cancellation", before: null, after: BOOKING.cancellation },
        { path: "custom.Diet", before: "secret", after: null },
      ],
    };

    const kept = eventWithoutGuest(event, new Set());

    expect(JSON.stringify(kept)).not.toContain("secret");
    expect(kept.changes.map(({ path }) => path)).toEqual([
      ...["totals.total", "items[1].start", "items[2]", "payments", "cancellation"],
    ]);
    expect(kept.summary).toContain("Price 0.01 EUR → 0.02 EUR");
    expect(kept.native).toEqual({ event: "updated", fields: {} });
  });
});

describe("calls about a guest who is erased", () => {
  const view = cabinView({ status: "confirmed" });
  const first = compareBooking(
    UNKNOWN_SUBJECT,
    look({ view, calls: [call("booking.confirmed")] }),
    ARRIVAL,
  ).after;
  if (!first.booking) throw new Error("no state");
  const erased: KnownSubject = {
    ...first,
    booking: withoutGuest(first.booking, new Set()),
    isErased: true,
  };

  it("what the source still tells of them is no news and is not kept", () => {
    const again = look({ view, calls: [call("booking.modified")] });

    const { after, events } = compareErased(compareBooking, erased, again, ARRIVAL);

    expect(events).toEqual([]);
    expect(after.booking).toEqual(erased.booking);
    expect(after.isErased).toBe(true);
  });

  it("the booking itself goes on", () => {
    const native = { event: "cancelled", fields: { email: "ana@example.com" } };
    const said = { type: "booking.cancelled", native, customer: { name: "Ana Example" } } as const;
    const cancelled = look({
      view: cabinView({
        status: "cancelled",
        cancellation: { by: "customer", reason: "Ana is ill" },
      }),
      calls: [call("booking.cancelled", { announcement: said })],
    });

    const { after, events } = compareErased(compareBooking, erased, cancelled, ARRIVAL);

    expect(events.map(({ event }) => event.type)).toEqual(["booking.cancelled"]);
    expect(after.booking?.status).toBe("cancelled");
    expect(JSON.stringify([events, after])).not.toMatch(/Ana|ana@/);
  });

  it("of a customer's own record nothing is left", () => {
    const known: KnownSubject = { ...UNKNOWN_SUBJECT, version: 1, ordinal: 1, isErased: true };
    const said = look({ calls: [] });
    const record = { email: "ana@example.com" };

    const { after, events } = compareErased(
      compareRecord,
      known,
      { ...said, subject: "customer:7", record, call: call("customer.updated") },
      ARRIVAL,
    );

    expect(events).toEqual([]);
    expect(JSON.stringify(after)).not.toContain("ana@");
    expect(after.isErased).toBe(true);
  });
});
