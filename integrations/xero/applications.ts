import { PermanentError } from "#sdk";
import type { Application, Posted } from "#sdk/accounting";

import { decimal, minor } from "./amounts.ts";
import { approvedCreditNote, allocation } from "./credit-notes.ts";
import { type Desk, kindIn, LINKS } from "./desk.ts";
import { approvedInvoice, openedAgain, type Share, sharesOf } from "./invoices.ts";
import { pay, paymentsMade, postOverpayment } from "./payments.ts";
import { type Allocation, HistoryRecord, type Invoice, Prepayment } from "./shapes.ts";
import { is } from "./where.ts";

/** What a deposit or a credit note still has, and where it has gone. */
interface Credit {
  path: string;
  id: string;
  kind: "deposit" | "credit_note";
  allocations: readonly Allocation[];
}

/**
 * Sets what is owed to the guest against an invoice. Xero keeps no number with an allocation, so the
 * document is noted in the invoice's history, where its readers see it too.
 */
export async function postApplication(desk: Desk<Application>): Promise<Posted> {
  const { to, fromParty } = desk.document;
  // Credits of one contact cannot be set against invoices of another, nor against none of ours.
  if (fromParty !== undefined || desk.posting.externalIdOf(to) === undefined) return transfer(desk);
  const credit = await creditOf(desk);
  const invoice = await approvedInvoice(desk, desk.idOf(to));
  const link = LINKS.invoice(invoice.InvoiceID);
  const noted = await notes(desk, invoice);
  const done = noted.find((text) => text.startsWith(`${desk.number}:`));
  if (done !== undefined) return { externalId: idIn(done), link };
  const ids = await allocate(desk, credit, await earlierMinor(desk, credit, invoice, noted));
  await note(desk, invoice, ids);
  return { externalId: ids[0] ?? desk.number, link };
}

async function creditOf(desk: Desk<Application>): Promise<Credit> {
  const { from } = desk.document;
  const id = desk.idOf(from);
  if (kindIn(from) === "credit_note") {
    const { Allocations: allocations } = await approvedCreditNote(desk, id);
    return { path: `CreditNotes/${id}`, id, kind: "credit_note", allocations };
  }
  const where = is("Reference", desk.numberOf(from));
  const found = await desk.client.list("Prepayments", Prepayment, where);
  const prepayment = found.find(({ PrepaymentID }) => PrepaymentID === id);
  if (!prepayment) throw new PermanentError(`${desk.number}: ${from} is not in Xero any more`);
  return { path: `Prepayments/${id}`, id, kind: "deposit", allocations: prepayment.Allocations };
}

/** What an earlier try set against the invoice without coming to write its note: more than all notes say. */
async function earlierMinor(
  desk: Desk<Application>,
  { allocations }: Credit,
  invoice: Invoice,
  noted: readonly string[],
): Promise<number> {
  if (!desk.posting.mayExist) return 0;
  const { currency, from, to } = desk.document;
  const again = await openedAgain(desk, invoice.InvoiceNumber);
  const ids = [invoice, ...again].map(({ InvoiceID }) => InvoiceID);
  const made = allocations
    .filter((one) => ids.includes(one.Invoice.InvoiceID))
    .reduce((sum, { Amount }) => sum + minor(Amount, currency), 0);
  const told = noted
    .filter((text) => text.includes(` of ${from} used for ${to} `))
    .reduce((sum, text) => sum + minor(amountIn(text), currency), 0);
  return Math.min(Math.max(0, made - told), desk.document.totalMinor);
}

async function allocate(
  desk: Desk<Application>,
  { path }: Credit,
  earlier: number,
): Promise<string[]> {
  const { to, totalMinor } = desk.document;
  if (earlier === totalMinor) return [];
  const ids: string[] = [];
  for (const share of await sharesOf(desk, to, totalMinor - earlier)) {
    ids.push(await allocateOne(desk, path, share));
  }
  return ids;
}

async function allocateOne(
  desk: Desk<Application>,
  path: string,
  { invoice, amountMinor }: Share,
): Promise<string> {
  const answer = await desk.client.send({
    ...{ method: "PUT", path: `${path}/Allocations`, query: { summarizeErrors: true } },
    body: { Allocations: [allocation(invoice.InvoiceID, amountMinor, desk)] },
    key: desk.key(`allocate ${invoice.InvoiceNumber}`),
  });
  const { Allocations } = Object(answer) as { Allocations?: { AllocationID?: unknown }[] };
  const id = Allocations?.[0]?.AllocationID;
  return typeof id === "string" ? id : "";
}

/**
 * The credit is given back and comes in again for the other contact, through the same bank account,
 * which is left as it was.
 */
async function transfer(desk: Desk<Application>): Promise<Posted> {
  const { from, to, totalMinor } = desk.document;
  const made = await paymentsMade(desk);
  const isBack = ({ PaymentType }: { PaymentType: string }) => PaymentType !== "ACCRECPAYMENT";
  if (!made.some(isBack)) {
    const id = desk.idOf(from);
    if (kindIn(from) === "credit_note") await approvedCreditNote(desk, id);
    const paidOn =
      kindIn(from) === "credit_note"
        ? { CreditNote: { CreditNoteID: id } }
        : { Prepayment: { PrepaymentID: id } };
    await pay(desk, paidOn, totalMinor);
  }
  const id = desk.posting.externalIdOf(to);
  if (id === undefined) return postOverpayment(desk);
  const { currency } = desk.document;
  const paidMinor = made
    .filter((one) => !isBack(one))
    .reduce((sum, { Amount }) => sum + minor(Amount, currency), 0);
  let externalId = made.find((one) => !isBack(one))?.PaymentID;
  const shares = paidMinor < totalMinor ? await sharesOf(desk, to, totalMinor - paidMinor) : [];
  for (const { invoice, amountMinor } of shares) {
    const payment = await pay(desk, { Invoice: { InvoiceID: invoice.InvoiceID } }, amountMinor);
    externalId ??= payment.PaymentID;
  }
  return { externalId: externalId ?? "", link: LINKS.invoice(id) };
}

/** What Bellhop has noted in an invoice's history. */
export async function notes({ client }: Pick<Desk, "client">, invoice: Invoice): Promise<string[]> {
  const call = { method: "GET", path: `Invoices/${invoice.InvoiceID}/History` } as const;
  const records = await client.read(call, "HistoryRecords", HistoryRecord);
  return records.map(({ Details }) => Details);
}

async function note(desk: Desk<Application>, invoice: Invoice, ids: string[]): Promise<void> {
  const { totalMinor, currency, from, to } = desk.document;
  const what = `${decimal(totalMinor, currency)} ${currency} of ${from} used for ${to}`;
  const Details = `${desk.number}: ${what} [${ids.join(" ")}]`;
  await desk.client.send({
    ...{ method: "PUT", path: `Invoices/${invoice.InvoiceID}/History` },
    ...{ body: { HistoryRecords: [{ Details }] }, key: desk.key("note") },
  });
}

/** `fjord/1201/application:1: 50 EUR of deposit:1 used for invoice:1 [id]` */
const NOTE = /^(\S+): (-?[\d.]+) [A-Z]{3} of .* \[([^\s\]]*)/;

function idIn(note: string): string {
  const [, number = "", , id = ""] = NOTE.exec(note) ?? [];
  return id === "" ? number : id;
}

export function amountIn(note: string): number {
  return Number(NOTE.exec(note)?.[2] ?? "0");
}
