import type { Booking } from "../sdk/booking.ts";
import type { NewOccurrence, Occurrence, OccurrenceChange } from "./occurrence-store.ts";
import { dueMoment, type DueMoment, reasonAgainst, type Timer } from "./timer.ts";

/** What a booking's occurrences have to become. */
export interface Plan {
  added: NewOccurrence[];
  changed: OccurrenceChange[];
}

export interface Planned {
  booking: Booking;
  /** All there are of the booking, oldest generation first. */
  occurrences: readonly Occurrence[];
  /** When it was confirmed, where that is known; UTC milliseconds. */
  confirmedAt: number | undefined;
  /** That the booking is so is news: a moment that has just passed is made up for. */
  isNews: boolean;
  /** UTC milliseconds. */
  now: number;
}

/**
 * What the timers make of a booking's new state. Costs as much as there are timers, however many
 * bookings there are: what is planned already is moved, or withdrawn.
 */
export function planBooking(timers: readonly Timer[], planned: Planned): Plan {
  const plan: Plan = { added: [], changed: [] };
  for (const timer of timers) {
    const generations = planned.occurrences.filter(({ schedule }) => schedule === timer.name);
    planTimer(timer, generations, planned, plan);
  }
  return plan;
}

function planTimer(
  timer: Timer,
  generations: readonly Occurrence[],
  { booking, confirmedAt, isNews, now }: Planned,
  plan: Plan,
): void {
  const last = generations.at(-1);
  const against = reasonAgainst(timer, booking);
  // Of a confirmation that was told long ago the moment is in the row.
  const since = timer.anchor === "confirmed" ? (confirmedAt ?? last?.referenceAt) : undefined;
  const due = against === undefined ? dueMoment(timer, booking, since) : undefined;
  if (!due) {
    const reason = against ?? "the booking has no such moment";
    if (last?.state === "planned") plan.changed.push({ ...ending(last, "withdrawn"), reason });
    return;
  }
  const missed = reasonToMiss(timer, due, isNews, now);
  if (!last || isNewTurn(timer, last, due)) {
    // Of what is long over nothing is written down: an import of old bookings leaves no rows.
    if (missed !== undefined && !isNews) return;
    plan.added.push(newTurn(timer, booking, generations.length + 1, due, missed));
    return;
  }
  if (last.state === "done" || isSame(last, due)) return;
  const isPlanned = missed === undefined;
  // What was passed over, or withdrawn, stays so until its moment is one to come.
  if (!isPlanned && last.state !== "planned") return;
  const { position, state: from } = last;
  const state = isPlanned ? "planned" : "skipped";
  plan.changed.push({ position, from, state, ...due, reason: missed });
}

function isSame({ state, dueAt, referenceAt }: Occurrence, due: DueMoment): boolean {
  return state !== "withdrawn" && dueAt === due.dueAt && referenceAt === due.referenceAt;
}

/** Moved by minutes a guest is not reminded again, moved by days he is. */
function isNewTurn({ againAfterMs }: Timer, last: Occurrence, { referenceAt }: DueMoment): boolean {
  return last.state === "done" && Math.abs(referenceAt - last.referenceAt) > againAfterMs;
}

/** So late is still in time: a tick, a restart, two clocks that do not agree. */
export const IN_TIME_MS = 5 * 60_000;

/** Why a moment is passed over; undefined when it is to come, or is made up for. */
export function reasonToMiss(
  timer: Pick<Timer, "late" | "withinMs">,
  { dueAt, referenceAt }: DueMoment,
  mayBeLate: boolean,
  now: number,
): string | undefined {
  if (dueAt > now) return undefined;
  if (!mayBeLate) return "its moment had passed before Bellhop knew the booking";
  if (timer.late === "skip" && now - dueAt > IN_TIME_MS) {
    return "its moment had passed, and late ones are skipped";
  }
  if (now - dueAt > timer.withinMs) return "its moment had passed too long ago";
  // A reminder before the event is none any more once the event has begun.
  if (dueAt < referenceAt && now >= referenceAt) return "what it was to come before has begun";
  return undefined;
}

function newTurn(
  { name: schedule }: Timer,
  { connection, reference: subject }: Booking,
  generation: number,
  due: DueMoment,
  missed: string | undefined,
): NewOccurrence {
  const state = missed === undefined ? "planned" : "skipped";
  return { schedule, connection, subject, slot: String(generation), state, ...due, reason: missed };
}

/** An occurrence as it was, in another state. */
export function ending(
  { position, state: from, dueAt, referenceAt }: Occurrence,
  state: Occurrence["state"],
): OccurrenceChange {
  return { position, from, state, dueAt, referenceAt };
}
