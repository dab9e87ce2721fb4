import { decimalsOf, formatAmount, PermanentError } from "#sdk";

/** Xero keeps two decimals of every amount, whatever the currency has. */
const XERO_DECIMALS = 2;

/**
 * The number that Xero is sent.
 *
 * @throws PermanentError for thousandths, such as 1.235 KWD: rounded, the books would be off.
 */
export function decimal(amountMinor: number, currency: string): number {
  const more = decimalsOf(currency) - XERO_DECIMALS;
  if (more > 0 && amountMinor % 10 ** more !== 0) {
    const amount = formatAmount({ amountMinor, currency });
    throw new PermanentError(`Xero keeps two decimals: ${amount} ${currency} does not fit`);
  }
  return Number(formatAmount({ amountMinor, currency }));
}

/** The amount that Xero means. Its numbers are decimals that binary floats only come near to. */
export function minor(amount: number, currency: string): number {
  return Math.round(Number((amount * 10 ** decimalsOf(currency)).toFixed(3)));
}
