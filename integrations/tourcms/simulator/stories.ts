import {
  addPayment,
  balanceMinor,
  paidMinor,
  pass,
  type SimulatedBooking,
  type Terms,
  totalMinor,
} from "./booking.ts";

const HOLD_MS = 300_000;

/** Changes a booking step by step, and names the event of each step once it is done. */
interface Story extends Terms {
  tell(booking: SimulatedBooking): Iterable<string>;
}

const web = { madeBy: "web", isThroughAgent: false } as const;
const staff = { madeBy: "staff", isThroughAgent: false } as const;

/** Between them they play all twelve triggers of TourCMS' booking webhooks. */
export const STORIES: ReadonlyMap<string, Story> = new Map([
  story("confirmed", web, function* (booking) {
    pay(booking, totalMinor(booking), "Credit Card");
    yield confirm(booking, "web");
  }),
  story("provisional-then-confirmed", web, function* (booking) {
    pay(booking, Math.round(totalMinor(booking) / 10), "Credit Card");
    yield offer(booking, 1, "web");
    pay(booking, balanceMinor(booking), "Bank transfer");
    yield confirm(booking, "staff");
  }),
  story("quotation-accepted", staff, function* (booking) {
    yield offer(booking, 0, "staff");
    pay(booking, totalMinor(booking), "Credit Card");
    yield confirm(booking, "web");
  }),
  story("quotation-expired", web, function* (booking) {
    yield offer(booking, 0, "web");
    yield expire(booking, "Quotation expired", "expq_quotation");
  }),
  story("provisional-expired", web, function* (booking) {
    yield offer(booking, 1, "web");
    yield expire(booking, "Provisional booking expired", "expp_provisional");
  }),
  story("cancelled", web, function* (booking) {
    pay(booking, totalMinor(booking), "Credit Card");
    yield confirm(booking, "web");
    pay(booking, -paidMinor(booking), "Refund");
    yield cancel(booking, 22, "Cancelled via API", "cancelled");
  }),
  story("paid-by-link", staff, function* (booking) {
    yield confirm(booking, "staff");
    pay(booking, balanceMinor(booking), "Credit Card");
    yield "token_success";
  }),
  story("payment-failed", staff, function* (booking) {
    yield offer(booking, 1, "staff");
    pass(booking);
    yield "token_failure";
  }),
  story("redeemed", web, function* (booking) {
    pay(booking, totalMinor(booking), "Credit Card");
    yield confirm(booking, "web");
    for (const line of booking.lines.filter(({ dateType }) => dateType === "departure")) {
      pass(booking);
      line.isRedeemed = true;
      yield "redeem_voucher";
    }
  }),
  story("agent-booking", { madeBy: "web", isThroughAgent: true }, function* (booking) {
    yield confirm(booking, "web");
  }),
  story("last-minute", web, function* (booking) {
    booking.leadDays = 1;
    pay(booking, totalMinor(booking), "Credit Card");
    yield confirm(booking, "web");
  }),
  story("staff-booking", staff, function* (booking) {
    pay(booking, totalMinor(booking), "Cash");
    yield confirm(booking, "staff");
  }),
]);

function story(name: string, terms: Terms, tell: Story["tell"]): [string, Story] {
  return [name, { ...terms, tell }];
}

function pay(booking: SimulatedBooking, amountMinor: number, type: string): void {
  pass(booking);
  addPayment(booking, amountMinor, type);
}

function offer(booking: SimulatedBooking, status: 0 | 1, who: "web" | "staff"): string {
  booking.status = status;
  booking.expiresMs = booking.nowMs + HOLD_MS;
  return `${status === 0 ? "new_quotation" : "new_provisional"}_${who}`;
}

function confirm(booking: SimulatedBooking, who: "web" | "staff"): string {
  pass(booking);
  booking.status = 2;
  booking.confirmedMs = booking.nowMs;
  delete booking.expiresMs;
  return `new_confirmed_${who}`;
}

function cancel(booking: SimulatedBooking, reason: number, text: string, event: string): string {
  pass(booking);
  booking.cancelled = { reason, text, atMs: booking.nowMs };
  return event;
}

/** Nobody waits for the hold to end: the story moves on to it, or a clock outside ends it early. */
function expire(booking: SimulatedBooking, text: string, event: string): string {
  if (!booking.clock) booking.nowMs = booking.expiresMs ?? booking.nowMs;
  return cancel(booking, booking.status === 0 ? 2 : 3, text, event);
}
