/** What an amount stands for in the books. Each target says which of its accounts that is. */
export const ACCOUNT_ROLES = [
  "receivable",
  "prepayments",
  "revenue",
  "deferred",
  "tax",
  "clearing",
  "fees",
  "commission",
  "rounding",
  "damageDeposits",
  "giftCertificates",
] as const;

export type AccountRole = (typeof ACCOUNT_ROLES)[number];

/** What a line of an invoice is booked to. */
export type LineRole = Extract<
  AccountRole,
  "revenue" | "commission" | "damageDeposits" | "giftCertificates"
>;

/** One line of an invoice, a credit note or the takings of a day. Amounts in minor units. */
export interface DocumentLine {
  description: string;
  role: LineRole;
  /** Tax included; negative for a discount, a commission, or on a difference. */
  grossMinor: number;
  /** The part of `grossMinor` that is tax. */
  taxMinor: number;
  /** Name of the tax in the settings: `standard`. Absent: no tax is shown on this line. */
  taxCode?: string;
  /** Decimal number in percent, as text: `21`, `5.5`. */
  ratePercent?: string;
  quantity?: number;
  productId?: string;
  /** The item of the booking that the line speaks of. */
  itemId?: string;
}

/** What every document has, posted or only noted. */
export interface DocumentBase {
  /** Unique in the booking, with an ordinal of its kind: `invoice:1`. The key of its effect too. */
  key: string;
  /** `YYYY-MM-DD`: the day it is posted on. */
  on: string;
  currency: string;
  /** Always positive but where a kind says otherwise. */
  totalMinor: number;
  /** Code of the customer or the agent in the books: `fjord-cust-812`. */
  party: string;
  /** Number of the invoice that the source made of the booking, where it makes them. */
  sourceInvoice?: string;
  /** Why it looks as it does, for a person: "the period of 2026-10-03 is closed". */
  note?: string;
}

/** Asks for money. Lines add up to the total. */
export interface Invoice extends DocumentBase {
  kind: "invoice";
  lines: DocumentLine[];
  /** Who is billed, as a hash: another guest, company or tax number is another invoice. */
  billTo: string;
  dueOn?: string;
}

/** Gives back an invoice, or a part of it. Its lines are positive. */
export interface CreditNote extends DocumentBase {
  kind: "credit_note";
  /** Key of the invoice; empty where it gives back what was invoiced in months long past. */
  of: string;
  lines: DocumentLine[];
}

/** Money that came in, and the payment of the source it stands for. */
interface MoneyIn extends DocumentBase {
  /** As the source names the way it was paid; absent: not told. */
  method?: string;
  /** Tells the payments of a booking apart, so that each is booked once. */
  paymentId: string;
}

/** Money received for an invoice. */
export interface Payment extends MoneyIn {
  kind: "payment";
  /** Key of the invoice. */
  to: string;
}

/** Money received before there is an invoice: owed to the guest, no income. */
export interface Deposit extends MoneyIn {
  kind: "deposit";
}

/** Money that went back. */
export interface Refund extends MoneyIn {
  kind: "refund";
  /**
   * Key of the deposit or the credit note that it is taken from; of an invoice when more is given
   * back than is owed, so that the invoice is open again.
   */
  from: string;
}

/** A deposit, or what a credit note has left, is used for an invoice. No money moves. */
export interface Application extends DocumentBase {
  kind: "application";
  from: string;
  to: string;
  /** Whose it was, where the invoice is another party's: the booking has changed hands. */
  fromParty?: string;
}

/** Revenue that is not earned yet leaves the income; negative: it comes back. */
export interface Deferral extends DocumentBase {
  kind: "deferral";
  /** Key of the invoice. */
  of: string;
}

/** What a payment service kept for itself, out of its clearing account. */
export interface Fee extends DocumentBase {
  kind: "fee";
  method: string;
  /** Key of the payment or deposit. */
  of: string;
}

/** A few cents that nobody asks for any more. */
export interface WriteOff extends DocumentBase {
  kind: "write_off";
  to: string;
}

/** What was taken on a day, in place of invoices: a line per method of payment and tax. */
export interface Takings extends DocumentBase {
  kind: "takings";
  /** Negative lines: more was given back than taken. May be negative in total too. */
  lines: (DocumentLine & { method?: string })[];
}

/** What a target is asked to put into the books. */
export type AccountingDocument =
  | Invoice
  | CreditNote
  | Payment
  | Deposit
  | Refund
  | Application
  | Deferral
  | Fee
  | WriteOff
  | Takings;

export type DocumentKind = AccountingDocument["kind"];
