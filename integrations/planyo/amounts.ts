import { kindOf, parseMoney, type Money } from "#sdk";

import type { Remarks } from "./remarks.ts";

/** A value that is shown, shown empty (null), or not part of what we see (undefined). */
export type Shown<T> = T | null | undefined;

/**
 * Reads an amount. One that makes no sense is left out and remarked: the rest of the reservation
 * is still worth having.
 *
 * @param name The field's name, for the remark.
 */
export function readAmount(
  name: string,
  text: Shown<string>,
  currency: Shown<string>,
  remarks: Remarks,
): Shown<Money> {
  if (text === null || text === undefined) return text;
  if (!currency) return undefined; // an amount of nothing; that the currency lacks is remarked
  try {
    return parseMoney(text, currency);
  } catch (error) {
    if (kindOf(error) !== "permanent") throw error;
    remarks.unreadable(name);
    return undefined;
  }
}

/** Reads a number of pieces. */
export function readCount(name: string, text: Shown<string>, remarks: Remarks): number | undefined {
  if (text === null || text === undefined) return undefined;
  if (/^\d{1,9}(?:\.0+)?$/.test(text.trim())) return Number(text);
  remarks.unreadable(name);
  return undefined;
}

/** A ticked check box, a PHP truth, or `yes` as the coupon fields have it. */
export function isOn(text: string | undefined): boolean {
  return ["1", "true", "on", "yes"].includes((text ?? "").toLowerCase());
}
