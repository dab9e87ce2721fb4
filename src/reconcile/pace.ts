import { FetchBudget } from "../normalize/fetch-budget.ts";
import type { FetchBudget as BudgetRules } from "../sdk/source.ts";

/** What looking for differences may cost while there are none, of what the source allows an hour. */
const SHARE = 0.01;
const HOUR_MS = 60 * 60_000;
const DEFAULT_PER_HOUR = 500;

/** Spreads the calls of the schedule: a day without differences costs next to nothing. */
export class Pace {
  readonly #budget: FetchBudget;
  readonly #perHour: number;

  constructor(rules: BudgetRules | undefined) {
    this.#perHour = Math.max(1, Math.floor((rules?.perHour ?? DEFAULT_PER_HOUR) * SHARE));
    this.#budget = new FetchBudget({ perHour: this.#perHour, concurrency: 1 });
  }

  /** Waits for the turn of one more call. */
  async turn(signal: AbortSignal): Promise<void> {
    await this.#budget.run(() => Promise.resolve(), signal);
  }

  /** Rounds of so many calls take half of the calls there are; the rest is the night's. */
  spacingMs(callsOfRound: number): number {
    return (2 * callsOfRound * HOUR_MS) / this.#perHour;
  }
}
