import { z } from "zod";

import { webAddress } from "#sdk";
import { accountingSettings } from "#sdk/accounting";

const code = z.string().min(1).max(10);

/** The address that stands for Xero's own identity servers, of which there are two. */
export const XERO_IDENTITY = "https://identity.xero.com";

/**
 * What Bellhop asks to be allowed, no more. Apps made since 2 March 2026 are given these narrow
 * scopes only; `accounting.transactions`, which covered them all, ends in September 2027
 * (https://developer.xero.com/faq/granular-scopes). `accounting.invoices` covers credit notes,
 * `accounting.payments` prepayments and overpayments too.
 */
export const SCOPES = [
  "offline_access",
  "accounting.invoices",
  "accounting.payments",
  "accounting.banktransactions",
  "accounting.contacts",
  "accounting.settings.read",
] as const;

const Accounts = z.strictObject({
  revenue: code.describe("Sales"),
  clearing: z
    .record(z.string().min(1), code)
    .refine((accounts) => accounts["default"] !== undefined, "needs an account for `default`")
    .describe(
      "Bank accounts that money passes through, by method of payment; `default` for all others, `stripe USD` for one currency of a method",
    ),
  prepayments: code.optional().describe("Money held for guests: a current liability"),
  deferred: code.optional().describe("Income not earned yet: a current liability"),
  fees: code.optional().describe("What payment services keep: an expense"),
  commission: code.optional().describe("Commission of agents"),
  rounding: code.optional().describe("Rounding, and cents that nobody asks for"),
  damageDeposits: code.optional().describe("Securities for damages: a current liability"),
  giftCertificates: code.optional().describe("Gift certificates sold: a current liability"),
});

/** What is Xero's alone. */
export const xeroSettings = {
  clientId: z.string().min(1).describe("Of your app at developer.xero.com"),
  clientSecret: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe("Of your app at developer.xero.com"),
  tenantId: z
    .uuid()
    .optional()
    .describe("Which organisation, where access was given to several; `bellhop check` lists them"),
  accounts: Accounts.describe(
    "Codes of the accounts in Xero. Those that are not used may be left out; receivables and tax are Xero's own accounts",
  ),
  taxTypes: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe(
      "Tax types of Xero, such as OUTPUT2, by the names under `taxes` or by the rate (`21`); `none` for lines without tax (default NONE)",
    ),
  documents: z
    .enum(["draft", "final"])
    .default("draft")
    .describe(
      "draft: a person approves invoices and credit notes in Xero; final: they count at once",
    ),
  brandingThemeId: z.uuid().optional().describe("Look of invoices and credit notes"),
  scopes: z
    .array(z.string().min(1))
    .default([...SCOPES])
    .describe("What Bellhop asks to be allowed"),
  apiBaseUrl: webAddress("`clientId` and `clientSecret` are what Bellhop logs in with")
    .default("https://api.xero.com")
    .describe("Address of the API"),
  identityUrl: webAddress("`clientId` and `clientSecret` are what Bellhop logs in with")
    .default(XERO_IDENTITY)
    .describe("Address of the log-in"),
};

export const XeroConfig = z.strictObject({ ...accountingSettings, ...xeroSettings });

export type XeroConfig = z.infer<typeof XeroConfig>;
export type Accounts = z.infer<typeof Accounts>;
