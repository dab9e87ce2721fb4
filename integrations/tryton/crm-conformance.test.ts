import { afterAll, beforeAll, describe } from "vitest";

import { checkContext, checkCrmTarget, CRM_STORIES, hasPrograms, isLongRun } from "#sdk/testing";

import { trytonCrm } from "./crm/target.ts";
import integration from "./index.ts";
import { officeOf } from "./testing/office.ts";
import { CRM_SETTINGS, openShop, type Shop } from "./testing/shop.ts";

/** A real server takes its time: every eighth story in the usual run, all of them in a long one. */
const USUAL = CRM_STORIES.filter((_, index) => index % 8 === 0).map(({ title }) => title);

describe.runIf(hasPrograms("trytond", "trytond-admin"))("on a real Tryton", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.close());

  checkCrmTarget({
    integration,
    target: trytonCrm,
    http: checkContext({}).http,
    dataFolder: () => "/nowhere",
    settings: () => ({ ...CRM_SETTINGS, url: shop.url }),
    office: officeOf(() => shop.admin),
    keeps: [
      ...(["name", "email", "phone", "language", "country", "company", "bookings"] as const),
      ...(["spent", "firstBookedOn", "lastBookedOn", "nextStayOn", "tags", "consent"] as const),
    ],
    cannot: { "the guest has left the list": "Tryton has no mailing list" },
    told: (title) => isLongRun() || USUAL.includes(title),
    killed: isLongRun,
  });
});
