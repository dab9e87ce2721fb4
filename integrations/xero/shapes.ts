import { z } from "zod";

// What is read of Xero's answers: the fields we use, under the names they have there. Unknown ones
// are dropped, so new ones do no harm.

const amount = z.number();
const text = z.string();
const id = z.string().min(1);

const Line = z.object({
  AccountCode: text.optional(),
  LineAmount: amount.default(0),
  TaxAmount: amount.default(0),
});

const Allocation = z.object({
  AllocationID: id.optional(),
  Amount: amount,
  Invoice: z.object({ InvoiceID: id }),
});

const withTotals = {
  Status: text.default("AUTHORISED"),
  CurrencyCode: text.optional(),
  LineAmountTypes: text.default("Inclusive"),
  LineItems: z.array(Line).default([]),
  TotalTax: amount.default(0),
  Total: amount.default(0),
};

export const Invoice = z.object({
  ...withTotals,
  InvoiceID: id,
  InvoiceNumber: text.default(""),
  Reference: text.default(""),
  AmountDue: amount.default(0),
});

export const CreditNote = z.object({
  ...withTotals,
  CreditNoteID: id,
  CreditNoteNumber: text.default(""),
  RemainingCredit: amount.default(0),
  Allocations: z.array(Allocation).default([]),
});

export const Prepayment = z.object({
  ...withTotals,
  PrepaymentID: id,
  Reference: text.default(""),
  RemainingCredit: amount.default(0),
  Allocations: z.array(Allocation).default([]),
});

export const BankTransaction = z.object({
  ...withTotals,
  BankTransactionID: id,
  Type: text,
  Reference: text.default(""),
  BankAccount: z.object({ Code: text.optional() }).default({}),
  PrepaymentID: id.optional(),
  OverpaymentID: id.optional(),
});

export const Payment = z.object({
  PaymentID: id,
  Status: text.default("AUTHORISED"),
  PaymentType: text.default(""),
  Reference: text.default(""),
  Amount: amount,
  Account: z.object({ Code: text.optional() }).default({}),
  Invoice: z.object({ CurrencyCode: text.optional() }).optional(),
});

export const Contact = z.object({ ContactID: id, ContactStatus: text.default("ACTIVE") });

export const Account = z.object({
  Code: text.optional(),
  Name: text.default(""),
  Type: text.default(""),
  Status: text.default("ACTIVE"),
  CurrencyCode: text.optional(),
});

export const TaxRate = z.object({
  Name: text.default(""),
  TaxType: text.default(""),
  Status: text.default("ACTIVE"),
});

/** Dates as in JSON of old: `/Date(1573755038314+0000)/`. */
const date = z
  .string()
  .optional()
  .transform((value) => {
    const [, ms] = /^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(value ?? "") ?? [];
    return ms === undefined ? value?.slice(0, 10) : new Date(Number(ms)).toISOString().slice(0, 10);
  });

export const Organisation = z.object({
  Name: text.default(""),
  BaseCurrency: text.default(""),
  PeriodLockDate: date,
  EndOfYearLockDate: date,
});

export const HistoryRecord = z.object({ Details: text.default("") });

/** Not of the accounting API: which organisations a person has given access to. */
export const Connection = z.object({
  tenantId: text,
  tenantType: text.default("ORGANISATION"),
  tenantName: text.nullish().transform((name) => name ?? ""),
});

export type Invoice = z.infer<typeof Invoice>;
export type CreditNote = z.infer<typeof CreditNote>;
export type Prepayment = z.infer<typeof Prepayment>;
export type BankTransaction = z.infer<typeof BankTransaction>;
export type Payment = z.infer<typeof Payment>;
export type Account = z.infer<typeof Account>;
export type Allocation = z.infer<typeof Allocation>;
