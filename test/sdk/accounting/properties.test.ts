import fc from "fast-check";
import { expect, it } from "vitest";

import { bookingLines, sumOf } from "../../../src/sdk/accounting/booking-lines.ts";
import { Standing } from "../../../src/sdk/accounting/issued.ts";
import { POLICIES } from "../../../src/sdk/accounting/settings.ts";
import { Books, bookingOf } from "./books.ts";
import { priced, statesOf, step } from "./random-states.ts";
import { parseAccountingSettings } from "./settings.ts";

const RUNS = Number(process.env["BELLHOP_RUNS"] ?? 300);

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
