import { decimalsOf } from "#sdk";
import type { DocumentLine } from "#sdk/accounting";

import { accountCode, NO_TAX, taxType } from "./accounts.ts";
import { decimal } from "./amounts.ts";
import type { XeroConfig } from "./config.ts";

export interface XeroLine {
  Description: string;
  Quantity: number;
  UnitAmount: number;
  AccountCode: string;
  TaxType: string;
  TaxAmount?: number;
}

const LONGEST_TEXT = 4_000;

/**
 * Prices with their tax in them. The tax is the booking system's: Xero would work it out line by
 * line, and a cent next to what the guest has been told is a question by telephone.
 */
export function lineOf(line: DocumentLine, currency: string, config: XeroConfig): XeroLine {
  const { grossMinor, taxMinor, role } = line;
  const type = taxType(config, line);
  return {
    Description: textOf(line.description),
    ...unitsOf(grossMinor, line.quantity, currency),
    AccountCode: accountCode(config, role),
    TaxType: type,
    ...(type !== NO_TAX && { TaxAmount: decimal(taxMinor, currency) }),
  };
}

/** A line that no tax concerns. */
export function plainLine(
  description: string,
  amountMinor: number,
  currency: string,
  code: string,
): XeroLine {
  return {
    Description: textOf(description),
    Quantity: 1,
    UnitAmount: decimal(amountMinor, currency),
    AccountCode: code,
    TaxType: NO_TAX,
  };
}

export function roundingLine(amountMinor: number, currency: string, config: XeroConfig): XeroLine {
  return plainLine("Rounding", amountMinor, currency, accountCode(config, "rounding"));
}

/**
 * The quantity where the amount can be told by it: Xero multiplies and rounds, with four decimals
 * of the price (`unitdp=4`). Else one piece, so that the sum is right.
 */
function unitsOf(grossMinor: number, quantity: number | undefined, currency: string) {
  const gross = decimal(grossMinor, currency);
  if (quantity === undefined || quantity === 1) return { Quantity: 1, UnitAmount: gross };
  const unit = Number((gross / quantity).toFixed(4));
  const factor = 10 ** Math.min(2, decimalsOf(currency));
  const isExact = Math.round(unit * quantity * factor) === Math.round(gross * factor);
  return isExact && quantity > 0
    ? { Quantity: quantity, UnitAmount: unit }
    : { Quantity: 1, UnitAmount: gross };
}

function textOf(text: string): string {
  const plain = text.replaceAll(/\s+/g, " ").trim();
  return plain === "" ? "-" : plain.slice(0, LONGEST_TEXT);
}
