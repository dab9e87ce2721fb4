import type { Booking, BookingFields } from "../sdk/booking.ts";
import type { Change, EventPayment, EventType } from "../sdk/booking-event.ts";
import { negateMoney } from "../sdk/money.ts";
import { paymentChanges } from "./payment-changes.ts";
import { stepsBetween } from "./steps.ts";

/** An event that the difference between two states amounts to, whoever announced it or nobody. */
export interface StateEvent {
  type: EventType;
  payment?: EventPayment;
}

/** Changes that payment events or redeemed items tell already. */
const TOLD_OTHERWISE = /^(payments|balance|balanceDueOn|totals\.paid)$|\.isRedeemed$/;

const MONEY = /^(payments$|totals\.paid$|totals$)/;

/** What the change of a known booking amounts to, in the order in which it is told. */
export function stateEvents(
  before: Booking,
  after: BookingFields,
  changes: Change[],
): StateEvent[] {
  if (changes.length === 0) return [];
  const steps = stepsBetween(before.status, after.status);
  const isNewlyRedeemed = changes.some(isRedemption);
  const checkIn = isNewlyRedeemed && !steps.includes("booking.checked_in");
  const payments = changes.some(({ path }) => MONEY.test(path))
    ? paymentChanges(before, after)
    : [];
  const events: StateEvent[] = [
    ...steps.map((type) => ({ type })),
    ...(checkIn ? [{ type: "booking.checked_in" as const }] : []),
    ...payments,
  ];
  // A step carries the other changes of its version along; alone they are a modification.
  const isStep = steps.length > 0;
  const isEdited = payments.length === 0 && changes.some(({ path }) => path === "payments");
  if (!isStep && (isEdited || changes.some(({ path }) => !TOLD_OTHERWISE.test(path)))) {
    events.push({ type: "booking.modified" });
  }
  if (changes.some(({ path }) => path.startsWith("customer."))) {
    events.push({ type: "customer.updated" });
  }
  return events;
}

function isRedemption({ path, after }: Change): boolean {
  return path.endsWith(".isRedeemed") && after === true;
}

/** What is one thing to the state and has two names for those who announce it. */
const SAME_THING = [
  new Set(["payment.refunded", "payment.removed"]),
  new Set(["booking.cancelled", "booking.expired"]),
];

/** Whether a call that announces the one speaks of the other, which the state shows. */
export function isSameEvent(stateType: string, announced: string | undefined): boolean {
  if (announced === undefined) return false;
  return (
    stateType === announced ||
    SAME_THING.some((types) => types.has(stateType) && types.has(announced))
  );
}

/** A refund is told by what went back, a removal by what was taken off. */
export function namedAs(event: StateEvent, type: StateEvent["type"]): StateEvent {
  const { amount } = event.payment ?? {};
  const isTakenOff = type === "payment.removed" && amount !== undefined && amount.amountMinor < 0;
  if (!isTakenOff) return { ...event, type };
  return { type, payment: { ...event.payment, amount: negateMoney(amount) } };
}
