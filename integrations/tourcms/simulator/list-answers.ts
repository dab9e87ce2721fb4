import { formatAmount } from "#sdk";

import { ACCOUNT, type Channel } from "./catalogue.ts";
import type { Line, SimulatedBooking, SimulatedPayment } from "./booking.ts";
import { firstDay, lastDay, local } from "./days.ts";
import { identity, leadCustomer, money, standing } from "./show-booking.ts";
import { element, elements } from "./write-xml.ts";

/**
 * A `booking` of List Bookings. Which elements TourCMS leaves out of it is not documented in full;
 * here it is as little as we have to cope with.
 */
export function listedBooking(booking: SimulatedBooking): string {
  return element("booking", [
    ...identity(booking),
    ...standing(booking),
    ...leadCustomer(booking),
    ...money(booking),
    element(
      "components",
      booking.lines.map((line) => listedLine(line, booking)),
    ),
  ]);
}

function listedLine(line: Line, booking: SimulatedBooking): string {
  const isTour = line.dateType === "departure";
  return element(
    "component",
    elements({
      component_id: line.id,
      linked_component_id: line.linkedTo,
      product_id: line.productId,
      date_type: line.dateType,
      start_date: firstDay(booking),
      end_date: lastDay(booking),
      start_time: isTour ? booking.product.startTime : "",
      end_time: isTour ? booking.product.endTime : "",
      component_name: line.name,
    }),
  );
}

/** A `payment` of List Payments. */
export function listedPayment(payment: SimulatedPayment, booking: SimulatedBooking): string {
  const { id, channel, agent, payments } = booking;
  const { currency } = channel;
  return element(
    "payment",
    elements({
      payment_id: `6${id}${payments.indexOf(payment)}`,
      booking_id: id,
      channel_id: channel.id,
      payment_date_time: local(payment.atMs),
      payment_value: formatAmount({ amountMinor: payment.amountMinor, currency }),
      payment_currency: currency,
      payment_type: payment.type,
      payment_reference: payment.reference,
      payment_transaction_reference: "",
      payment_note: "",
      paid_by: agent ? "A" : "C",
    }),
  );
}

/** The `channel` of Show Channel. */
export function shownChannel({ id, name, currency }: Channel): string {
  return element(
    "channel",
    elements({
      channel_id: id,
      account_id: ACCOUNT.id,
      channel_name: name,
      home_url: "https://tours.example.com",
      lang: "en",
      account_timezone: ACCOUNT.timeZone,
      sale_currency: currency,
      base_currency: "EUR",
    }),
  );
}
