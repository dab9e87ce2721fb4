import { expect, it } from "vitest";

import { compareWithTarget } from "../../src/books/compare-target.ts";
import type { AccountingDocument } from "../../src/sdk/accounting/document.ts";
import type { BooksView } from "../../src/sdk/accounting/target.ts";

const base = { on: "2026-03-14", currency: "EUR", party: "fjord-cust-812" };
const INVOICE: AccountingDocument = {
  ...{ kind: "invoice", key: "invoice:1", totalMinor: 18_000, billTo: "a", ...base },
  lines: [{ description: "Walk", role: "revenue", grossMinor: 18_000, taxMinor: 3_600 }],
};
const DEPOSIT: AccountingDocument = {
  ...{ kind: "deposit", key: "deposit:1", totalMinor: 5_000, paymentId: "p", ...base },
};
const AGREEING: BooksView = {
  documents: [
    { number: "fjord/1201/deposit:1", kind: "deposit", totalMinor: 5_000 },
    { number: "fjord/1201/invoice:1", kind: "invoice", totalMinor: 18_000, openMinor: 18_000 },
  ],
  balances: {
    receivable: 18_000,
    revenue: -14_400,
    tax: -3_600,
    clearing: 5_000,
    prepayments: -5_000,
  },
};

function compared(view: Partial<BooksView>, parts = { isOpen: false, roundingMinor: 0 }) {
  const posted = [DEPOSIT, INVOICE].map((document) => ({ document, ...parts }));
  return compareWithTarget("fjord/1201/", posted, { ...AGREEING, ...view });
}

const [deposit, invoice] = AGREEING.documents;
if (!deposit || !invoice) throw new Error("two documents");

it("a target that holds what was posted agrees", () => {
  expect(compared({})).toEqual([]);
});

it("a payment that was registered there by hand is told of, and no account besides", () => {
  const documents = [deposit, { ...invoice, openMinor: 0 }];

  expect(compared({ documents, balances: {} })).toEqual([
    {
      cause: "changed_in_target",
      what: "invoice:1 is open with EUR 0.00 there, EUR 180.00 by our ledger",
      documents: ["invoice:1"],
    },
  ]);
});

it("a draft does not count until a person has approved it, which is said once", () => {
  const balances = { clearing: 5_000, prepayments: -5_000 };
  const documents = [deposit, { ...invoice, isDraft: true }];

  expect(compared({ documents, balances })).toMatchObject([
    { cause: "draft_in_target", documents: ["invoice:1"] },
  ]);
});

it("two purposes that share an account are no difference", () => {
  const { receivable, prepayments, ...rest } = AGREEING.balances;

  expect(
    compared({ balances: { ...rest, receivable: (receivable ?? 0) + (prepayments ?? 0) } }),
  ).toEqual([]);
});

it("money that was moved to another account is told of", () => {
  const balances = { ...AGREEING.balances, clearing: 0, fees: 5_000 };

  expect(compared({ balances })).toMatchObject([{ cause: "changed_in_target" }]);
});

it("of what is only begun nobody says that it is gone", () => {
  expect(compared({ documents: [], balances: {} }, { isOpen: true, roundingMinor: 0 })).toEqual([]);
});

it("a rounding line of the target's own is no difference", () => {
  const balances = { ...AGREEING.balances, rounding: 1, revenue: -14_401 };

  expect(compared({ balances }, { isOpen: false, roundingMinor: 1 })).toEqual([]);
});
