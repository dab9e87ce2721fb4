import { afterAll, beforeAll, describe } from "vitest";

import { checkAccountingTarget, checkContext, hasPrograms } from "#sdk/testing";

import integration from "./index.ts";
import { trytonTarget } from "./target.ts";
import { openShop, SETTINGS, type Shop } from "./testing/shop.ts";

/** Each takes its time on a real server; `BELLHOP_LONG=true` has all of them. */
const KILLED = [
  "paid in three parts",
  "the price goes down, and the rest is given back",
  "cancelled, and a fee is kept",
];

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
    killed: (title) => KILLED.includes(title),
  });
});
