import { decimalsOf } from "#sdk";

/** Sums of the currency of a document, and what they are in that of the company. Minor units. */
export interface TwoFold {
  minor: number;
  companyMinor: number;
}

export const NOTHING: TwoFold = { minor: 0, companyMinor: 0 };

export function sumOf(parts: readonly TwoFold[]): TwoFold {
  return parts.reduce(
    (sum, part) => ({
      minor: sum.minor + part.minor,
      companyMinor: sum.companyMinor + part.companyMinor,
    }),
    NOTHING,
  );
}

/** `minor` in the company's currency, at the rate at which `whole` was posted. */
export function atRateOf(whole: TwoFold, minor: number): number {
  if (whole.minor === 0 || whole.minor === minor)
    return whole.minor === 0 ? minor : whole.companyMinor;
  return Number(dividedHalfUp(BigInt(whole.companyMinor) * BigInt(minor), BigInt(whole.minor)));
}

const PRICE_DECIMALS = 4;

/**
 * The price of one, with the four decimals that Tryton gives prices.
 *
 * @returns undefined when no such price makes the amount again, so that the line has to be one piece.
 */
export function unitPrice(
  netMinor: number,
  quantity: number,
  currency: string,
): string | undefined {
  if (!Number.isSafeInteger(quantity) || quantity < 1) return undefined;
  const scale = 10n ** BigInt(PRICE_DECIMALS - decimalsOf(currency));
  const price = dividedHalfUp(BigInt(netMinor) * scale, BigInt(quantity));
  const amount = dividedHalfUp(price * BigInt(quantity), scale);
  return amount === BigInt(netMinor) ? withDecimals(price, PRICE_DECIMALS) : undefined;
}

function withDecimals(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  return `${value < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** Rounds half away from zero. */
function dividedHalfUp(dividend: bigint, divisor: bigint): bigint {
  const isNegative = dividend < 0n !== divisor < 0n;
  const [a, b] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor];
  const rounded = (a * 2n + b) / (b * 2n);
  return isNegative ? -rounded : rounded;
}
