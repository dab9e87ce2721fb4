import { formatAmount } from "#sdk";

import type { Line, SimulatedBooking } from "./booking.ts";
import { firstDay, lastDay, local } from "./days.ts";
import { element, elements } from "./write-xml.ts";

/** A `component` element. */
export function showLine(line: Line, booking: SimulatedBooking): string {
  const { product } = booking;
  const isTour = line.dateType === "departure";
  const pickup = isTour ? product.pickup : undefined;
  return element("component", [
    ...elements({
      component_id: line.id,
      linked_component_id: line.linkedTo,
      product_id: line.productId,
      product_code: line.code,
      date_type: line.dateType,
      start_date: firstDay(booking),
      end_date: lastDay(booking),
      start_time: isTour ? product.startTime : "",
      end_time: isTour ? product.endTime : "",
      component_name: line.name,
      product_type: 4,
      sale_quantity: line.quantity,
      note: "",
      operator_reference: isTour ? `SUB-${booking.id}` : "",
      ...tickets(line, booking),
      urls: [],
      questions: isTour && product.question ? [question(product.question)] : [],
      pickup_id: pickup?.id,
      pickup_name: pickup?.name,
      pickup_time: pickup?.time,
      pickup_note: pickup?.note,
      voucher_redemption_status: line.isRedeemed ? 1 : 0,
      redeemed_at: line.isRedeemed ? local(booking.nowMs) : "",
      rate_description: line.rateText,
    }),
    ...price(line, booking),
  ]);
}

function price({ quantity, rule, unitMinor, taxPercent }: Line, booking: SimulatedBooking) {
  const { currency } = booking.channel;
  const amount = (amountMinor: number) => formatAmount({ amountMinor, currency });
  const totalMinor = quantity * unitMinor;
  return elements({
    sale_tax_inclusive: 1,
    sale_quantity_rule: rule,
    sale_currency: currency,
    sale_price: amount(unitMinor),
    sale_tax_percentage: taxPercent.toFixed(2),
    tax_total: amount(Math.round((totalMinor * taxPercent) / (100 + taxPercent))),
    sale_price_inc_tax_total: amount(totalMinor),
    currency_base: currency,
  });
}

function tickets(line: Line, { id, product }: SimulatedBooking) {
  const isTicketed = line.dateType === "departure" && product.hasTickets;
  const list = Array.from({ length: isTicketed ? line.quantity : 0 }, (_, index) =>
    element(
      "ticket",
      elements({ value: `SIM/${id}/${line.id}/${index + 1}`, label: "", seat: "" }),
    ),
  );
  return { barcode_symbology: isTicketed ? "QR_CODE" : "", tickets: list };
}

function question(text: string): string {
  const answer = element(
    "answer",
    elements({ answer_value: text.includes("size") ? "42" : "Nuts" }),
  );
  return element("q", elements({ question_key: "q1", question: text, answers: [answer] }));
}
