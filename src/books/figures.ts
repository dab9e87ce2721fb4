/** What bookings come to, in minor units of one currency. */
export const FIGURES = [
  "booked",
  "posted",
  "elsewhere",
  "notDue",
  "unposted",
  "paid",
  "received",
  "unreceived",
  "open",
  "held",
] as const;

export type Figure = (typeof FIGURES)[number];

/**
 * Two sums hold, for a booking and for any number of them: `booked` is `posted` and `elsewhere` and
 * `notDue` and `unposted`; `paid` is `received` and `unreceived`.
 */
export type Figures = Record<Figure, number>;

/** Figures by currency: sums over currencies have no meaning. */
export type FiguresByCurrency = Record<string, Figures>;

export function figuresIn(all: FiguresByCurrency, currency: string): Figures {
  return (all[currency] ??= noFigures());
}

export function addFigures(to: Figures, from: Figures): void {
  for (const figure of FIGURES) to[figure] += from[figure];
}

function noFigures(): Figures {
  return Object.fromEntries(FIGURES.map((figure) => [figure, 0])) as Figures;
}
