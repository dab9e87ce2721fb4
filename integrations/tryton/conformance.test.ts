import { afterAll, beforeAll, describe } from "vitest";

import {
  ACCOUNTING_STORIES,
  checkAccountingTarget,
  checkContext,
  hasPrograms,
  isLongRun,
} from "#sdk/testing";

import integration from "./index.ts";
import { trytonTarget } from "./target.ts";
import { openShop, SETTINGS, type Shop } from "./testing/shop.ts";

/**
 * A real server takes its time: the usual run has every eighth story, a long one all of them, and each
 * once more for every call at which the process may die.
 */
const USUAL = ACCOUNTING_STORIES.filter((_, index) => index % 8 === 0).map(({ title }) => title);

describe.runIf(hasPrograms("trytond", "trytond-admin"))("on a real Tryton", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.close());

  checkAccountingTarget({
    integration,
    target: trytonTarget,
    http: checkContext({}).http,
    dataFolder: () => "/nowhere",
    settings: () => ({
      ...SETTINGS,
      url: shop.url,
      taxNames: { standard: "VAT 25%", reduced: "VAT 12%" },
    }),
    told: (title) => isLongRun() || USUAL.includes(title) || title === "hostile texts",
    killed: isLongRun,
  });
});
