import { PermanentError } from "#sdk";
import type { CreditNote as CreditNoteDocument, Posted, WriteOff } from "#sdk/accounting";

import { accountCode } from "./accounts.ts";
import { decimal, minor } from "./amounts.ts";
import { counts, type Desk, isDraft, LINKS } from "./desk.ts";
import { sharesOf } from "./invoices.ts";
import { lineOf, plainLine, roundingLine, type XeroLine } from "./lines.ts";
import { CreditNote } from "./shapes.ts";
import { is } from "./where.ts";

/** What it gives back is set against its invoice by an application, which comes by itself. */
export async function postCreditNote(desk: Desk<CreditNoteDocument>): Promise<Posted> {
  const { document, config } = desk;
  const lines = document.lines.map((line) => lineOf(line, document.currency, config));
  const { note, roundingMinor } = await putCreditNote(desk, lines, "Inclusive");
  return {
    externalId: note.CreditNoteID,
    number: desk.number,
    link: LINKS.creditNote(note.CreditNoteID),
    ...(roundingMinor !== 0 && { roundingMinor }),
  };
}

/**
 * A credit note over the cents, set against the invoice. Receivables take no journals, and a payment
 * into the account of rounding would need a switch there that few have set.
 */
export async function postWriteOff(desk: Desk<WriteOff>): Promise<Posted> {
  const { document, config, client } = desk;
  const { currency, totalMinor, to } = document;
  const line = plainLine(
    `Not asked for: ${to}`,
    totalMinor,
    currency,
    accountCode(config, "rounding"),
  );
  const { note } = await putCreditNote(desk, [line], "NoTax");
  const result = {
    externalId: note.CreditNoteID,
    number: desk.number,
    link: LINKS.creditNote(note.CreditNoteID),
  };
  const left = minor(note.RemainingCredit, currency);
  if (isDraft(note) || left === 0) return result;
  for (const { invoice, amountMinor } of await sharesOf(desk, to, left)) {
    await client.send({
      ...{ method: "PUT", path: `CreditNotes/${note.CreditNoteID}/Allocations` },
      query: { summarizeErrors: true },
      body: { Allocations: [allocation(invoice.InvoiceID, amountMinor, desk)] },
      key: desk.key(`allocate ${invoice.InvoiceNumber}`),
    });
  }
  return result;
}

export function allocation(invoiceId: string, amountMinor: number, { document }: Desk): object {
  return {
    Invoice: { InvoiceID: invoiceId },
    Amount: decimal(amountMinor, document.currency),
    Date: document.on,
  };
}

interface Put {
  note: CreditNote;
  roundingMinor: number;
}

async function putCreditNote(
  desk: Desk,
  lines: XeroLine[],
  amounts: "Inclusive" | "NoTax",
): Promise<Put> {
  const { document, posting, config, number } = desk;
  const { currency, totalMinor } = document;
  const found = posting.mayExist ? await byNumber(desk) : undefined;
  let note = found ?? (await create(desk, lines, amounts));
  if (note.Status !== "DRAFT") return { note, roundingMinor: 0 };
  const roundingMinor = totalMinor - minor(note.Total, currency);
  if (roundingMinor !== 0) {
    const LineItems = [...lines, roundingLine(roundingMinor, currency, config)];
    note = await update(desk, note, "rounding", { LineItems });
    if (minor(note.Total, currency) !== totalMinor) {
      throw new PermanentError(`${number}: Xero makes ${note.Total} of it; look there`);
    }
  }
  if (config.documents === "final") {
    note = await update(desk, note, "approve", { Status: "AUTHORISED" });
  }
  return { note, roundingMinor };
}

async function create(
  desk: Desk,
  lines: XeroLine[],
  amounts: "Inclusive" | "NoTax",
): Promise<CreditNote> {
  const { client, config, document, number, posting } = desk;
  const body = {
    Type: "ACCRECCREDIT",
    Contact: { ContactID: await desk.contact() },
    CreditNoteNumber: number,
    Reference: posting.title.slice(0, 255),
    Date: document.on,
    LineAmountTypes: amounts,
    CurrencyCode: document.currency,
    LineItems: lines,
    Status: "DRAFT",
    ...(config.brandingThemeId !== undefined && { BrandingThemeID: config.brandingThemeId }),
  };
  return client.first(
    {
      ...{ method: "PUT", path: "CreditNotes", query: { summarizeErrors: true, unitdp: 4 } },
      ...{ body: { CreditNotes: [body] }, key: desk.key("create") },
    },
    "CreditNotes",
    CreditNote,
  );
}

async function update(
  desk: Desk,
  { CreditNoteID }: CreditNote,
  step: string,
  change: object,
): Promise<CreditNote> {
  return desk.client.first(
    {
      ...{ method: "POST", path: `CreditNotes/${CreditNoteID}`, query: { unitdp: 4 } },
      body: { CreditNotes: [{ CreditNoteID, ...change }] },
      key: desk.key(step),
    },
    "CreditNotes",
    CreditNote,
  );
}

async function byNumber({ client, number }: Desk): Promise<CreditNote | undefined> {
  const found = await client.list("CreditNotes", CreditNote, is("CreditNoteNumber", number));
  return found.find(counts);
}

/** @throws RetryableError while nobody has approved it. */
export async function approvedCreditNote(desk: Desk, id: string): Promise<CreditNote> {
  const call = { method: "GET", path: `CreditNotes/${id}` } as const;
  const note = await desk.client.first(call, "CreditNotes", CreditNote);
  if (isDraft(note)) throw desk.waitFor(note.CreditNoteNumber);
  return note;
}
