import {
  ACCOUNT_ROLES,
  type AccountRole,
  type BooksDocument,
  type BooksView,
  type DocumentKind,
  type TargetContext,
} from "#sdk/accounting";

import { roleOf } from "./accounts.ts";
import { minor } from "./amounts.ts";
import { notes } from "./applications.ts";
import { XeroClient } from "./client.ts";
import type { XeroConfig } from "./config.ts";
import { counts, isDraft, kindIn } from "./desk.ts";
import { againReference } from "./invoices.ts";
import { BankTransaction, CreditNote, Invoice, Payment, Prepayment } from "./shapes.ts";
import { beginsWith } from "./where.ts";

/** All that Xero holds under numbers that begin so. */
interface Held {
  invoices: Invoice[];
  creditNotes: CreditNote[];
  prepayments: Prepayment[];
  movements: BankTransaction[];
  payments: Payment[];
  /** What is noted of applications, in the histories of invoices. */
  notes: string[];
}

/**
 * Reads the books of one booking. The accounts are worked out from the documents: Xero's own journals
 * are for apps of the dearer plans only.
 */
export async function read(
  prefix: string,
  currency: string,
  context: TargetContext<XeroConfig>,
): Promise<BooksView> {
  const client = new XeroClient(context);
  const held = await holdings(client, prefix, currency);
  const balances = new Balances(context.config, currency);
  balances.add(held);
  return { documents: documentsOf(held, prefix, currency), balances: balances.result() };
}

async function holdings(client: XeroClient, prefix: string, currency: string): Promise<Held> {
  const isOurs = (one: { Status: string; CurrencyCode?: string | undefined }) =>
    counts(one) && (one.CurrencyCode ?? currency) === currency;
  const byNumber = (field: string) => beginsWith(field, prefix);
  const invoices = await client.list("Invoices", Invoice, byNumber("InvoiceNumber"));
  const creditNotes = await client.list("CreditNotes", CreditNote, byNumber("CreditNoteNumber"));
  const prepayments = await client.list("Prepayments", Prepayment, byNumber("Reference"));
  const movements = await client.list("BankTransactions", BankTransaction, byNumber("Reference"));
  const payments = await client.list("Payments", Payment, byNumber("Reference"));
  const isAnyUsed = [...creditNotes, ...prepayments].some(
    ({ Allocations }) => Allocations.length > 0,
  );
  const noted: string[] = [];
  for (const invoice of isAnyUsed ? invoices : []) {
    noted.push(...(await notes({ client }, invoice)));
  }
  return {
    invoices: invoices.filter(isOurs),
    creditNotes: creditNotes.filter(isOurs),
    prepayments: prepayments.filter(isOurs),
    movements: movements.filter((one) => isOurs(one) && !one.Type.endsWith("-PREPAYMENT")),
    payments: payments.filter((one) => isOurs({ ...one, ...one.Invoice })),
    notes: noted,
  };
}

const KINDS = [
  ...(["invoice", "credit_note", "payment", "deposit", "refund", "application"] as const),
  ...(["deferral", "fee", "write_off", "takings"] as const),
] satisfies DocumentKind[];

const isKind = (text: string): text is DocumentKind => (KINDS as string[]).includes(text);

function documentsOf(held: Held, prefix: string, currency: string): BooksDocument[] {
  const found = new Map<string, BooksDocument>();
  const add = (number: string, amount: number, more: Partial<BooksDocument> = {}) => {
    const kind = kindIn(number);
    if (!isKind(kind)) return;
    const totalMinor = minor(amount, currency);
    // Several parts of one document: a payment of two invoices, takings of two bank accounts.
    const before = found.get(number)?.totalMinor ?? 0;
    const document = { number, kind, totalMinor: totalMinor + before };
    found.set(number, { ...document, ...more });
  };
  for (const invoice of held.invoices) {
    const { InvoiceNumber: number } = invoice;
    if (kindIn(number) === "refund") continue; // told by the money that was spent
    const total = kindIn(number) === "deferral" ? deferredIn(invoice) : invoice.Total;
    add(number, total, { ...draftMark(invoice), ...openOf(invoice, held, currency) });
  }
  for (const note of held.creditNotes) add(note.CreditNoteNumber, note.Total, draftMark(note));
  for (const { Reference, Total } of held.prepayments) add(Reference, Total);
  for (const { Type, Reference, Total } of held.movements) {
    add(Reference, kindIn(Reference) === "takings" && Type === "SPEND" ? -Total : Total);
  }
  for (const { PaymentType, Reference, Amount } of held.payments) {
    // Of one that goes from contact to contact both halves are here.
    const isHalf = kindIn(Reference) === "application" && PaymentType !== "ACCRECPAYMENT";
    if (!isHalf) add(Reference, Amount);
  }
  for (const note of held.notes) {
    const [, number = "", amount = "0"] = /^(\S+): (-?[\d.]+) /.exec(note) ?? [];
    if (number.startsWith(prefix)) add(number, Number(amount));
  }
  return [...found.values()].toSorted((a, b) => (a.number < b.number ? -1 : 1));
}

