import fc from "fast-check";

import type { Booking, BookingItem, BookingStatus } from "../../../src/sdk/booking.ts";
import { bookingOf, eur, NOW } from "./books.ts";

const DAY = 86_400_000;

const amount = fc.integer({ min: 0, max: 40_000 });
const rate = fc.constantFrom("0", "5.5", "7", "19", "21", "25", "8.875");

const item = (index: number): fc.Arbitrary<BookingItem> =>
  fc
    .record({ price: amount, rate, productId: fc.constantFrom("walk", "bike", "deposit") })
    .map(({ price, rate: ratePercent, productId }) => ({
      id: String(index),
      name: `Item ${index}`,
      productId,
      price: eur(price),
      tax: { ratePercent, isIncluded: true },
    }));

const items = fc
  .integer({ min: 0, max: 6 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => item(index))));

/** Items whose prices explain the total, or fall short of it, or exceed it. */
export const priced = fc
  .record({ items, off: fc.oneof(fc.constant(0), fc.integer({ min: -9_000, max: 9_000 })) })
  .map(({ items: list, off }) => {
    const sumOfPrices = (some: BookingItem[]) =>
      some.reduce((total, { price }) => total + (price?.amountMinor ?? 0), 0);
    const sum = sumOfPrices(list);
    // A security for damages is not what a discount is given on.
    const income = sumOfPrices(list.filter(({ productId }) => productId !== "deposit"));
    const total = off < 0 ? sum - Math.min(-off, income) : sum + off;
    return { items: list, totals: { total: eur(total) } };
  });

export type Step = {
  status: BookingStatus;
  parts: Partial<Booking>;
  pay: number[];
  days: number;
  first: number;
};

export const step: fc.Arbitrary<Step> = fc.record({
  status: fc.constantFrom(
    "requested",
    "confirmed",
    "checked_out",
    "no_show",
    "cancelled",
    "expired",
  ),
  parts: fc
    .tuple(priced, fc.option(fc.constantFrom("Berg AS", "Vik AS"), { nil: undefined }))
    .map(([parts, company]) => ({ ...parts, ...(company !== undefined && { company }) })),
  pay: fc.array(
    fc.integer({ min: -5_000, max: 20_000 }).filter((n) => n !== 0),
    { maxLength: 2 },
  ),
  days: fc.integer({ min: 0, max: 10 }),
  // The process dies after so many documents.
  first: fc.oneof(fc.constant(99), fc.integer({ min: 0, max: 3 })),
});

/** The states of one booking, in order: payments grow, and never give back more than came in. */
export function statesOf(
  steps: readonly Step[],
): { booking: Booking; nowMs: number; first: number }[] {
  const payments: NonNullable<Booking["payments"]> = [];
  let nowMs = NOW;
  return steps.map(({ status, parts, pay, days, first }) => {
    nowMs += days * DAY;
    for (const wanted of pay) {
      const held = payments.reduce((sum, one) => sum + one.amount.amountMinor, 0);
      const amountMinor = Math.max(wanted, -held);
      const method = amountMinor % 2 === 0 ? "card" : "cash";
      if (amountMinor !== 0) payments.push({ amount: eur(amountMinor), method });
    }
    return { booking: bookingOf({ status, ...parts, payments: [...payments] }), nowMs, first };
  });
}
