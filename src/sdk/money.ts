import { PermanentError } from "./errors.ts";
import { FormatCache } from "./format-cache.ts";

const formats = new FormatCache<Intl.NumberFormat>();

/** An amount in the smallest unit of its currency, so that sums are exact: 12.50 EUR is 1250. */
export interface Money {
  readonly amountMinor: number;
  /** ISO 4217 code in capitals. */
  readonly currency: string;
}

// ISO 4217 gives two decimals to every currency but these. `Intl` is not asked: its data follow
// everyday use (no decimals for IQD), not the standard that booking systems and banks write in.
const DECIMALS: Readonly<Record<string, number>> = {
  ...decimals(0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
  ...decimals(3, "BHD IQD JOD KWD LYD OMR TND"),
  ...decimals(4, "CLF UYW"),
};

function decimals(count: number, codes: string): Record<string, number> {
  return Object.fromEntries(codes.split(" ").map((code) => [code, count]));
}

/** How many decimals the currency has by ISO 4217. */
export function decimalsOf(currency: string): number {
  return DECIMALS[currency] ?? 2;
}

/**
 * Reads a decimal number such as `1234.5`, `12000.00` or `-0.50` without passing through a binary
 * float. More decimals than the currency has are rounded half away from zero.
 *
 * @throws PermanentError when the text is not a plain decimal number or the currency not a code.
 */
export function parseMoney(text: string, currency: string): Money {
  const code = currency.trim().toUpperCase();
  if (!/^[A-Z]{3}$/.test(code)) throw new PermanentError(`not a currency code: "${currency}"`);
  const match = /^([+-]?)(\d{1,15})(?:\.(\d{0,10}))?$/.exec(text.trim());
  if (!match) throw new PermanentError(`not an amount of money: "${text.slice(0, 40)}"`);

  const [, sign, whole = "0", fraction = ""] = match;
  const places = decimalsOf(code);
  const minor = Number(whole + fraction.slice(0, places).padEnd(places, "0"));
  const roundsUp = (fraction[places] ?? "0") >= "5";
  const amountMinor = minor + (roundsUp ? 1 : 0);
  if (!Number.isSafeInteger(amountMinor)) {
    throw new PermanentError(`amount too large: "${text.slice(0, 40)}"`);
  }
  return {
    amountMinor: sign === "-" && amountMinor > 0 ? -amountMinor : amountMinor,
    currency: code,
  };
}

/** The plain decimal number, with as many decimals as the currency has: `1234.50`, `12000`. */
export function formatAmount({ amountMinor, currency }: Money): string {
  const places = decimalsOf(currency);
  const digits = String(Math.abs(amountMinor)).padStart(places + 1, "0");
  const sign = amountMinor < 0 ? "-" : "";
  if (places === 0) return sign + digits;
  return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** As people write it in a language: `€1,234.50`, `1 234,50 €`. */
export function formatMoney(money: Money, language = "en"): string {
  const { currency } = money;
  const format = formats.get(`${language}|${currency}`, () => {
    const places = decimalsOf(currency);
    return new Intl.NumberFormat(language, {
      style: "currency",
      currency,
      minimumFractionDigits: places,
      maximumFractionDigits: places,
    });
  });
  // A decimal string keeps every digit; the type of the Node 20 library only knows numbers.
  return format.format(formatAmount(money) as unknown as number);
}

/** @throws PermanentError when the currencies differ: sums over currencies have no meaning. */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) {
    throw new PermanentError(`cannot add ${b.currency} to ${a.currency}`);
  }
  return { amountMinor: a.amountMinor + b.amountMinor, currency: a.currency };
}

export function negateMoney(money: Money): Money {
  return { amountMinor: 0 - money.amountMinor, currency: money.currency };
}

export function isSameMoney(a: Money, b: Money): boolean {
  return a.amountMinor === b.amountMinor && a.currency === b.currency;
}
