import { formatAmount } from "#sdk";

import {
  counted,
  paidMinor,
  type Person,
  type SimulatedBooking,
  type SimulatedPayment,
  totalMinor,
} from "./booking.ts";
import { ACCOUNT, AGENT } from "./catalogue.ts";
import { firstDay, lastDay, local } from "./days.ts";
import { showLine } from "./show-line.ts";
import { element, elements } from "./write-xml.ts";

/** The `booking` element as Show Booking of TourCMS lays it out. */
export function showBooking(booking: SimulatedBooking): string {
  return element("booking", [
    ...identity(booking),
    ...standing(booking),
    ...leadCustomer(booking),
    ...money(booking),
    ...agent(booking),
    ...elements({
      customer_special_request: booking.guest.request,
      customers_agecat_breakdown: breakdown(booking.people),
      important_note: "",
      workflow_note: booking.madeBy === "staff" ? "Taken on the phone" : "",
      customers: booking.people.map((person, index) => customer(booking, person, index)),
      components: booking.lines.map((line) => showLine(line, booking)),
      payments: booking.payments.map((payment) => showPayment(payment, booking)),
      promo: "",
      custom_fields: [],
    }),
  ]);
}

export function identity(booking: SimulatedBooking): string[] {
  const { id, channel, product } = booking;
  return elements({
    booking_id: id,
    booking_uuid: "",
    channel_id: channel.id,
    account_id: ACCOUNT.id,
    channel_name: channel.name,
    made_date_time: local(booking.madeMs),
    made_username: booking.madeBy === "staff" ? "kari" : "",
    made_type: booking.madeBy === "staff" ? "S" : "W",
    start_date: firstDay(booking),
    end_date: lastDay(booking),
    booking_name: product.name,
    booking_name_custom: "",
  });
}

const STATUS_TEXTS = ["Quotation", "Provisional", "Confirmed"] as const;

export function standing({
  id,
  status,
  expiresMs,
  cancelled,
  ...booking
}: SimulatedBooking): string[] {
  return elements({
    status,
    status_text: STATUS_TEXTS[status],
    voucher_url: `https://voucher.example.com/print.php?id=sim${id}&lang=en`,
    barcode_data: `TOURCMS|${ACCOUNT.id}|${id}`,
    expiry_date: expiresMs === undefined ? "" : local(expiresMs).slice(0, 10),
    expiry_date_at_utc_seconds: seconds(expiresMs),
    cancellable: cancelled ? 0 : 1,
    cancel_reason: cancelled?.reason ?? 0,
    cancel_text: cancelled?.text ?? "Not cancelled",
    cancel_date_time: cancelled && local(cancelled.atMs),
    cancelled_at_utc_seconds: seconds(cancelled?.atMs),
    final_check: 0,
    withheld: 0,
    made_date_time_at_utc_seconds: seconds(booking.madeMs),
    confirmed_at_utc_seconds: seconds(booking.confirmedMs),
    updated_at_utc_seconds: seconds(booking.nowMs),
  });
}

export function leadCustomer({ guest, people }: SimulatedBooking): string[] {
  return elements({
    lead_customer_id: people[0]?.id,
    lead_customer_name: fullName(guest.title, guest.firstName, guest.lastName),
    lead_customer_firstname: guest.firstName,
    lead_customer_surname: guest.lastName,
    lead_customer_country: guest.country,
    lead_customer_postcode: guest.postcode,
    lead_customer_email: guest.email,
    lead_customer_tel_home: "",
    lead_customer_tel_mobile: guest.phone,
    lead_customer_contact_note: "",
    lead_customer_agent_ref: "",
    lead_customer_travelling: 1,
    customer_count: people.length,
  });
}

export function money(booking: SimulatedBooking): string[] {
  const { currency } = booking.channel;
  const total = totalMinor(booking);
  // A cancelled and refunded booking owes nothing more; an expired one keeps its balance.
  const isRefunded = booking.cancelled !== undefined && booking.payments.length > 0;
  const balance = isRefunded ? 0 : total - paidMinor(booking);
  const amount = (amountMinor: number) => formatAmount({ amountMinor, currency });
  return elements({
    sale_currency: currency,
    sales_revenue: amount(total),
    sales_revenue_display: `${currency} ${amount(total)}`,
    deposit: amount(Math.round(total / 10)),
    booking_has_net_price: 0,
    ...paymentStatus(booking, balance),
    balance_owed_by: booking.agent ? "A" : "C",
    balance: amount(balance),
    balance_due: balance > 0 ? firstDay(booking) : "",
  });
}

function paymentStatus({ payments, cancelled }: SimulatedBooking, balance: number) {
  if (payments.length === 0) {
    return { payment_status: 0, payment_status_text: "No payment made" };
  }
  if (cancelled) return { payment_status: 2, payment_status_text: "Refunded" };
  return balance > 0
    ? { payment_status: 1, payment_status_text: "Deposit paid" }
    : { payment_status: 3, payment_status_text: "Fully paid" };
}

function agent(booking: SimulatedBooking): string[] {
  const { currency } = booking.channel;
  if (!booking.agent) return elements({ agent_credentials: "", agent_ref: "" });
  const commission = Math.round((totalMinor(booking) * AGENT.commissionPercent) / 100);
  return elements({
    agent_type: "RETAIL",
    agent_id: booking.agent.id,
    marketplace_agent_id: "58000",
    agent_name: booking.agent.name,
    agent_code: booking.agent.code,
    agent_ref: booking.agent.reference,
    commission: formatAmount({ amountMinor: commission, currency }),
    commission_currency: currency,
  });
}

function customer({ guest }: SimulatedBooking, person: Person, index: number): string {
  return element(
    "customer",
    elements({
      customer_id: person.id,
      customer_name: fullName(index === 0 ? guest.title : "", person.firstName, person.lastName),
      firstname: person.firstName,
      surname: person.lastName,
      country: index === 0 ? guest.country : "",
      customer_email: index === 0 ? guest.email : "",
      customer_tel_mobile: index === 0 ? guest.phone : "",
      agecat: person.ageGroup,
      agecat_text: person.ageGroup === "a" ? "Adult" : "Child",
    }),
  );
}

function showPayment(payment: SimulatedPayment, { channel, agent }: SimulatedBooking): string {
  const { currency } = channel;
  return element(
    "payment",
    elements({
      payment_date_time: local(payment.atMs),
      payment_value: formatAmount({ amountMinor: payment.amountMinor, currency }),
      payment_currency: currency,
      payment_type: payment.type,
      gateway_mode: "web",
      payment_reference: payment.reference,
      payment_transaction_reference: "",
      payment_note: "",
      paid_by: agent ? "A" : "C",
      paid_by_id: "",
    }),
  );
}

function breakdown(people: readonly Person[]): string {
  const adults = people.filter(({ ageGroup }) => ageGroup === "a").length;
  const children = people.length - adults;
  const parts = [counted(adults, "Adult", "Adults")];
  if (children > 0) parts.push(counted(children, "Child", "Children"));
  return parts.join(", ");
}

function fullName(...parts: string[]): string {
  return parts.filter(Boolean).join(" ");
}

function seconds(epochMs: number | undefined): number | undefined {
  return epochMs === undefined ? undefined : Math.floor(epochMs / 1000);
}
