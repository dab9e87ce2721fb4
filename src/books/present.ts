import { formatAmount } from "../sdk/money.ts";
import { FIGURES, type Figures } from "./figures.ts";
import type { BooksRow } from "./row.ts";
import type { PeriodTotals } from "./totals.ts";

/** A booking in the books, as the API and JSON show it. */
export function presentRow(row: BooksRow): object {
  const { instance, connection, reference, status, serviceOn, amounts, remarks, differences } = row;
  return {
    ...{ instance, connection, reference, status, serviceOn: serviceOn ?? null },
    differs: differences.length > 0,
    amounts: Object.entries(amounts).map(([currency, figures]) => ({
      currency,
      ...presentFigures(figures, currency),
    })),
    remarks,
    differences,
  };
}

export function presentTotals({ figures, ...rest }: PeriodTotals): object {
  const { instance, month, currency, bookings, differing } = rest;
  return {
    ...{ instance, month: month === "" ? null : month, currency, bookings, differing },
    ...presentFigures(figures, currency),
  };
}

function presentFigures(figures: Figures, currency: string): Record<string, object> {
  return Object.fromEntries(
    FIGURES.map((figure) => {
      const minor = figures[figure];
      const amount = formatAmount({ amountMinor: minor, currency });
      return [figure, { amount, minor, currency }];
    }),
  );
}
