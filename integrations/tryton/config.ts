import { webAddress } from "#sdk";
import { accountingSettings } from "#sdk/accounting";
import { crmSettings } from "#sdk/crm";
import { z } from "zod";

const name = z.string().trim().min(1);

/** By method of payment. */
type Clearing = Readonly<Record<string, string>> & { readonly default: string };

const Accounts = z.strictObject({
  receivable: name.default("Main Receivable").describe("What guests owe"),
  prepayments: name
    .default("Deposit")
    .describe("Money received before the invoice; a liability that asks for a party"),
  revenue: name.default("Main Revenue").describe("Income of bookings"),
  tax: name.default("Main Tax").describe("Where the taxes are posted, for reading back"),
  deferred: name.optional().describe("Revenue that is not earned yet; a liability"),
  fees: name.optional().describe("Fees of payment services; an expense"),
  commission: name.optional().describe("Commission of agents; of a type that counts as revenue"),
  rounding: name
    .optional()
    .describe("Cents of rounding, and small amounts written off; of a type that counts as revenue"),
  damageDeposits: name.optional().describe("Damage deposits; of a type with the mark `Deposit`"),
  giftCertificates: name
    .optional()
    .describe("Gift certificates sold; of a type with the mark `Deposit`"),
  exchange: name
    .optional()
    .describe("Differences of exchange rates; without it they go to `rounding`"),
  clearing: z
    .record(z.string(), name)
    .default({})
    .transform((methods): Clearing => ({ default: "Main Cash", ...methods }))
    .describe("Where money arrives, by method of payment as the source names it; `default` else"),
});

const Journals = z.strictObject({
  sales: name.default("Revenue").describe("Of invoices and credit notes; of type Revenue"),
  payments: name.default("Cash").describe("Of all that moves money"),
  general: name
    .default("Revenue")
    .describe("Of everything else: takings of a day, deferred revenue, deposits that are used"),
});

/** What is Tryton's alone. */
const trytonSettings = {
  url: webAddress("write them as `user` and `password`")
    .transform((url) => url.replace(/\/+$/, ""))
    .describe("Address of the Tryton server, such as https://tryton.example.com"),
  database: name.describe("Name of the database"),
  user: name.describe("Login of a user of its own, in the group Accounting"),
  password: z.string().min(1).meta({ secret: true }).describe("Password of that user"),
  company: z
    .union([z.int().positive(), name])
    .optional()
    .describe("Name or id of the company; without it the user's own"),
  books: z.boolean().default(true).describe("Whether the books are kept in Tryton"),
  contacts: z
    .boolean()
    .default(false)
    .describe("Whether guests and agents are kept as parties, and bookings as opportunities"),
  employee: z
    .union([z.int().positive(), name])
    .optional()
    .describe("Name or id of the employee who has the opportunities; without it the user's own"),
  accounts: Accounts.prefault({}).describe("Which of the accounts stands for what: code or name"),
  taxNames: z
    .record(z.string(), name)
    .default({})
    .describe(
      "Names of the taxes in Tryton, by the names under `taxes` or by the rate: `standard: IVA 21%`",
    ),
  journals: Journals.prefault({}).describe("Which journals are used: code or name"),
  paymentTerm: name
    .optional()
    .describe("Payment term of invoices without a day on which they are due"),
  attachDocuments: z
    .boolean()
    .default(false)
    .describe("Whether the confirmation of a booking is attached to its invoice"),
};

export const TrytonConfig = z
  .strictObject({ ...accountingSettings, ...crmSettings, ...trytonSettings })
  .refine(({ books, contacts }) => books || contacts, {
    path: ["books"],
    error: "books and contacts are both false: nothing would be kept in Tryton",
  });

export type TrytonConfig = z.infer<typeof TrytonConfig>;
