import { z } from "zod";

/** When income arises. */
export const POLICIES = ["invoice", "invoice+defer", "deposit", "service-date", "takings"] as const;

export type Policy = (typeof POLICIES)[number];

const Names = z.array(z.string().min(1)).default([]);
const Day = z.iso.date();
const Decimal = z
  .string()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, "must be a plain number such as 21 or 1.4");

const PolicyRule = z
  .strictObject({
    connections: Names.describe("Only bookings of these; empty: all"),
    products: Names.describe("Only bookings with one of these products, by id or code; empty: all"),
    policy: z.enum(POLICIES),
  })
  .describe("The first rule that fits a booking decides");

const Tax = z.strictObject({
  ratePercent: Decimal.default("0").describe("In percent, included in the price"),
  scheme: z
    .enum(["normal", "margin"])
    .default("normal")
    .describe("margin: taxed by margin, no tax is shown on documents"),
  products: Names.describe("Products that are taxed so; empty: all that no other tax names"),
});

const Agents = z.strictObject({
  invoice: z
    .enum(["booking", "month", "never"])
    .default("booking")
    .describe("Agents get an invoice per booking, one a month, or none"),
  terms: z
    .enum(["commission", "net"])
    .default("commission")
    .describe(
      "commission: the full price, and the commission as a line of its own; net: what is left of it",
    ),
});

const Cancellation = z.strictObject({
  fee: z
    .enum(["refunded", "kept", "total", "none"])
    .default("refunded")
    .describe(
      "What a cancelled booking still costs: what was not given back, once a part was; all that is kept, at once; the total that the booking still shows; nothing",
    ),
  tax: z.string().optional().describe("Tax of the fee, by its name under taxes"),
});

const DamageDeposits = z.strictObject({
  products: Names.describe(
    "Products that are a security for damages: owed to the guest, no income",
  ),
  releasedAt: z
    .enum(["checked_out", "item"])
    .default("checked_out")
    .describe("Owed back when the guest has checked out, or when the item leaves the booking"),
});

const Fee = z.strictObject({
  percent: Decimal.default("0").describe("Of the payment"),
  fixed: Decimal.default("0").describe("Per payment, in the payment's currency"),
});

/** Settings that every accounting target takes besides its own. */
export const accountingSettings = {
  policy: z
    .enum(POLICIES)
    .default("deposit")
    .describe(
      "When income arises: invoice (at booking), invoice+defer (at booking, earned at the service date), deposit and service-date (invoice at the service date, money before it is owed), takings (no invoices, what was taken each day)",
    ),
  policies: z
    .array(PolicyRule)
    .default([])
    .describe("Other policies for some connections or products"),
  corrections: z
    .enum(["replace", "difference"])
    .default("replace")
    .describe("A changed price: credit note and new invoice, or a document for the difference"),
  invoices: z
    .enum(["ours", "source"])
    .default("ours")
    .describe("source: the booking system numbers the invoices, none is made here"),
  invoiceItem: z
    .string()
    .min(1)
    .optional()
    .describe("Form item of the booking that holds the number of the source's own invoice"),
  taxes: z
    .record(z.string().min(1), Tax)
    .default({})
    .describe("Taxes by name; without any, the rates that the booking system tells"),
  agents: Agents.prefault({}).describe("Bookings that an agent owes the money for"),
  cancellation: Cancellation.prefault({}).describe("What a cancelled booking still costs"),
  noShow: z
    .enum(["keep", "credit"])
    .default("keep")
    .describe("Guests who do not come: invoiced all the same, or not"),
  removed: z
    .enum(["credit", "keep"])
    .default("credit")
    .describe("Bookings deleted at the source: given back, or left as they are"),
  damageDeposits: DamageDeposits.prefault({}).describe("Securities for damages, no income"),
  giftCertificates: z
    .strictObject({
      products: Names.describe("Products that are gift certificates: owed, no income"),
    })
    .prefault({})
    .describe("Owed until they are redeemed, no income when they are sold"),
  fees: z
    .record(z.string().min(1), Fee)
    .default({})
    .describe("What payment services keep, by method of payment"),
  writeOffUpTo: Decimal.optional().describe(
    "So much of an invoice may stay open after the service date",
  ),
  startDate: Day.optional().describe(
    "Bookings made before it are history: only money held for services to come is taken over. Default: what an import brings",
  ),
  closedUntil: Day.optional().describe(
    "Last day of the closed periods: what falls into them is posted on the day after, and says so",
  ),
};

export type AccountingSettings = z.output<z.ZodObject<typeof accountingSettings>>;
