import { z } from "zod";

import { formatAmount, parseMoney } from "#sdk";

/** How Tryton writes values in JSON, and how we read them. No amount passes through a float. */

export interface WireDecimal {
  __class__: "Decimal";
  decimal: string;
}

export interface WireDate {
  __class__: "date";
  year: number;
  month: number;
  day: number;
}

export interface WireBytes {
  __class__: "bytes";
  base64: string;
}

/** @param text A plain decimal number: `-12.3400`. */
export function decimal(text: string): WireDecimal {
  return { __class__: "Decimal", decimal: text };
}

export function money(amountMinor: number, currency: string): WireDecimal {
  return decimal(formatAmount({ amountMinor, currency }));
}

/** @param day `YYYY-MM-DD` */
export function date(day: string): WireDate {
  const [year = 0, month = 0, dayOfMonth = 0] = day.split("-").map(Number);
  return { __class__: "date", year, month, day: dayOfMonth };
}

export function bytes(content: Buffer): WireBytes {
  return { __class__: "bytes", base64: content.toString("base64") };
}

/** Reads a decimal as plain text; Python writes zeros and large sums as `0E-4` and `1E+3` too. */
export const asDecimal = z
  .object({ __class__: z.literal("Decimal"), decimal: z.string() })
  .transform((value) => plainDecimal(value.decimal));

export const asDay = z
  .object({ __class__: z.literal("date"), year: z.int(), month: z.int(), day: z.int() })
  .transform(({ year, month, day }) => [pad(year, 4), pad(month, 2), pad(day, 2)].join("-"));

/** SQLite has no booleans: some come as 0 and 1. */
export const asBoolean = z
  .union([z.boolean(), z.number()])
  .nullable()
  .transform((value) => value === true || value === 1);

/** The id of a linked record. */
export const asId = z.int();

/** For `like`, as Tryton's own `escape_wildcard`. */
export function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}

export function minorOf(decimalText: string, currency: string): number {
  return parseMoney(decimalText, currency).amountMinor;
}

/** Writes the exponent out. */
export function plainDecimal(text: string): string {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?[eE]([+-]?\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point >= digits.length) return sign + digits.padEnd(point, "0");
  const padded = digits.padStart(digits.length - Math.min(point, 0) + 1, "0");
  const at = padded.length - (digits.length - point);
  return `${sign}${padded.slice(0, at)}.${padded.slice(at)}`;
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}
