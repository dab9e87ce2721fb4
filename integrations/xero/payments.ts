import { PermanentError } from "#sdk";
import type { Payment as PaymentDocument, Posted, Refund } from "#sdk/accounting";

import { accountCode, clearingCode } from "./accounts.ts";
import { decimal, minor } from "./amounts.ts";
import { putBankTransaction } from "./bank.ts";
import { approvedCreditNote } from "./credit-notes.ts";
import { counts, type Desk, kindIn, LINKS, posted } from "./desk.ts";
import { againReference, approvedInvoice, putInvoice, sharesOf } from "./invoices.ts";
import { plainLine } from "./lines.ts";
import { Payment } from "./shapes.ts";
import { is } from "./where.ts";

/** What a payment is made on: one of these, by its id. */
export type PaidOn =
  | { Invoice: { InvoiceID: string } }
  | { CreditNote: { CreditNoteID: string } }
  | { Prepayment: { PrepaymentID: string } };

export async function postPayment(desk: Desk<PaymentDocument>): Promise<Posted> {
  const { to } = desk.document;
  // Of an invoice that somebody else made before Bellhop there is no id.
  if (desk.posting.externalIdOf(to) === undefined && kindIn(to) === "opening") {
    return postOverpayment(desk);
  }
  const made = await paymentsMade(desk);
  const { paidMinor, first } = summed(made, desk);
  const restMinor = desk.document.totalMinor - paidMinor;
  const shares = restMinor > 0 ? await sharesOf(desk, to, restMinor) : [];
  let id = first;
  for (const { invoice, amountMinor } of shares) {
    const { InvoiceID } = invoice;
    const payment = await pay(desk, { Invoice: { InvoiceID } }, amountMinor);
    id ??= payment.PaymentID;
  }
  return posted(id ?? "", LINKS.invoice(desk.idOf(to)));
}

/**
 * Money that goes back. From an invoice that has been paid Xero takes none: there the money is spent,
 * and an invoice of its own says that the guest owes it again.
 */
export async function postRefund(desk: Desk<Refund>): Promise<Posted> {
  const { from, totalMinor } = desk.document;
  const kind = kindIn(from);
  if (kind !== "deposit" && kind !== "credit_note") return refundFromInvoice(desk);
  const id = desk.idOf(from);
  const [made] = await paymentsMade(desk);
  if (made) return posted(made.PaymentID, linkOf(kind, id));
  if (kind === "credit_note") await approvedCreditNote(desk, id);
  const paidOn: PaidOn =
    kind === "deposit"
      ? { Prepayment: { PrepaymentID: id } }
      : { CreditNote: { CreditNoteID: id } };
  const payment = await pay(desk, paidOn, totalMinor);
  return posted(payment.PaymentID, linkOf(kind, id));
}

function linkOf(kind: string, id: string): string {
  return kind === "deposit" ? LINKS.bankTransaction(id) : LINKS.creditNote(id);
}

async function refundFromInvoice(desk: Desk<Refund>): Promise<Posted> {
  const { config, document, posting } = desk;
  const { currency, from, method, on, totalMinor } = document;
  const id = posting.externalIdOf(from);
  const invoice = id === undefined ? undefined : await approvedInvoice(desk, id);
  const number = invoice?.InvoiceNumber ?? desk.numberOf(from);
  // The account in between is back at nothing once both are there.
  const between = accountCode(config, "prepayments");
  const what = `Given back: ${posting.title}`;
  const spent = await putBankTransaction(desk, {
    type: "SPEND",
    account: clearingCode(config, method, currency),
    amounts: "NoTax",
    lines: [plainLine(what, totalMinor, currency, between)],
  });
  await putInvoice(desk, {
    ...{ number: desk.number, reference: againReference(number), on, currency, totalMinor },
    amounts: "NoTax",
    lines: [plainLine(what, totalMinor, currency, between)],
    // The money has gone back, whatever anybody thinks of it.
    isFinal: true,
  });
  return posted(spent.BankTransactionID, LINKS.bankTransaction(spent.BankTransactionID));
}

/** Money for what is not in Xero as our invoice: a credit of the contact, to be set against it there. */
export async function postOverpayment(desk: Desk): Promise<Posted> {
  const { config, document, posting } = desk;
  const { currency, totalMinor } = document;
  const { BankTransactionID } = await putBankTransaction(desk, {
    type: "RECEIVE-OVERPAYMENT",
    account: clearingCode(config, methodOf(desk), currency),
    amounts: "NoTax",
    lines: [{ Description: posting.title, LineAmount: decimal(totalMinor, currency) }],
  });
  return posted(BankTransactionID, LINKS.bankTransaction(BankTransactionID));
}

/** @param step Tells several payments of one document apart. */
export async function pay(
  desk: Desk,
  paidOn: PaidOn,
  amountMinor: number,
  method = methodOf(desk),
): Promise<Payment> {
  const { client, config, document, number } = desk;
  const { currency, on } = document;
  const id = Object.values(Object.values(paidOn)[0] as Record<string, string>)[0] ?? "";
  const body = {
    ...paidOn,
    Account: { Code: clearingCode(config, method, currency) },
    Date: on,
    Amount: decimal(amountMinor, currency),
    Reference: number,
  };
  return client.first(
    {
      ...{ method: "PUT", path: "Payments", query: { summarizeErrors: true } },
      ...{ body: { Payments: [body] }, key: desk.key(`pay ${id}`) },
    },
    "Payments",
    Payment,
  );
}

function methodOf({ document }: Desk): string | undefined {
  return "method" in document ? document.method : undefined;
}

/** By an earlier try. */
export async function paymentsMade({ client, number, posting }: Desk): Promise<Payment[]> {
  if (!posting.mayExist) return [];
  const found = await client.list("Payments", Payment, is("Reference", number));
  return found.filter(counts);
}

function summed(made: readonly Payment[], { document, number }: Desk) {
  const paidMinor = made.reduce((sum, { Amount }) => sum + minor(Amount, document.currency), 0);
  if (paidMinor > document.totalMinor) {
    throw new PermanentError(`${number}: Xero has ${paidMinor} of it; look there`);
  }
  return { paidMinor, first: made[0]?.PaymentID };
}
