import { z } from "zod";

import { accountingSettings } from "#sdk/accounting";

const Account = z
  .string()
  .regex(/^[^\s:;"()[\]]+(?:[ :][^\s:;"()[\]]+)*$/, "must be names with colons: assets:receivable");

const Accounts = z.strictObject({
  receivable: Account.default("assets:receivable").describe("What guests and agents owe"),
  prepayments: Account.default("liabilities:prepayments").describe("Money for services to come"),
  revenue: Account.default("income:revenue").describe("What was sold"),
  deferred: Account.default("liabilities:deferred").describe("Invoiced and not earned yet"),
  tax: Account.default("liabilities:tax").describe("Tax inside the prices"),
  rounding: Account.default("expenses:rounding").describe("Cents written off"),
  fees: Account.default("expenses:fees").describe("What payment services keep"),
  commission: Account.default("expenses:commission").describe("What agents keep"),
  damageDeposits: Account.default("liabilities:damage-deposits").describe("Securities for damages"),
  giftCertificates: Account.default("liabilities:gift-certificates").describe("Not redeemed yet"),
  clearing: z
    .object({ default: Account.default("assets:clearing") })
    .catchall(Account)
    .prefault({})
    .describe("Where money arrives, by method of payment; default is for all that are not named"),
});

export const LedgerFileConfig = z.strictObject({
  path: z
    .string()
    .min(1)
    .default("books")
    .describe("Folder of the journal; a relative one lies in the data folder"),
  format: z
    .enum(["journal", "beancount"])
    .default("journal")
    .describe("journal: for hledger and ledger; beancount"),
  accounts: Accounts.prefault({}).describe("Names of the accounts"),
  ...accountingSettings,
});

export type LedgerFileConfig = z.output<typeof LedgerFileConfig>;
