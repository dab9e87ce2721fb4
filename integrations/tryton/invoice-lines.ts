import type { CreditNote, DocumentLine, Invoice } from "#sdk/accounting";

import { unitPrice } from "./amounts.ts";
import type { Values } from "./client.ts";
import type { Desk } from "./desk.ts";
import { decimal, money } from "./wire.ts";

export type InvoiceDocument = Invoice | CreditNote;

/** A credit note is an invoice with everything the other way round. */
export function signOf({ kind }: InvoiceDocument): 1 | -1 {
  return kind === "invoice" ? 1 : -1;
}

/** The lines as Tryton wants them: net, with the price of one. */
export async function lineValues(document: InvoiceDocument, desk: Desk): Promise<Values[]> {
  const values: Values[] = [];
  for (const line of document.lines) values.push(await valuesOf(line, document, desk));
  return values;
}

async function valuesOf(
  line: DocumentLine,
  document: InvoiceDocument,
  desk: Desk,
): Promise<Values> {
  const { currency } = document;
  const { description, quantity = 1, role } = line;
  const netMinor = signOf(document) * (line.grossMinor - line.taxMinor);
  const price = unitPrice(netMinor, quantity, currency);
  const account = await desk.account(role);
  const code = shownTax(line);
  const tax = code === undefined ? undefined : await desk.tax(code);
  return {
    type: "line",
    description: price === undefined ? `${quantity} × ${description}` : description,
    quantity: price === undefined ? 1 : quantity,
    unit_price: price === undefined ? money(netMinor, currency) : decimal(price),
    account: account.id,
    taxes: tax === undefined ? [] : [["add", [tax.id]]],
    company: desk.company.id,
    currency: (await desk.currency(currency)).id,
  };
}

/** A line for cents that Tryton's arithmetic differs by. */
export async function roundingLine(
  amountMinor: number,
  currency: string,
  desk: Desk,
): Promise<Values> {
  return {
    type: "line",
    description: "Rounding",
    quantity: 1,
    unit_price: money(amountMinor, currency),
    account: (await desk.account("rounding")).id,
    company: desk.company.id,
    currency: (await desk.currency(currency)).id,
  };
}

/** What the booking says of each tax, by Tryton's id of it. */
export async function taxesOf(
  document: InvoiceDocument,
  desk: Desk,
): Promise<Map<number, { name: string; minor: number }>> {
  const taxes = new Map<number, { name: string; minor: number }>();
  for (const line of document.lines) {
    const code = shownTax(line);
    if (code === undefined) continue;
    const { taxMinor } = line;
    const { id, name } = await desk.tax(code);
    const minor = (taxes.get(id)?.minor ?? 0) + signOf(document) * taxMinor;
    taxes.set(id, { name, minor });
  }
  return taxes;
}

/** Taxed by margin: the tax has a name, and is not shown. */
export function shownTax({ taxCode, ratePercent, taxMinor }: DocumentLine): string | undefined {
  return ratePercent === undefined && taxMinor === 0 ? undefined : taxCode;
}
