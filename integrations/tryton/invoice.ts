import { z } from "zod";

import { kindOf, messageOf, PermanentError } from "#sdk";
import type { Posted, Posting } from "#sdk/accounting";

import type { Values } from "./client.ts";
import type { Desk } from "./desk.ts";
import { findInvoice, type InvoiceRecord } from "./find-invoice.ts";
import { lineValues, signOf, type InvoiceDocument } from "./invoice-lines.ts";
import { openPeriod } from "./periods.ts";
import { postedBy } from "./reference.ts";
import { agreeOnTotal } from "./totals.ts";
import { asDay, asId, date, minorOf } from "./wire.ts";

const MODEL = "account.invoice";

/** Posts an invoice or a credit note, or goes on with one that an earlier try has left behind. */
export async function postInvoice(posting: Posting<InvoiceDocument>, desk: Desk): Promise<Posted> {
  const found = await findInvoice(posting.number, desk);
  if (found !== undefined && isPosted(found)) {
    checkTotal(found, posting);
    return postedAs(found.id, desk);
  }
  // Looked at before anything is written, so that a closed period leaves no draft behind.
  await openPeriod(posting.document.on, desk.tryton);
  const id =
    found === undefined ? await draftInvoice(posting, desk) : await rewrite(found, posting, desk);
  const { roundingMinor } = await agreeOnTotal(id, posting.document, desk);
  await post(id, posting, desk);
  const posted = await postedAs(id, desk);
  return roundingMinor === 0 ? posted : { ...posted, roundingMinor };
}

function isPosted({ state }: InvoiceRecord): boolean {
  return state === "posted" || state === "paid";
}

function checkTotal(found: InvoiceRecord, { number, document }: Posting<InvoiceDocument>): void {
  const total = minorOf(found.total_amount, document.currency);
  if (total === signOf(document) * document.totalMinor) return;
  throw new PermanentError(
    `Tryton has ${number} already, as ${found.number ?? "an invoice"} with another total`,
  );
}

async function postedAs(id: number, desk: Desk): Promise<Posted> {
  const [row] = await desk.tryton.read(MODEL, [id], { number: z.string().nullable() });
  const number = row?.number ?? undefined;
  const externalId = `${MODEL},${id}`;
  return { ...postedBy(externalId, desk), ...(number !== undefined && { number }) };
}

export async function draftInvoice(posting: Posting<InvoiceDocument>, desk: Desk): Promise<number> {
  const { company, tryton } = desk;
  const values = await headValues(posting, desk);
  const lines = await lineValues(posting.document, desk);
  const id = await tryton.create(MODEL, {
    ...values,
    type: "out",
    company: company.id,
    currency: (await desk.currency(posting.document.currency)).id,
    lines: [["create", lines]],
  });
  // A new draft has no taxes yet: Tryton counts them whenever a draft is written.
  await tryton.write(MODEL, [id], { reference: posting.number });
  return id;
}

/** A draft may be of settings that were put right since, so its lines are made anew. */
async function rewrite(
  { id, state }: InvoiceRecord,
  posting: Posting<InvoiceDocument>,
  desk: Desk,
): Promise<number> {
  const { tryton } = desk;
  const values = await headValues(posting, desk);
  const lines = await lineValues(posting.document, desk);
  if (state !== "draft") await tryton.press(MODEL, "draft", [id]);
  const old = { lines: z.array(asId), taxes: z.array(asId) };
  const [row] = await tryton.read(MODEL, [id], old);
  await tryton.write(MODEL, [id], {
    ...values,
    lines: [
      ["delete", row?.lines ?? []],
      ["create", lines],
    ],
    taxes: [["delete", row?.taxes ?? []]],
  });
  return id;
}

async function headValues(posting: Posting<InvoiceDocument>, desk: Desk): Promise<Values> {
  const { number, title, document } = posting;
  const owner = await desk.party(posting);
  const receivable = await desk.account("receivable");
  return {
    party: owner.id,
    invoice_address: owner.address,
    account: receivable.id,
    journal: await desk.journal("sales"),
    reference: number,
    description: title,
    invoice_date: date(document.on),
    ...(document.note !== undefined && { comment: document.note }),
    ...(await dueValues(document, desk)),
  };
}

/** A day to pay by stands for itself; a term would count its days from there. */
async function dueValues(document: InvoiceDocument, desk: Desk): Promise<Values> {
  if (document.kind === "invoice" && document.dueOn !== undefined) {
    return { payment_term_date: date(document.dueOn) };
  }
  const term = await desk.paymentTerm();
  return term === undefined ? {} : { payment_term: term };
}

async function post(id: number, { document }: Posting<InvoiceDocument>, desk: Desk): Promise<void> {
  const { tryton } = desk;
  try {
    await tryton.press(MODEL, "post", [id]);
  } catch (error) {
    const on = await laterDay(error, desk);
    if (on === undefined) throw error;
    await openPeriod(on, tryton);
    tryton.context.log.warn(
      { on: document.on, postedOn: on },
      "invoice dated after the newest one",
    );
    const note = `Of ${document.on}; dated ${on} because a later invoice had been numbered already.`;
    await tryton.write(MODEL, [id], {
      invoice_date: date(on),
      comment: [document.note, note].filter((text) => text !== undefined).join("\n"),
    });
    await tryton.press(MODEL, "post", [id]);
  }
}

const NumberedRow = {
  number: z.string(),
  invoice_date: asDay.nullable(),
  accounting_date: asDay.nullable(),
  sequence: asId,
};

/**
 * Tryton numbers invoices in the order of their days and refuses one that comes late. It then gets
 * the day of the newest in the same sequence: the order is the law's, and the day is when it is
 * really issued.
 *
 * @returns undefined when it was refused for another reason.
 */
async function laterDay(error: unknown, { tryton, company }: Desk): Promise<string | undefined> {
  if (kindOf(error) !== "permanent") return undefined;
  const [, newer] = /has already been used for invoice "([^"]+)"/.exec(messageOf(error)) ?? [];
  if (newer === undefined) return undefined;
  const [number = ""] = newer.split(" [");
  const read = (domain: readonly unknown[]) =>
    tryton.searchRead(
      "account.invoice",
      [["company", "=", company.id], ["type", "=", "out"], ...domain],
      NumberedRow,
      { order: [["invoice_date", "DESC"]], limit: 100 },
    );
  const [known] = await read([["number", "=", number]]);
  if (known === undefined) return undefined;
  const rows = await read([["sequence", "=", known.sequence]]);
  const days = [known, ...rows].map((row) => row.accounting_date ?? row.invoice_date ?? "");
  return days.reduce((a, b) => (a > b ? a : b));
}
