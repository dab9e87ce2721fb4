import { createHash } from "node:crypto";

import type { Booking, Payment } from "../booking.ts";
import type { EventPayment } from "../booking-event.ts";
import type { MoneyMoved } from "./sale.ts";

/** Money that moved at the source and is not in the books yet. Negative: it went back. */
export interface MoneyDue {
  /** The same at every look, however often the payment is told. */
  id: string;
  amountMinor: number;
  currency: string;
  method?: string;
  /** As the source writes it. */
  paidAt?: string;
  /** A payment that is in the books and that the source does not know any more. */
  isReversal?: boolean;
}

/** A payment that is in the books. */
export interface MoneyBooked {
  id: string;
  amountMinor: number;
  currency: string;
  method?: string;
}

interface Row extends MoneyDue {
  leftMinor: number;
}

/**
 * Compares the payments of a booking with those in the books. Rows of a source have no ids: two that
 * are equal are two, one that is worded anew is still one.
 *
 * @param told What the event says of the payment, for sources that only tell sums.
 */
export function moneyDue(
  booking: Booking,
  booked: readonly MoneyBooked[],
  told?: EventPayment,
): MoneyDue[] {
  if (!booking.payments) return sumDue(booking, booked, told);
  const rows: Row[] = rowsOf(booking.payments).map((row) => ({
    ...row,
    leftMinor: row.amountMinor,
  }));
  const left = sumById(booked);
  settle(rows, left, (row, one) => row.id === one.id);
  const isAlike = (row: Row, one: MoneyBooked) =>
    row.leftMinor === one.amountMinor && (row.method === one.method || one.method === undefined);
  settle(rows, left, (row, one) => row.currency === one.currency && isAlike(row, one));
  const [missing, gone] = [
    rows.filter(hasLeft),
    left.filter(({ amountMinor }) => amountMinor !== 0),
  ];
  // The rows of a payment list have come where only a sum was told before.
  if (isSameSum(missing, gone) && gone.every(({ method }) => method === undefined)) return [];
  return [
    ...gone.map((one) => ({ ...one, amountMinor: -one.amountMinor, isReversal: true })),
    ...missing.map(({ leftMinor, ...row }) => ({ ...row, amountMinor: leftMinor })),
  ];
}

/** What came in and went back in all, in the booking's currency. */
export function moneyMoved(booking: Booking): MoneyMoved {
  const currency = booking.totals?.total?.currency;
  const paid = booking.totals?.paid;
  if (!booking.payments)
    return { receivedMinor: Math.max(0, paid?.amountMinor ?? 0), refundedMinor: 0 };
  const amounts = booking.payments
    .filter(({ amount }) => amount.currency === currency)
    .map(({ amount }) => amount.amountMinor);
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  return {
    receivedMinor: sum(amounts.filter((amount) => amount > 0)),
    refundedMinor: -sum(amounts.filter((amount) => amount < 0)),
  };
}

function hasLeft({ leftMinor }: Row): boolean {
  return leftMinor !== 0;
}

function rowsOf(payments: readonly Payment[]): MoneyDue[] {
  const seen = new Map<string, number>();
  return payments
    .filter(({ amount }) => amount.amountMinor !== 0)
    .map(({ amount, method, paidAt, reference, transactionReference }) => {
      const { amountMinor, currency } = amount;
      const parts = [amountMinor, currency, method, paidAt, reference, transactionReference];
      const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
      const count = (seen.get(hash) ?? 0) + 1;
      seen.set(hash, count);
      return {
        id: `${hash}:${count}`,
        amountMinor,
        currency,
        ...(method !== undefined && { method }),
        ...(paidAt !== undefined && { paidAt }),
      };
    });
}

/** One payment may have become two documents. */
function sumById(booked: readonly MoneyBooked[]): MoneyBooked[] {
  const sums = new Map<string, MoneyBooked>();
  for (const one of booked) {
    const key = `${one.id}|${one.currency}`;
    const before = sums.get(key);
    sums.set(key, { ...one, amountMinor: (before?.amountMinor ?? 0) + one.amountMinor });
  }
  return [...sums.values()];
}

/** Takes off both sides what stands for the same payment. */
function settle(
  rows: readonly Row[],
  booked: readonly MoneyBooked[],
  isSame: (row: Row, one: MoneyBooked) => boolean,
): void {
  for (const row of rows) {
    const one = booked.find(
      (other) => other.amountMinor !== 0 && row.leftMinor !== 0 && isSame(row, other),
    );
    if (!one) continue;
    row.leftMinor -= one.amountMinor;
    one.amountMinor = 0;
  }
}

function isSameSum(missing: readonly Row[], gone: readonly MoneyBooked[]): boolean {
  const sums = new Map<string, number>();
  const add = (currency: string, amount: number) =>
    sums.set(currency, (sums.get(currency) ?? 0) + amount);
  for (const { currency, leftMinor } of missing) add(currency, leftMinor);
  for (const { currency, amountMinor } of gone) add(currency, -amountMinor);
  return missing.length > 0 && [...sums.values()].every((sum) => sum === 0);
}

/** Where the source only says how much has been paid. */
function sumDue(
  { totals }: Booking,
  booked: readonly MoneyBooked[],
  told: EventPayment | undefined,
): MoneyDue[] {
  const paid = totals?.paid;
  if (!paid) return [];
  const { currency } = paid;
  const known = booked
    .filter((one) => one.currency === currency)
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const amountMinor = paid.amountMinor - known;
  if (amountMinor === 0) return [];
  const isTold = told?.amount?.amountMinor === amountMinor && told.amount.currency === currency;
  const { method, paidAt } = isTold ? told : {};
  return [
    {
      id: `paid:${booked.length + 1}`,
      amountMinor,
      currency,
      ...(method !== undefined && { method }),
      ...(paidAt !== undefined && { paidAt }),
    },
  ];
}
