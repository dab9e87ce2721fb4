import { isDeepStrictEqual } from "node:util";

import type { BookingFields, Payment } from "../sdk/booking.ts";
import type { EventPayment } from "../sdk/booking-event.ts";
import { addMoney, type Money, negateMoney } from "../sdk/money.ts";

export interface PaymentChange {
  type: "payment.received" | "payment.refunded" | "payment.removed";
  payment: EventPayment;
}

type Fields = Partial<BookingFields>;

/**
 * The payments that came or went between two states. Payment rows are compared as a multiset,
 * because sources give them no id: two equal payments count twice, one repeated counts once.
 * Without rows the difference of the paid totals says it.
 */
export function paymentChanges(before: Fields, after: Fields): PaymentChange[] {
  if (before.payments && after.payments) {
    return [
      ...without(after.payments, before.payments).map(appeared),
      ...without(before.payments, after.payments).map(disappeared),
    ];
  }
  const [earlier, later] = [before.totals?.paid, after.totals?.paid];
  if (!later || (earlier && earlier.currency !== later.currency)) return [];
  return totalChange(earlier ? addMoney(later, negateMoney(earlier)) : later);
}

/** The payment that a first look at a booking most likely speaks of: the newest. */
export function newestPayment({ payments = [] }: Fields): EventPayment | undefined {
  const received = payments.filter(({ amount }) => amount.amountMinor > 0);
  const newest = received.sort((a, b) => (a.paidAt ?? "").localeCompare(b.paidAt ?? "")).at(-1);
  return newest && eventPayment(newest);
}

/** Whether a booking shows that something has been paid. */
export function hasPayment(fields: Fields = {}): boolean {
  return newestPayment(fields) !== undefined || (fields.totals?.paid?.amountMinor ?? 0) > 0;
}

function totalChange(difference: Money): PaymentChange[] {
  if (difference.amountMinor === 0) return [];
  const type = difference.amountMinor > 0 ? "payment.received" : "payment.refunded";
  return [{ type, payment: { amount: difference } }];
}

function appeared(payment: Payment): PaymentChange {
  const type = payment.amount.amountMinor < 0 ? "payment.refunded" : "payment.received";
  return { type, payment: eventPayment(payment) };
}

function disappeared(payment: Payment): PaymentChange {
  return { type: "payment.removed", payment: eventPayment(payment) };
}

function eventPayment({ amount, paidAt, method, reference }: Payment): EventPayment {
  return {
    amount,
    ...(paidAt !== undefined && { paidAt }),
    ...(method !== undefined && { method }),
    ...(reference !== undefined && { reference }),
  };
}

/** Rows of the first list that the second does not account for, one for one. */
function without(rows: readonly Payment[], accountedFor: readonly Payment[]): Payment[] {
  const left = [...accountedFor];
  return rows.filter((row) => {
    const match = left.findIndex((other) => isDeepStrictEqual(row, other));
    if (match !== -1) left.splice(match, 1);
    return match === -1;
  });
}
