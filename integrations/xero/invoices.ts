import { PermanentError } from "#sdk";
import type { Deferral, Invoice as InvoiceDocument, Posted } from "#sdk/accounting";

import { accountCode } from "./accounts.ts";
import { minor } from "./amounts.ts";
import { RefusedError } from "./answer.ts";
import { counts, type Desk, isDraft, LINKS } from "./desk.ts";
import { lineOf, plainLine, roundingLine, type XeroLine } from "./lines.ts";
import { Invoice } from "./shapes.ts";
import { beginsWith, is } from "./where.ts";

const LONGEST_REFERENCE = 255;

/** What an invoice is made of, whatever document it stands for. */
export interface Draft {
  number: string;
  reference: string;
  on: string;
  dueOn?: string;
  currency: string;
  /** Amounts with their tax in them, or free of any. */
  amounts: "Inclusive" | "NoTax";
  lines: XeroLine[];
  totalMinor: number;
  /** Nobody has to approve it. */
  isFinal: boolean;
}

export async function postInvoice(desk: Desk<InvoiceDocument>): Promise<Posted> {
  const { document, config, posting } = desk;
  const { currency, totalMinor, on, dueOn } = document;
  return putInvoice(desk, {
    ...{ number: desk.number, reference: posting.title, on, currency, totalMinor },
    ...(dueOn !== undefined && { dueOn }),
    amounts: "Inclusive",
    lines: document.lines.map((line) => lineOf(line, currency, config)),
    isFinal: config.documents === "final",
  });
}

/**
 * An invoice over nothing that moves income to the account of what is not earned yet, or back.
 * Manual journals would do for the organisation's own currency only, and Xero does not keep two of
 * one number apart; this way of deferring is an old one among its users.
 */
export async function postDeferral(desk: Desk<Deferral>): Promise<Posted> {
  const { document, config, posting } = desk;
  const { currency, on, totalMinor, of } = document;
  const move = (role: "revenue" | "deferred", amountMinor: number) => {
    const what = totalMinor > 0 ? "Not earned yet" : "Earned now";
    return plainLine(`${what}: ${of}`, amountMinor, currency, accountCode(config, role));
  };
  return putInvoice(desk, {
    ...{ number: desk.number, reference: posting.title, on, currency, totalMinor: 0 },
    amounts: "NoTax",
    lines: [move("revenue", -totalMinor), move("deferred", totalMinor)],
    isFinal: config.documents === "final",
  });
}

/** Finds or makes it, puts its total right, and lets it count unless a person is to look at it. */
export async function putInvoice(desk: Desk, draft: Draft): Promise<Posted> {
  const { posting } = desk;
  const known = posting.mayExist ? await invoiceByNumber(desk, draft.number) : undefined;
  const invoice = known ?? (await create(desk, draft));
  const id = invoice.InvoiceID;
  const result = { externalId: id, number: draft.number, link: LINKS.invoice(id) };
  if (invoice.Status !== "DRAFT") return result;
  const differsMinor = draft.totalMinor - minor(invoice.Total, draft.currency);
  if (differsMinor !== 0) {
    const LineItems = [...draft.lines, roundingLine(differsMinor, draft.currency, desk.config)];
    const changed = await update(desk, invoice, "rounding", { LineItems });
    if (minor(changed.Total, draft.currency) !== draft.totalMinor) {
      throw new PermanentError(`${draft.number}: Xero makes ${changed.Total} of it; look there`);
    }
  }
  if (draft.isFinal) await update(desk, invoice, "approve", { Status: "AUTHORISED" });
  return { ...result, ...(differsMinor !== 0 && { roundingMinor: differsMinor }) };
}

async function create(desk: Desk, draft: Draft): Promise<Invoice> {
  const { config, client } = desk;
  const body = {
    Type: "ACCREC",
    Contact: { ContactID: await desk.contact() },
    InvoiceNumber: draft.number,
    Reference: draft.reference.slice(0, LONGEST_REFERENCE),
    Date: draft.on,
    DueDate: draft.dueOn ?? draft.on,
    LineAmountTypes: draft.amounts,
    CurrencyCode: draft.currency,
    LineItems: draft.lines,
    // Not AUTHORISED at once: it could not be put right any more.
    Status: "DRAFT",
    ...(config.brandingThemeId !== undefined && { BrandingThemeID: config.brandingThemeId }),
  };
  try {
    return await client.first(
      {
        ...{ method: "PUT", path: "Invoices", query: { summarizeErrors: true, unitdp: 4 } },
        ...{ body: { Invoices: [body] }, key: `${draft.number} create` },
      },
      "Invoices",
      Invoice,
    );
  } catch (error) {
    const isTaken =
      error instanceof RefusedError && error.reasons.some((reason) => /unique/i.test(reason));
    const known = isTaken ? await invoiceByNumber(desk, draft.number) : undefined;
    if (!known) throw error;
    return known;
  }
}

/** @param change Fields that take new values; the others stay. */
async function update(
  { client }: Desk,
  { InvoiceID, InvoiceNumber }: Invoice,
  step: string,
  change: object,
): Promise<Invoice> {
  return client.first(
    {
      ...{ method: "POST", path: `Invoices/${InvoiceID}`, query: { unitdp: 4 } },
      ...{ body: { Invoices: [{ InvoiceID, ...change }] }, key: `${InvoiceNumber} ${step}` },
    },
    "Invoices",
    Invoice,
  );
}

async function invoiceByNumber({ client }: Desk, number: string): Promise<Invoice | undefined> {
  const found = await client.list("Invoices", Invoice, is("InvoiceNumber", number));
  return found.find(counts);
}

/** @throws RetryableError while nobody has approved it. */
export async function approvedInvoice(desk: Desk, id: string): Promise<Invoice> {
  const call = { method: "GET", path: `Invoices/${id}` } as const;
  const invoice = await desk.client.first(call, "Invoices", Invoice);
  if (isDraft(invoice)) throw desk.waitFor(invoice.InvoiceNumber);
  return invoice;
}

/** Says on an invoice that it opens another one again; it is found by this. */
export function againReference(number: string): string {
  return `${number} is to be paid again`;
}

/** A part of an amount, and the invoice it is for. */
export interface Share {
  invoice: Invoice;
  amountMinor: number;
}

/**
 * Spreads an amount over an invoice and those that have opened it again, the oldest first.
 *
 * @throws PermanentError when less is owed.
 */
export async function sharesOf(desk: Desk, key: string, amountMinor: number): Promise<Share[]> {
  const { currency } = desk.document;
  const invoice = await approvedInvoice(desk, desk.idOf(key));
  const shares: Share[] = [];
  let restMinor = amountMinor;
  const take = (one: Invoice) => {
    const partMinor = Math.min(restMinor, minor(one.AmountDue, currency));
    if (partMinor > 0) shares.push({ invoice: one, amountMinor: partMinor });
    restMinor -= Math.max(0, partMinor);
  };
  take(invoice);
  if (restMinor > 0) for (const one of await openedAgain(desk, invoice.InvoiceNumber)) take(one);
  if (restMinor > 0) {
    throw new PermanentError(
      `${desk.number}: in Xero ${invoice.InvoiceNumber} has only ${invoice.AmountDue} ${currency} left to pay`,
    );
  }
  return shares;
}

export async function openedAgain(desk: Desk, number: string): Promise<Invoice[]> {
  const where = beginsWith("InvoiceNumber", desk.numberOf("refund:"));
  const found = await desk.client.list("Invoices", Invoice, where);
  return found.filter((one) => counts(one) && one.Reference === againReference(number));
}
