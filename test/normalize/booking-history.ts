import fc from "fast-check";

import { compareBooking, type Comparison } from "../../src/normalize/compare-booking.ts";
import type { DraftEvent } from "../../src/normalize/event-draft.ts";
import { type Call, type KnownSubject, UNKNOWN_SUBJECT } from "../../src/normalize/look.ts";
import type { BookingStatus, BookingView } from "../../src/sdk/booking.ts";
import type { EventType } from "../../src/sdk/booking-event.ts";
import { ARRIVAL, cabinView, call, look } from "./booking-builder.ts";

/** One thing that happens to a booking in its booking system, and what the system says about it. */
export interface Step {
  /** Undefined: the system does not announce it. */
  type: EventType | undefined;
  change: (view: BookingView) => BookingView;
}

/** A notice of a step, and the state as it is from then on. */
export interface Notice {
  step: number;
  type: EventType;
}

/** A booking's life as its system has it: the state after each step, and the notices sent. */
export interface History {
  states: BookingView[];
  notices: Notice[];
}

const ARRIVALS: readonly (readonly [BookingStatus, EventType])[] = [
  ["quoted", "booking.quoted"],
  ["requested", "booking.requested"],
  ["confirmed", "booking.confirmed"],
  ["waitlisted", "booking.waitlisted"],
  ["checked_in", "booking.checked_in"],
  ["no_show", "booking.no_show"],
  ["cancelled", "booking.cancelled"],
  ["expired", "booking.expired"],
];

const money = (amountMinor: number) => ({ amountMinor, currency: "EUR" });

const statusStep = fc
  .constantFrom(...ARRIVALS)
  .map(([status, type]): Step => ({ type, change: (view) => ({ ...view, status }) }));

const paymentStep = fc.integer({ min: -5_000, max: 24_000 }).map((amount): Step => {
  const change = (view: BookingView) => {
    const paid = (view.totals?.paid?.amountMinor ?? 0) + amount;
    return { ...view, totals: { ...view.totals, paid: money(paid) } };
  };
  return { type: amount < 0 ? "payment.refunded" : "payment.received", change };
});

const notesStep = fc
  .constantFrom("two dogs", "late arrival", "a cot")
  .map((notes): Step => ({ type: "booking.modified", change: (view) => ({ ...view, notes }) }));

const guestStep = fc
  .constantFrom("ana.new@example.com", "office@example.com")
  .map((email): Step => ({
    type: "customer.updated",
    change: (view) => ({ ...view, customer: { ...view.customer, email } }),
  }));

const buttonStep = fc.constant<Step>({ type: "button.pressed", change: (view) => view });

const announced = fc.oneof(
  { weight: 4, arbitrary: statusStep },
  { weight: 2, arbitrary: paymentStep },
  { weight: 1, arbitrary: notesStep },
  { weight: 1, arbitrary: guestStep },
  { weight: 1, arbitrary: buttonStep },
);

const step = fc.oneof(
  { weight: 5, arbitrary: announced },
  { weight: 1, arbitrary: announced.map((one): Step => ({ ...one, type: undefined })) },
);

/** Lives with up to five notices. */
export const history: fc.Arbitrary<History> = fc
  .tuple(announced, fc.array(step, { maxLength: 4 }))
  .map(([first, others]) => historyOf([first, ...others]));

function historyOf(steps: readonly Step[]): History {
  const states: BookingView[] = [];
  let view = cabinView();
  for (const { change } of steps) states.push((view = change(view)));
  const notices = steps.flatMap(({ type }, index) => (type ? [{ step: index, type }] : []));
  return { states, notices };
}

/** One notice's arrival: the fetch that it leads to shows the state after `seen` steps. */
export interface Arrival extends Notice {
  seen: number;
}

export interface Told {
  known: KnownSubject;
  events: DraftEvent[];
  comparisons: Comparison[];
}

/** What is known of a booking that is requested and told of before the notices come. */
export function knownRequest(): KnownSubject {
  const first = look({ view: cabinView(), isFetched: true, calls: [call("booking.requested")] });
  const { after } = compareBooking(UNKNOWN_SUBJECT, first, ARRIVAL);
  // Long ago: it must not pass for the change that a notice speaks of.
  return { ...after, recent: [] };
}

