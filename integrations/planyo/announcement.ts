import type { Actor, Announcement, EventPayment, EventTimer, Money } from "#sdk";

import { isOn, readAmount } from "./amounts.ts";
import type { PlanyoConfig } from "./config.ts";
import type { NativeEventKind } from "./events.ts";
import type { Fields } from "./fields.ts";
import type { Remarks } from "./remarks.ts";
import { readInstant } from "./times.ts";

/** Says what a notification announces, whatever it is about. */
export function announcementOf(
  kind: NativeEventKind,
  fields: Fields,
  config: PlanyoConfig,
  remarks: Remarks,
): Announcement {
  const payment = paymentOf(kind, fields, config, remarks);
  const timer = kind.type === "booking.timer" ? timerOf(fields, remarks) : undefined;
  return {
    ...(kind.type && { type: kind.type }),
    ...(kind.impliedStatus && { impliedStatus: kind.impliedStatus }),
    native: { event: fields.text("notification_type") ?? "", fields: fields.toRecord() },
    actor: kind.actor ?? actorOf(fields),
    isQuiet: isOn(fields.text("is_quiet")),
    ...(payment && { payment }),
    ...(timer && { timer }),
  };
}

function actorOf(fields: Fields): Actor {
  const flag = fields.text("is_event_fired_by_customer");
  if (flag === undefined) return "unknown";
  return isOn(flag) ? "customer" : "staff";
}

/** The names of the fields that tell of a payment, by event. */
const PAYMENT_FIELDS = {
  "payment.received": { amount: "payment_amount", currency: "currency" },
  "payment.removed": {
    amount: "removed_payment_amount",
    currency: "removed_payment_currency",
    time: "removed_payment_time",
    mode: "removed_payment_mode",
  },
  "coupon.purchased": {
    amount: "coupon_price",
    currency: "coupon_purchase_currency",
    time: "payment_time",
  },
  "coupon.payment_removed": {
    amount: "coupon_price",
    currency: "coupon_purchase_currency",
    time: "payment_time",
  },
} as const;

interface PaymentFields {
  amount: string;
  currency: string;
  time?: string;
  mode?: string;
}

function paymentOf(
  { type }: NativeEventKind,
  fields: Fields,
  config: PlanyoConfig,
  remarks: Remarks,
): EventPayment | undefined {
  const names = Object.entries<PaymentFields>(PAYMENT_FIELDS).find(([name]) => name === type)?.[1];
  if (!names) return undefined;
  const amount = amountOf(names, fields, remarks);
  const time = names.time && fields.text(names.time);
  const paidAt = time && readInstant(time, config);
  const method = names.mode && fields.text(names.mode);
  if (time && !paidAt) remarks.unreadable(names.time ?? "");
  return { ...(amount && { amount }), ...(paidAt && { paidAt }), ...(method && { method }) };
}

/** As announced: Planyo writes removed payments as positive amounts. */
function amountOf(names: PaymentFields, fields: Fields, remarks: Remarks): Money | undefined {
  const text = fields.text(names.amount);
  const currency = fields.text(names.currency) ?? fields.text("currency");
  if (text === undefined) remarks.missing(names.amount);
  return readAmount(names.amount, text, currency, remarks) ?? undefined;
}

function timerOf(fields: Fields, remarks: Remarks): EventTimer | undefined {
  const minutes = fields.text("time_difference");
  if (minutes === undefined) remarks.missing("time_difference");
  else if (!/^[+-]?\d{1,9}$/.test(minutes)) remarks.unreadable("time_difference");
  else {
    return {
      name: fields.text("notification_type") ?? "",
      relativeTo: relativeTo(fields.text("relative_to") ?? ""),
      offsetMinutes: Number(minutes),
    };
  }
  return undefined;
}

/** FAQ 222 has start, end and reservation; FAQ 387 also counts from the confirmation. */
function relativeTo(point: string): string {
  if (point === "reservation" || point === "creation") return "created";
  return point.startsWith("confirm") ? "confirmed" : point;
}