function draftMark(one: { Status: string }): { isDraft?: true } {
  return isDraft(one) ? { isDraft: true } : {};
}

/** Its second line: what comes to the account of what is not earned yet. */
function deferredIn({ LineItems }: Invoice): number {
  return LineItems[1]?.LineAmount ?? 0;
}

/** With what it is to be paid again. */
function openOf(invoice: Invoice, { invoices }: Held, currency: string): { openMinor?: number } {
  if (kindIn(invoice.InvoiceNumber) !== "invoice" || isDraft(invoice)) return {};
  const again = invoices.filter(
    ({ Reference }) => Reference === againReference(invoice.InvoiceNumber),
  );
  const due = [invoice, ...again].reduce((sum, { AmountDue }) => sum + AmountDue, 0);
  return { openMinor: minor(due, currency) };
}

type WithLines = Pick<Invoice, "LineItems" | "LineAmountTypes" | "TotalTax">;

/** Debit less credit. */
class Balances {
  readonly #config: XeroConfig;
  readonly #currency: string;
  readonly #sums = new Map<AccountRole, number>();

  constructor(config: XeroConfig, currency: string) {
    this.#config = config;
    this.#currency = currency;
  }

  add({ invoices, creditNotes, prepayments, movements, payments }: Held): void {
    for (const invoice of invoices.filter((one) => !isDraft(one))) {
      this.#put("receivable", invoice.Total);
      this.#lines(invoice, -1);
    }
    for (const note of creditNotes.filter((one) => !isDraft(one))) {
      this.#put("receivable", -note.Total);
      this.#lines(note, 1);
    }
    for (const prepayment of prepayments) {
      this.#put("clearing", prepayment.Total);
      this.#lines(prepayment, -1);
      for (const { Amount } of prepayment.Allocations) {
        this.#put("prepayments", Amount);
        this.#put("receivable", -Amount);
      }
    }
    for (const movement of movements) this.#movement(movement);
    for (const { PaymentType, Amount } of payments) {
      const isIn = PaymentType === "ACCRECPAYMENT";
      const other = PaymentType.includes("PREPAYMENT") ? "prepayments" : "receivable";
      this.#put("clearing", isIn ? Amount : -Amount);
      this.#put(other, isIn ? -Amount : Amount);
    }
  }

  result(): Partial<Record<AccountRole, number>> {
    return Object.fromEntries(
      ACCOUNT_ROLES.map((role) => [role, this.#sums.get(role) ?? 0] as const).filter(
        ([, sum]) => sum !== 0,
      ),
    );
  }

  #movement(movement: BankTransaction): void {
    const sign = movement.Type.startsWith("RECEIVE") ? 1 : -1;
    this.#put("clearing", sign * movement.Total);
    if (movement.Type.endsWith("-OVERPAYMENT")) this.#put("receivable", -sign * movement.Total);
    else this.#lines(movement, -sign);
  }

  #lines({ LineItems, LineAmountTypes, TotalTax }: WithLines, sign: number): void {
    for (const { AccountCode, LineAmount, TaxAmount } of LineItems) {
      const net = LineAmountTypes === "Inclusive" ? LineAmount - TaxAmount : LineAmount;
      this.#put(roleOf(this.#config, AccountCode), sign * net);
    }
    this.#put("tax", sign * TotalTax);
  }

  #put(role: AccountRole, amount: number): void {
    const before = this.#sums.get(role) ?? 0;
    this.#sums.set(role, before + minor(amount, this.#currency));
  }
}
