import fc from "fast-check";

import type { AccountingSettings } from "../../src/sdk/accounting/settings.ts";
import type { AccountingTarget } from "../../src/sdk/accounting.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import { RetryableError } from "../../src/sdk/errors.ts";
import type { AccountingDesk } from "../../src/sdk/testing.ts";
import { NOW } from "../sdk/accounting/books.ts";
import { statesOf, type Step, step } from "../sdk/accounting/random-states.ts";

const DAY_MS = 86_400_000;
const DIED = "the process died";

/** Each has books of its own. */
export const BOOKS = [
  { policy: "deposit", corrections: "replace", cancellation: { fee: "refunded" } },
  { policy: "invoice", corrections: "difference", cancellation: { fee: "kept" } },
  { policy: "invoice+defer", corrections: "replace", cancellation: { fee: "none" } },
  { policy: "service-date", corrections: "difference", cancellation: { fee: "refunded" } },
] as const;

type Fee = (typeof BOOKS)[number]["cancellation"]["fee"];

/** Of the kit, for all of these books; the securities for damages are those of the random states. */
export const RANDOM_SETTINGS = {
  damageDeposits: { products: ["deposit"] },
  fees: { card: { percent: "1.4", fixed: "0.25" } },
};

/** BELLHOP_SEED tells other ones. */
export const SEED = Number(process.env["BELLHOP_SEED"] ?? 1201);

/** How many stories to tell: BELLHOP_RUNS of them where that is given. */
export function runsOr(usual: number): number {
  return Number(process.env["BELLHOP_RUNS"] ?? usual);
}

/** What happens to one booking each; where the process dies is in the steps. */
export function randomStories(numRuns: number): Step[][] {
  return fc.sample(fc.array(step, { minLength: 1, maxLength: 8 }), { numRuns, seed: SEED });
}

/** Dies after so many documents, before the next one or when that is written and nobody knows. */
export class Life<Config extends AccountingSettings> {
  left = Infinity;
  readonly target: AccountingTarget<Config>;

  constructor(target: AccountingTarget<Config>) {
    this.target = {
      ...target,
      post: async (posting, context) => {
        this.left -= 1;
        const isLast = this.left < 0;
        if (isLast && posting.document.totalMinor % 2 === 0) throw death();
        const posted = await target.post(posting, context);
        if (isLast) throw death();
        return posted;
      },
    };
  }
}

function death(): Error {
  return new RetryableError(DIED, { mayHaveHappened: true });
}

/** Lets a story happen, and in the end time pass until the service is over. @returns the last state. */
export async function tell<Config extends AccountingSettings>(
  desk: AccountingDesk<Config>,
  life: Life<Config>,
  steps: readonly Step[],
  reference: string,
): Promise<Booking> {
  let last: Booking | undefined;
  for (const [index, { booking, nowMs, first }] of statesOf(steps).entries()) {
    last = { ...booking, reference, version: index + 1, customer: { id: reference } };
    desk.nowMs = nowMs;
    life.left = first;
    await desk.see({ booking: last }).catch((error: unknown) => {
      if ((error as Error).message !== DIED) throw error;
    });
  }
  if (!last) throw new Error("nothing happened");
  life.left = Infinity;
  desk.nowMs = NOW + 120 * DAY_MS;
  await desk.see({ booking: last });
  return last;
}

/** What a booking owes after its service, from nothing but the booking. Minor units. */
export function owedAfterService(
  { status, totals, items = [], payments = [] }: Booking,
  fee: Fee,
): number {
  const amounts = payments.map(({ amount }) => amount.amountMinor);
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const paid = sum(amounts);
  const securities = sum(
    items.map(({ productId, price }) => (productId === "deposit" ? (price?.amountMinor ?? 0) : 0)),
  );
  const total = totals?.total?.amountMinor ?? 0;
  const isGivenBack = amounts.some((amount) => amount < 0);
  const kept = fee === "kept" || (fee === "refunded" && isGivenBack) ? paid : 0;
  const price = {
    ...{ confirmed: total, no_show: total, checked_out: total - securities },
    ...{ cancelled: kept, requested: 0, expired: 0 },
  }[status as string];
  if (price === undefined) throw new Error(`no story has ${status}`);
  return price - paid;
}
