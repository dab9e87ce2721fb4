import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readCompany } from "../../integrations/tryton/books.ts";
import integration from "../../integrations/tryton/index.ts";
import { trytonTarget } from "../../integrations/tryton/target.ts";
import { createTax } from "../../integrations/tryton/testing/set-up.ts";
import { openShop, SETTINGS, type Shop } from "../../integrations/tryton/testing/shop.ts";
import { accountingParts } from "../../src/sdk/accounting.ts";
import { AccountingDesk, checkContext, hasPrograms, isLongRun } from "../../src/sdk/testing.ts";
import {
  BOOKS,
  Life,
  owedAfterService,
  RANDOM_SETTINGS,
  randomStories,
  runsOr,
  SEED,
  tell,
} from "../harness/random-books.ts";

const RUNS = runsOr(4);
const stories = randomStories(RUNS);

// Each book of the usual run costs a quarter of a minute, and the stories of the suite are told there.
describe.runIf(isLongRun() && hasPrograms("trytond", "trytond-admin"))("on a real Tryton", () => {
  let shop: Shop;
  let taxNames: Record<string, string>;
  beforeAll(async () => {
    shop = await openShop();
    taxNames = await taxesOfStories(shop);
  });
  afterAll(() => shop.close());

  it.each(BOOKS.map((settings, index) => ({ ...settings, index })))(
    `each of ${RUNS} random stories is owed what it should, wherever the process died: $policy, $corrections`,
    { timeout: 60_000 + RUNS * 20_000 },
    async ({ index, ...settings }) => {
      const life = new Life(trytonTarget);
      const target = { ...SETTINGS, url: shop.url, taxNames };
      const config = integration.config.parse({ ...target, ...settings, ...RANDOM_SETTINGS });
      const desk = new AccountingDesk({
        integration: { ...integration, ...accountingParts(life.target) },
        ...{ config, http: checkContext({}).http, dataFolder: "/nowhere" },
      });
      const mine = stories.filter((_, story) => story % BOOKS.length === index);
      for (const [story, steps] of mine.entries()) {
        const reference = `R${index}-${story}`;
        const last = await tell(desk, life, steps, reference);
        const books = await trytonTarget.read(`fjord/${reference}/`, "EUR", {
          ...shop.context(),
          config,
        });

        const { receivable = 0, prepayments = 0 } = books.balances;
        const numbers = books.documents.map(({ number }) => number);
        expect(
          { owed: receivable + prepayments, numbers: new Set(numbers).size },
          `seed ${SEED}: ${JSON.stringify(steps)}`,
        ).toEqual({
          owed: owedAfterService(last, settings.cancellation.fee),
          numbers: numbers.length,
        });
      }
    },
  );
});

/** The shop has those of the settings' examples; random bookings have others, too. */
async function taxesOfStories({ admin }: Shop): Promise<Record<string, string>> {
  const company = await readCompany(admin);
  const names: Record<string, string> = { "0": "VAT exempt", "21": "VAT 21%", "25": "VAT 25%" };
  for (const rate of ["5.5", "7", "8.875", "19"])
    names[rate] = await createTax(admin, company.id, rate);
  return names;
}
