/**
 * The tax inside a price, rounded half away from zero; exact whatever the decimals of the rate.
 *
 * @param ratePercent Decimal number as text: `21`, `5.5`.
 */
export function taxWithin(grossMinor: number, ratePercent: string | undefined): number {
  if (ratePercent === undefined) return 0;
  const [whole = "0", fraction = ""] = ratePercent.split(".");
  const scale = 10n ** BigInt(fraction.length);
  const rate = BigInt(whole + fraction);
  return Number(divideRounded(BigInt(grossMinor) * rate, 100n * scale + rate));
}

/**
 * Splits a whole by weights without losing a cent: the largest remainders get what is left over.
 *
 * @param weights Any numbers of one sign; all zero: the first gets everything.
 */
export function splitByWeight(wholeMinor: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (sum === 0) return weights.map((_, index) => (index === 0 ? wholeMinor : 0));
  const shares = weights.map((weight, index) => {
    const product = BigInt(wholeMinor) * BigInt(weight);
    const floor = floorDivide(product, BigInt(sum));
    return { index, floor: Number(floor), rest: product - floor * BigInt(sum) };
  });
  const isNegative = sum < 0;
  const byRest = shares.toSorted((a, b) => compare(b.rest, a.rest) * (isNegative ? -1 : 1));
  let left = wholeMinor - shares.reduce((total, { floor }) => total + floor, 0);
  const parts = shares.map(({ floor }) => floor);
  for (const { index } of byRest) {
    if (left === 0) break;
    parts[index] = (parts[index] ?? 0) + 1;
    left -= 1;
  }
  return parts;
}

/** A share of an amount, rounded half away from zero. @param percent Decimal number as text. */
export function percentOf(amountMinor: number, percent: string): number {
  const [whole = "0", fraction = ""] = percent.split(".");
  const scale = 10n ** BigInt(fraction.length);
  return Number(divideRounded(BigInt(amountMinor) * BigInt(whole + fraction), 100n * scale));
}

function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const isNegative = dividend < 0n;
  const absolute = isNegative ? -dividend : dividend;
  const rounded = (absolute * 2n + divisor) / (divisor * 2n);
  return isNegative ? -rounded : rounded;
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const isBelow = dividend % divisor !== 0n && dividend < 0n !== divisor < 0n;
  return isBelow ? quotient - 1n : quotient;
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
