import fc from "fast-check";
import { expect, it } from "vitest";

import type { Booking, BookingItem, BookingStatus } from "../../../src/sdk/booking.ts";
import { bookingLines, sumOf } from "../../../src/sdk/accounting/booking-lines.ts";
import { Standing } from "../../../src/sdk/accounting/issued.ts";
import { POLICIES } from "../../../src/sdk/accounting/settings.ts";
import { Books, bookingOf, eur, NOW } from "./books.ts";
import { parseAccountingSettings } from "./settings.ts";

const RUNS = Number(process.env["BELLHOP_RUNS"] ?? 300);
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
const priced = fc
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

const SETTINGS = fc.record({
  policy: fc.constantFrom(...POLICIES),
  corrections: fc.constantFrom("replace", "difference"),
  damageDeposits: fc.constant({ products: ["deposit"] }),
  writeOffUpTo: fc.option(fc.constant("0.05"), { nil: undefined }),
  fees: fc.constant({ card: { percent: "1.4", fixed: "0.25" } }),
  cancellation: fc.record({ fee: fc.constantFrom("refunded", "kept", "none") }),
});

it("whatever the items and their taxes, the lines add up to the booked total to the cent", () => {
  fc.assert(
    fc.property(priced, (parts) => {
      const lines = bookingLines(bookingOf(parts), parseAccountingSettings({}));
      expect(sumOf(lines)).toBe(parts.totals.total.amountMinor);
    }),
    { numRuns: 10_000 },
  );
});

type Step = {
  status: BookingStatus;
  parts: Partial<Booking>;
  pay: number[];
  days: number;
  first: number;
};

const step: fc.Arbitrary<Step> = fc.record({
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
function statesOf(steps: readonly Step[]): { booking: Booking; nowMs: number; first: number }[] {
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

it("whatever happens to a booking, and wherever the process dies, the books agree with it", () => {
  fc.assert(
    fc.property(SETTINGS, fc.array(step, { minLength: 1, maxLength: 8 }), (settings, steps) => {
      const books = new Books(settings);
      const states = statesOf(steps);
      for (const { booking, nowMs, first } of states) books.see(booking, { nowMs, first });
      const last = states.at(-1);
      if (!last) return;
      const { booking, nowMs } = last;
      books.see(booking, { nowMs });

      expect(books.see(booking, { nowMs })).toEqual([]);
      const balances = books.balances();
      const sum = Object.values(balances).reduce((a, b) => a + b, 0);
      expect(sum).toBe(0);
      if (settings.policy === "takings") return;
      const paid = (booking.payments ?? []).reduce(
        (total, one) => total + one.amount.amountMinor,
        0,
      );
      expect((balances.clearing ?? 0) + (balances.fees ?? 0)).toBe(paid);
      const { invoices, holdings } = new Standing(books.documents);
      for (const { openMinor } of invoices) expect(openMinor).toBeGreaterThanOrEqual(0);
      for (const { leftMinor } of holdings) expect(leftMinor).toBeGreaterThanOrEqual(0);
      // Nothing is owed both ways: what is held is used for what is open.
      const open = invoices.reduce((total, { openMinor }) => total + openMinor, 0);
      const held = holdings.reduce((total, { leftMinor }) => total + leftMinor, 0);
      expect(Math.min(open, held)).toBe(0);
    }),
    { numRuns: RUNS },
  );
});
