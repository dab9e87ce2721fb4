import type { Cause } from "./causes.ts";
import { addFigures, type Figures, type FiguresByCurrency, figuresIn } from "./figures.ts";
import { type BooksRow, monthOf } from "./row.ts";

/** What the bookings of a period come to, in one currency. */
export interface PeriodTotals {
  instance: string;
  /** `2026-11`, by the day of the service; empty: no day is known. */
  month: string;
  currency: string;
  bookings: number;
  /** Bookings of these that differ. */
  differing: number;
  figures: Figures;
}

interface Period {
  amounts: FiguresByCurrency;
  counts: Map<string, { bookings: number; differing: number }>;
}

/** Adds up as bookings come along, so that it is no larger for many of them. */
export class BooksTotals {
  bookings = 0;
  /** How many differences there are of each cause. */
  readonly causes = new Map<Cause, number>();
  readonly #periods = new Map<string, Period>();

  add(row: BooksRow): void {
    this.bookings += 1;
    for (const { cause } of row.differences) {
      this.causes.set(cause, (this.causes.get(cause) ?? 0) + 1);
    }
    const name = `${row.instance}|${monthOf(row)}`;
    const period: Period = this.#periods.get(name) ?? { amounts: {}, counts: new Map() };
    this.#periods.set(name, period);
    for (const [currency, figures] of Object.entries(row.amounts)) {
      addFigures(figuresIn(period.amounts, currency), figures);
      const { bookings, differing } = period.counts.get(currency) ?? { bookings: 0, differing: 0 };
      period.counts.set(currency, {
        bookings: bookings + 1,
        differing: differing + (row.differences.length > 0 ? 1 : 0),
      });
    }
  }

  get differences(): number {
    return [...this.causes.values()].reduce((sum, count) => sum + count, 0);
  }

  /** By instance, period and currency, in this order. */
  periods(): PeriodTotals[] {
    return [...this.#periods].sort(byName).flatMap(([name, { amounts, counts }]) => {
      const [instance = "", month = ""] = name.split("|");
      return Object.entries(amounts)
        .sort(byName)
        .map(([currency, figures]) => {
          const count = counts.get(currency) ?? { bookings: 0, differing: 0 };
          return { instance, month, currency, ...count, figures };
        });
    });
  }
}

/** Sums of periods over all months, by instance and currency. */
export function overall(periods: readonly PeriodTotals[]): PeriodTotals[] {
  const sums = new Map<string, PeriodTotals>();
  for (const one of periods) {
    const key = `${one.instance}|${one.currency}`;
    const sum = sums.get(key);
    if (!sum) {
      sums.set(key, { ...one, month: "total", figures: { ...one.figures } });
      continue;
    }
    sum.bookings += one.bookings;
    sum.differing += one.differing;
    addFigures(sum.figures, one.figures);
  }
  return [...sums.values()];
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
