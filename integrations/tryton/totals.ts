import { ConfigurationError, formatAmount } from "#sdk";

import type { Desk } from "./desk.ts";
import { roundingLine, signOf, taxesOf, type InvoiceDocument } from "./invoice-lines.ts";
import { asDecimal, asId, minorOf, money } from "./wire.ts";

const MODEL = "account.invoice";
const TaxRow = { id: asId, tax: asId.nullable(), amount: asDecimal };

/**
 * Brings a draft to the total of the document, to the cent. The booking system takes tax out of each
 * line, Tryton puts it on the sum of lines, so they differ by a cent or two every other time. A tax
 * is then given the amount that guests were told; what is left, if anything, becomes a line of
 * rounding.
 *
 * @returns what Tryton's own arithmetic differed by.
 * @throws ConfigurationError when they differ by more than rounding can: the taxes are other ones.
 */
export async function agreeOnTotal(
  id: number,
  document: InvoiceDocument,
  desk: Desk,
): Promise<number> {
  const { tryton } = desk;
  await tryton.press(MODEL, "validate_invoice", [id]);
  const difference = await differenceOf(id, document, desk);
  const corrections = await taxCorrections(id, document, desk);
  if (corrections.length > 0) {
    await change(id, { taxes: corrections }, desk);
  }
  const rest = corrections.length > 0 ? await differenceOf(id, document, desk) : difference;
  if (rest === 0) return difference;

  if (Math.abs(rest) > toleranceOf(document)) throw wrongTaxes(rest, document);
  const line = await roundingLine(rest, document.currency, desk);
  await change(id, { lines: [["create", [line]]] }, desk);
  const left = await differenceOf(id, document, desk);
  if (left !== 0) throw wrongTaxes(left, document);
  return difference;
}

/** Only a draft can be written, and only a validated one knows its taxes. */
async function change(id: number, values: object, { tryton }: Desk): Promise<void> {
  await tryton.press(MODEL, "draft", [id]);
  await tryton.write(MODEL, [id], { ...values });
  await tryton.press(MODEL, "validate_invoice", [id]);
}

async function differenceOf(id: number, document: InvoiceDocument, desk: Desk): Promise<number> {
  const [row] = await desk.tryton.read(MODEL, [id], { total_amount: asDecimal });
  const total = minorOf(row?.total_amount ?? "0", document.currency);
  return signOf(document) * document.totalMinor - total;
}

/** What to write into the taxes of an invoice whose amounts are not those of the booking. */
async function taxCorrections(
  id: number,
  document: InvoiceDocument,
  desk: Desk,
): Promise<unknown[]> {
  const wanted = await taxesOf(document, desk);
  if (wanted.size === 0) return [];
  const rows = await desk.tryton.searchRead("account.invoice.tax", [["invoice", "=", id]], TaxRow);
  const amounts = rows.map((row) => ({ ...row, minor: minorOf(row.amount, document.currency) }));
  return Array.from(wanted, ([tax, { name, minor }]) => {
    // Lines that charge and lines that give back are counted apart. A tax that is made of several
    // has no amount of its own in the booking.
    const own = amounts.filter((row) => row.tax === tax);
    const [largest] = own.toSorted((a, b) => Math.abs(b.minor) - Math.abs(a.minor));
    if (largest === undefined) return [];
    const difference = minor - own.reduce((sum, row) => sum + row.minor, 0);
    if (Math.abs(difference) > toleranceOf(document)) throw wrongTaxes(difference, document, name);
    const amount = money(largest.minor + difference, document.currency);
    return difference === 0 ? [] : [["write", [largest.id], { amount }]];
  }).flat();
}

/** Half a cent for each line, and one for each tax. */
function toleranceOf({ lines }: InvoiceDocument): number {
  return lines.length + 1;
}

function wrongTaxes(
  differenceMinor: number,
  { currency, lines }: InvoiceDocument,
  tax?: string,
): ConfigurationError {
  const difference = formatAmount({ amountMinor: Math.abs(differenceMinor), currency });
  const codes = [...new Set(lines.flatMap(({ taxCode }) => taxCode ?? []))].join(", ") || "none";
  return new ConfigurationError(
    `Tryton's ${tax === undefined ? "total" : `tax "${tax}"`} differs from the booking's by ` +
      `${difference} ${currency}, more than rounding does: look at settings.taxes (${codes})`,
  );
}
