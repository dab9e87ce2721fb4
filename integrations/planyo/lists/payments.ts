import { negateMoney, type ListPage, type ListQuestion, type Payment, type TimeWindow } from "#sdk";

import { readAmount } from "../amounts.ts";
import { withLearned } from "../calibration.ts";
import type { PlanyoConfig } from "../config.ts";
import { Remarks } from "../remarks.ts";
import { readInstant } from "../times.ts";
import { looksCutOff, ofSite, pageParameter, readRows, referenceIn, word } from "./rows.ts";
import type { ListContext, Row } from "./rows.ts";
import { daysTouched } from "./windows.ts";

const PAID = "1";
const REFUNDED = "4";

/** Payments of the days (`list_payments`), those typed in by staff included. */
export async function readPayments(
  { window, page }: ListQuestion<TimeWindow>,
  context: ListContext,
): Promise<ListPage> {
  const { from, to } = daysTouched(window, context.config);
  const parameters = { start_date: from, end_date: to, ...pageParameter(page) };
  const rows = await readRows("list_payments", parameters, context);
  const config = withLearned(context.config, context.learned);
  const payments = new Map<string, Payment[]>();
  for (const row of ofSite(rows, config)) {
    const reference = word(row, "reservation_id") === undefined ? undefined : referenceIn(row);
    const payment = reference === undefined ? undefined : paymentIn(row, config, context);
    if (reference === undefined || !payment) continue;
    payments.set(reference, [...(payments.get(reference) ?? []), payment]);
  }
  const bookings = [...payments].map(([reference, made]) => ({
    reference,
    fetch: {},
    payments: made,
  }));
  return { bookings, isLast: !looksCutOff(rows) };
}

/** @returns undefined for money that has not moved: pending, failed, or not understood. */
function paymentIn(row: Row, config: PlanyoConfig, { log }: ListContext): Payment | undefined {
  const status = word(row, "status") ?? word(row, "payment_status");
  if (status !== PAID && status !== REFUNDED) return undefined;
  const remarks = new Remarks();
  const amount = readAmount("amount", word(row, "amount"), word(row, "currency"), remarks);
  if (!amount) {
    log.warn({ list: "list_payments" }, "a payment of Planyo's list has no amount");
    return undefined;
  }
  const isRefund = status === REFUNDED && amount.amountMinor > 0;
  const paidAt = readInstant(word(row, "payment_date") ?? "", config);
  const method = word(row, "payment_mode") ?? word(row, "payment_mode_id");
  const reference = word(row, "payment_id");
  const transactionReference = word(row, "transaction_id");
  return {
    amount: isRefund ? negateMoney(amount) : amount,
    ...(paidAt && { paidAt }),
    ...(method && { method }),
    ...(reference && { reference }),
    ...(transactionReference && { transactionReference }),
  };
}
