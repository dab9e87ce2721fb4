import { addMoney, type BookingView, type Money, type Payer, type Payment } from "#sdk";

import {
  epochOf,
  filled,
  firstText,
  instantText,
  isFilled,
  map,
  moneyOf,
  oneOf,
  type Shown,
  textOf,
} from "./fields.ts";
import type { ItemSetting, ItemView } from "./items.ts";
import type { XmlElement } from "./xml.ts";

export const PAYERS: Readonly<Record<string, Payer>> = { C: "customer", A: "agent" };

/** A `payment` of Show Booking; it has no id. A refund is a negative amount. */
export function paymentOf(payment: XmlElement, { currency, timeZone }: ItemSetting): Payment[] {
  const amount = moneyOf(
    payment,
    "payment_value",
    firstText(payment, "payment_currency") ?? currency,
  );
  if (!isFilled(amount)) return [];
  const paidAt = epochOf(payment, undefined, "payment_date_time", timeZone);
  return [
    {
      amount,
      ...filled({
        paidAt: map(paidAt, instantText),
        method: textOf(payment, "payment_type"),
        reference: textOf(payment, "payment_reference"),
        transactionReference: textOf(payment, "payment_transaction_reference"),
        note: textOf(payment, "payment_note"),
        paidBy: oneOf(payment, "paid_by", PAYERS),
      }),
    },
  ];
}

export function totalsView(
  booking: XmlElement,
  items: readonly ItemView[] | undefined,
  payments: readonly Payment[] | undefined,
): BookingView["totals"] {
  const currency = textOf(booking, "sale_currency");
  const commissionCurrency = firstText(booking, "commission_currency") ?? currency;
  return {
    total: moneyOf(booking, "sales_revenue", currency),
    deposit: moneyOf(booking, "deposit", currency),
    commission: moneyOf(booking, "commission", commissionCurrency),
    tax: taxOf(items, currency),
    paid:
      payments &&
      sumOf(
        payments.map(({ amount }) => amount),
        currency,
      ),
  };
}

/** Only a sum over all items is the booking's tax. */
function taxOf(items: readonly ItemView[] | undefined, currency: Shown<string>): Money | undefined {
  const amounts = (items ?? []).map((item) => item.tax?.amount);
  return amounts.length > 0 && amounts.every(isFilled) ? sumOf(amounts, currency) : undefined;
}

/** Undefined when amounts of several currencies are among them: there is no sum then. */
function sumOf(amounts: readonly Money[], currency: Shown<string>): Money | undefined {
  const code = amounts[0]?.currency ?? currency?.toUpperCase();
  if (code === undefined || amounts.some((amount) => amount.currency !== code)) return undefined;
  return amounts.reduce(addMoney, { amountMinor: 0, currency: code });
}
