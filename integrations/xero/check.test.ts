import { expect, it } from "vitest";

import type { CheckContext } from "#sdk";
import { checkContext, memoryTokens } from "#sdk/testing";

import { check } from "./check.ts";
import { XeroConfig } from "./config.ts";
import { SETTINGS } from "./testing/chart.ts";
import { FakeXero, TENANT } from "./testing/fake-xero.ts";

function contextOf(settings: object = {}, fake = new FakeXero()): CheckContext<XeroConfig> {
  const tokens = memoryTokens({ tenantId: TENANT });
  return checkContext(XeroConfig.parse({ ...SETTINGS, ...settings }), { http: fake.http, tokens });
}

it("says whose books they are, and that all that is named is there", async () => {
  expect(await check(contextOf())).toBe(
    "Fjord Walks AS (EUR): accounts and tax types are there; no period is locked; invoices and credit notes are drafts, which a person approves in Xero",
  );
});

it("tells up to when the books are closed", async () => {
  const fake = new FakeXero();
  fake.books.organisation["EndOfYearLockDate"] = "/Date(1767139200000+0000)/";
  fake.books.organisation["PeriodLockDate"] = "/Date(1772236800000+0000)/";

  const line = await check(contextOf({ documents: "final" }, fake));

  expect(line).toContain("locked up to 2026-02-28, so closedUntil must be 2026-02-28 or later");
  expect(line).toContain("count at once");
});

const accounts = (parts: object) => ({ accounts: { ...SETTINGS.accounts, ...parts } });

it.each([
  [
    accounts({ revenue: "201" }),
    /accounts\.revenue: Xero has no active account 201 \(did you mean 20\d|accounts\.revenue: .*201 \(did you mean 200, "Sales"\?\)/,
  ],
  [accounts({ revenue: "299" }), /accounts\.revenue: Xero has no active account 299/],
  [accounts({ fees: "090" }), /accounts\.fees: 090 is a bank account, which takes no lines/],
  [
    accounts({ clearing: { default: "840" } }),
    /accounts\.clearing\.default: 840 is no bank account, and only those take payments: there are 090 Bank EUR/,
  ],
  [
    accounts({ clearing: { default: "090", "stripe USD": "091" } }),
    /accounts\.clearing\.stripe USD: 091 is in EUR: choose a bank account in USD/,
  ],
  [
    { taxTypes: { standard: "OUTPUT3" } },
    /taxTypes\.standard: Xero has no active tax type OUTPUT3 \(did you mean OUTPUT/,
  ],
  [{ taxTypes: { standard: "OLD" } }, /taxTypes\.standard: Xero has no active tax type OLD/],
  [
    { taxTypes: {}, taxes: { standard: { ratePercent: "25" } } },
    /taxTypes: none is set for the tax standard/,
  ],
])("names what is wrong in %j", async (settings, message) => {
  await expect(check(contextOf(settings))).rejects.toMatchObject({
    kind: "configuration",
    message: expect.stringMatching(message) as unknown,
  });
});

it("several organisations and none chosen", async () => {
  const context = { ...contextOf(), tokens: memoryTokens() };

  await expect(check(context)).rejects.toThrow("write tenantId into the settings");
});
