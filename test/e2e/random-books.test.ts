import { rmSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import integration from "../../integrations/ledger-file/index.ts";
import { ledgerFile } from "../../integrations/ledger-file/target.ts";
import { hasJudges, judge } from "../../integrations/ledger-file/testing/judges.ts";
import { accountingParts, type AccountingTarget } from "../../src/sdk/accounting.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import { RetryableError } from "../../src/sdk/errors.ts";
import { AccountingDesk, checkContext } from "../../src/sdk/testing.ts";
import { numbersInJournal, owedInJournal } from "../harness/journal.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { NOW } from "../sdk/accounting/books.ts";
import { statesOf, type Step, step } from "../sdk/accounting/random-states.ts";

/** BELLHOP_RUNS=500 tells as many stories as a long run should. */
const RUNS = Number(process.env["BELLHOP_RUNS"] ?? 8);
const SEED = Number(process.env["BELLHOP_SEED"] ?? 1201);
const DAY_MS = 86_400_000;
const DIED = "the process died";

/** Each has books of its own. */
const BOOKS = [
  { policy: "deposit", corrections: "replace", cancellation: { fee: "refunded" } },
  { policy: "invoice", corrections: "difference", cancellation: { fee: "kept" } },
  { policy: "invoice+defer", corrections: "replace", cancellation: { fee: "none" } },
  { policy: "service-date", corrections: "difference", cancellation: { fee: "refunded" } },
] as const;

type Fee = (typeof BOOKS)[number]["cancellation"]["fee"];

/** What happens to one booking; where the process dies is in the steps. */
const stories = fc.sample(fc.array(step, { minLength: 1, maxLength: 8 }), {
  numRuns: RUNS,
  seed: SEED,
});

/** Dies after so many documents, before the next one or when that is written and nobody knows. */
class Life {
  left = Infinity;
  readonly target: AccountingTarget<ReturnType<typeof integration.config.parse>> = {
    ...ledgerFile,
    post: async (posting, context) => {
      this.left -= 1;
      const isLast = this.left < 0;
      if (isLast && posting.document.totalMinor % 2 === 0) throw this.#death();
      const posted = await ledgerFile.post(posting, context);
      if (isLast) throw this.#death();
      return posted;
    },
  };

  #death(): Error {
    return new RetryableError(DIED, { mayHaveHappened: true });
  }
}

/** Lets a story happen, and in the end time pass until the service is over. @returns the last state. */
async function tell(
  desk: AccountingDesk<ReturnType<typeof integration.config.parse>>,
  life: Life,
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
function owedBy({ status, totals, items = [], payments = [] }: Booking, fee: Fee): number {
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

describe.runIf(hasJudges)(`${RUNS} random stories of bookings`, () => {
  it.each(BOOKS.map((settings, index) => ({ ...settings, index })))(
    "hledger finds what each owes, wherever the process died: $policy, $corrections",
    { timeout: 60_000 + RUNS * 2_000 },
    async ({ index, ...settings }) => {
      const dataFolder = temporaryFolder("bellhop-random-books-");
      const life = new Life();
      const desk = new AccountingDesk({
        integration: { ...integration, ...accountingParts(life.target) },
        config: integration.config.parse({
          ...settings,
          damageDeposits: { products: ["deposit"] },
          fees: { card: { percent: "1.4", fixed: "0.25" } },
        }),
        ...{ http: checkContext({}).http, dataFolder },
      });
      const mine = stories.flatMap((steps, story) =>
        story % BOOKS.length === index ? [steps] : [],
      );
      const wanted = new Map<string, number>();
      for (const [story, steps] of mine.entries()) {
        const last = await tell(desk, life, steps, `S${story}`);
        const owed = owedBy(last, settings.cancellation.fee);
        if (owed !== 0) wanted.set(`fjord/S${story}`, owed);
      }

      const folder = join(dataFolder, "books");
      await judge(folder);
      const numbers = await numbersInJournal(folder);
      const found = await owedInJournal(folder);
      rmSync(dataFolder, { recursive: true });

      const wrong = [...new Set([...wanted.keys(), ...found.keys()])]
        .filter((booking) => wanted.get(booking) !== found.get(booking))
        .map((booking) => ({
          ...{ booking, wanted: wanted.get(booking), found: found.get(booking) },
          steps: mine[Number(booking.slice("fjord/S".length))],
        }));
      expect(wrong, `seed ${SEED}`).toEqual([]);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(numbers.length).toBeGreaterThan(mine.length);
    },
  );
});