/**
 * Lets notices arrive in looks of one or more, each with a fetch, and looks again at what a state
 * contradicted, as the normalizer does.
 */
export function arrive(
  { states }: History,
  before: KnownSubject,
  looks: readonly (readonly Arrival[])[],
  since?: number,
): Told {
  const told: Told = { known: before, events: [], comparisons: [] };
  let again: Call[] = [];
  let position = 0;
  let seen = 0;
  const see = (calls: Call[]) => {
    const view = states[seen];
    const seenLook = look({ view, isFetched: true, calls, ...(since && { since }) });
    const comparison = compareBooking(told.known, seenLook, ARRIVAL);
    told.known = comparison.after;
    told.events.push(...comparison.events);
    told.comparisons.push(comparison);
    const unsettled = new Set(
      comparison.verdicts.filter(({ state }) => state === "again").map((one) => one.position),
    );
    again = calls
      .filter((one) => unsettled.has(one.position))
      .map((one) => ({ ...one, looks: one.looks + 1 }));
  };
  for (const arrivals of looks) {
    const calls = arrivals.map((arrival) => callOf(arrival, (position += 1)));
    // A fetch that starts later never shows less.
    seen = Math.max(seen, ...arrivals.map((arrival) => arrival.seen));
    see([...again, ...calls]);
  }
  for (let round = 0; again.length > 0 && round < 5; round += 1) see(again);
  if (again.length > 0) throw new Error("a call is looked at for ever");
  return told;
}

function callOf({ step: index, type }: Notice, position: number): Call {
  return call(type, {
    position,
    deliveryId: `delivery-${position}`,
    receivedAt: ARRIVAL + position * 1000,
    // A repeat says the same again.
    hash: `${index}:${type}`,
  });
}

/** Cuts a list into pieces, each as long as the next of the sizes says. */
export function inPieces<T>(list: readonly T[], sizes: readonly number[]): T[][] {
  const pieces: T[][] = [];
  for (let at = 0; at < list.length;) {
    const size = sizes[pieces.length % sizes.length] ?? 1;
    pieces.push(list.slice(at, at + size));
    at += size;
  }
  return pieces;
}

export function* ordersOf<T>(list: readonly T[]): Generator<T[]> {
  if (list.length === 0) yield [];
  for (const [index, first] of list.entries()) {
    for (const rest of ordersOf(list.toSpliced(index, 1))) yield [first, ...rest];
  }
}

/** A call of a source that has no other state than what its calls say. */
export interface Payload {
  hash: string;
  type: EventType;
  view: BookingView;
}

/** Up to five calls in the order of their arrival; the source may have sent them in another. */
export const payloads: fc.Arbitrary<Payload[]> = fc
  .tuple(history, fc.boolean())
  .filter(([{ notices }]) => notices.length > 0)
  .chain(([life, isRemoved]) => {
    const sent = payloadsOf(life, isRemoved);
    return fc.shuffledSubarray(sent, { minLength: sent.length });
  });

function payloadsOf({ states, notices }: History, isRemoved: boolean): Payload[] {
  return notices.map(({ step: index, type }): Payload => {
    const isLast = index === states.length - 1;
    const view = { ...states[index], notes: `after step ${index}` };
    return isLast && isRemoved
      ? { hash: `${index}`, type: "booking.removed", view: { ...view, status: "removed" } }
      : { hash: `${index}`, type, view };
  });
}

/** @param anew Index of a call that is looked at a second time in the end, as a replay does. */
export function takePayloads(payloads: readonly Payload[], anew?: number): Told {
  const told: Told = { known: UNKNOWN_SUBJECT, events: [], comparisons: [] };
  const order = payloads.map((payload, index) => ({ payload, position: index + 1 }));
  const replayed = anew === undefined ? undefined : order[anew];
  for (const { payload, position } of replayed ? [...order, replayed] : order) {
    const { hash, type, view } = payload;
    const receivedAt = ARRIVAL + position * 1000;
    const calls = [call(type, { position, hash, receivedAt, deliveryId: `delivery-${position}` })];
    const comparison = compareBooking(told.known, look({ view, calls }), ARRIVAL);
    told.known = comparison.after;
    told.events.push(...comparison.events);
    told.comparisons.push(comparison);
  }
  return told;
}
