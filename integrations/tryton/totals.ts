import { z } from "zod";

import { ConfigurationError, formatAmount } from "#sdk";

import type { Desk } from "./desk.ts";
import { roundingLine, signOf, taxesOf, type InvoiceDocument } from "./invoice-lines.ts";
import { asDecimal, asId, minorOf, money } from "./wire.ts";

const MODEL = "account.invoice";
const TaxRow = { id: asId, tax: asId.nullable(), amount: asDecimal };

export interface Agreement {
  /** What Tryton's own arithmetic differed by. */
  differenceMinor: number;
  /** The part of it that a line of rounding makes up for. */
  roundingMinor: number;
}

/**
 * Brings a draft to the total of the document, to the cent. The booking system takes tax out of each
 * line, Tryton puts it on the sum of lines, so they differ by a cent or two every other time. A tax
 * is then given the amount that guests were told; what is left, if anything, becomes a line of
 * rounding.
 *
 * @param id A draft that was written to since it was created: that is when Tryton counts its taxes.
 * @throws ConfigurationError when they differ by more than rounding can: the taxes are other ones.
 */
export async function agreeOnTotal(
  id: number,
  document: InvoiceDocument,
  desk: Desk,
): Promise<Agreement> {
  const { tryton } = desk;
  const counted = await readTotal(id, document, desk);
  const corrections = await taxCorrections(counted, document, desk);
  if (corrections.length > 0) await tryton.write(MODEL, [id], { taxes: corrections });
  const { difference: rest } =
    corrections.length > 0 ? await readTotal(id, document, desk) : counted;
  const differenceMinor = counted.difference;
  if (rest === 0) return { differenceMinor, roundingMinor: 0 };

  if (Math.abs(rest) > toleranceOf(document)) throw wrongTaxes(rest, document);
  const line = await roundingLine(rest, document.currency, desk);
  await tryton.write(MODEL, [id], { lines: [["create", [line]]] });
  const { difference: left } = await readTotal(id, document, desk);
  if (left !== 0) throw wrongTaxes(left, document);
  return { differenceMinor, roundingMinor: rest };
}

interface Counted {
  /** What the document has more than the draft. */
  difference: number;
  taxes: readonly { id: number; tax: number | null; minor: number }[];
}

const TotalRow = { total_amount: asDecimal, "taxes.": z.array(z.object(TaxRow)) };

async function readTotal(id: number, document: InvoiceDocument, desk: Desk): Promise<Counted> {
  const [row] = await desk.tryton.read(MODEL, [id], TotalRow);
  const { currency, totalMinor } = document;
  const total = minorOf(row?.total_amount ?? "0", currency);
  return {
    difference: signOf(document) * totalMinor - total,
    taxes: (row?.["taxes."] ?? []).map((tax) => ({ ...tax, minor: minorOf(tax.amount, currency) })),
  };
}

/** What to write into the taxes of an invoice whose amounts are not those of the booking. */
async function taxCorrections(
  { taxes }: Counted,
  document: InvoiceDocument,
  desk: Desk,
): Promise<unknown[]> {
  const wanted = await taxesOf(document, desk);
  return Array.from(wanted, ([tax, { name, minor }]) => {
    // Lines that charge and lines that give back are counted apart. A tax that is made of several
    // has no amount of its own in the booking.
    const own = taxes.filter((row) => row.tax === tax);
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
