import { describe, expect, it } from "vitest";

import type { AccountingDocument, DocumentLine } from "#sdk/accounting";

import { LedgerFileConfig } from "./config.ts";
import { linesOf, wordsOf } from "./entries.ts";

const base = { on: "2026-03-14", currency: "EUR", party: "fjord-cust-812" };
const money = { method: "card", paymentId: "p1" };

const walk: DocumentLine = {
  ...{ description: "Fjord walk", role: "revenue", grossMinor: 18_000, taxMinor: 3_600 },
  ...{ taxCode: "standard", ratePercent: "25" },
};
const lines: DocumentLine[] = [
  walk,
  { description: "Security", role: "damageDeposits", grossMinor: 20_000, taxMinor: 0 },
  { description: "Certificate", role: "giftCertificates", grossMinor: 5_000, taxMinor: 0 },
  { description: "Commission", role: "commission", grossMinor: -1_800, taxMinor: -360 },
];
const totalMinor = 41_200;

const DOCUMENTS: readonly AccountingDocument[] = [
  { ...base, kind: "invoice", key: "invoice:1", totalMinor, lines, billTo: "x" },
  { ...base, kind: "credit_note", key: "credit_note:1", totalMinor, lines, of: "invoice:1" },
  { ...base, ...money, kind: "payment", key: "payment:1", totalMinor: 500, to: "invoice:1" },
  { ...base, ...money, kind: "deposit", key: "deposit:1", totalMinor: 500 },
  { ...base, ...money, kind: "refund", key: "refund:1", totalMinor: 500, from: "deposit:1" },
  { ...base, ...money, kind: "refund", key: "refund:2", totalMinor: 500, from: "credit_note:1" },
  {
    ...base,
    kind: "application",
    key: "application:1",
    totalMinor: 5,
    from: "deposit:1",
    to: "invoice:2",
  },
  { ...base, kind: "deferral", key: "deferral:1", totalMinor: 14_400, of: "invoice:1" },
  { ...base, kind: "deferral", key: "deferral:2", totalMinor: -14_400, of: "invoice:1" },
  { ...base, kind: "fee", key: "fee:1", totalMinor: 95, method: "card", of: "payment:1" },
  { ...base, kind: "write_off", key: "write_off:1", totalMinor: 3, to: "invoice:1" },
  {
    ...{ ...base, kind: "takings", key: "fjord/takings/takings:1", totalMinor: 12_000 },
    lines: [walk, { ...walk, method: "cash", grossMinor: -6_000, taxMinor: -1_200 }],
  },
];

const { accounts } = LedgerFileConfig.parse({
  accounts: {
    clearing: { default: "assets:clearing", card: "assets:stripe", cash: "assets:cash" },
  },
});

describe("double entry", () => {
  it("the table of documents has every kind", () => {
    const kinds = new Set(DOCUMENTS.map(({ kind }) => kind));

    expect([...kinds].toSorted()).toEqual([
      ...["application", "credit_note", "deferral", "deposit", "fee", "invoice", "payment"],
      ...["refund", "takings", "write_off"],
    ]);
  });

  it.each(DOCUMENTS.map((document) => ({ key: document.key, document })))(
    "$key adds up to zero, and no line says nothing",
    ({ document }) => {
      const made = linesOf(document, accounts);

      expect(made.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(0);
      expect(made.filter(({ amountMinor }) => amountMinor === 0)).toEqual([]);
      expect(made.length).toBeGreaterThan(1);
    },
  );

  it("each method of payment has the account that is named for it", () => {
    const words = (method?: string) =>
      linesOf(
        {
          ...base,
          kind: "deposit",
          key: "deposit:1",
          totalMinor: 1,
          paymentId: "p",
          ...(method !== undefined && { method }),
        },
        accounts,
      )[0]?.account;

    expect([words("card"), words("cash"), words("wire"), words()]).toEqual([
      ...["assets:stripe", "assets:cash", "assets:clearing", "assets:clearing"],
    ]);
  });

  it("a method with the name of something that every object has is still only a method", () => {
    const [first] = linesOf(
      {
        ...base,
        ...money,
        method: "constructor",
        kind: "deposit",
        key: "deposit:1",
        totalMinor: 1,
      },
      accounts,
    );

    expect(first?.account).toBe("assets:clearing");
  });

  it("money that goes back comes from what was held, or from the account of the guest", () => {
    const from = (key: string) =>
      linesOf(
        { ...base, ...money, kind: "refund", key: "refund:1", totalMinor: 1, from: key },
        accounts,
      )[0]?.account;

    expect([from("deposit:1"), from("credit_note:1"), from("invoice:1")]).toEqual([
      ...["liabilities:prepayments", "assets:receivable", "assets:receivable"],
    ]);
  });
});

it("documents are called what accountants call them", () => {
  expect(DOCUMENTS.map(wordsOf)).toEqual([
    ...["Invoice 1", "Credit note 1", "Payment 1", "Deposit 1", "Refund 1", "Refund 2"],
    ...["Deposit 1 used for invoice 2", "Deferred income 1", "Deferred income 2", "Payment fee 1"],
    ...["Write-off 1", "Takings 1"],
  ]);
});

it("things that are taxed alike are one line, and a rate without a name is told once", () => {
  const bus = { ...walk, taxCode: "12", ratePercent: "12", grossMinor: 1_120, taxMinor: 120 };
  const made = linesOf(
    {
      ...{ ...base, kind: "invoice", key: "invoice:1", totalMinor: 38_240, billTo: "x" },
      lines: [walk, bus, walk, bus],
    },
    accounts,
  );

  expect(made).toEqual([
    { account: "assets:receivable", amountMinor: 38_240 },
    { account: "income:revenue", amountMinor: -28_800, remark: "tax standard 25%" },
    { account: "liabilities:tax", amountMinor: -7_200, remark: "tax standard 25%" },
    { account: "income:revenue", amountMinor: -2_000, remark: "tax 12%" },
    { account: "liabilities:tax", amountMinor: -240, remark: "tax 12%" },
  ]);
});
