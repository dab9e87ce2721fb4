import { randomInt } from "node:crypto";

import type { Knex } from "knex";

import { type DraftEvent, draftEvent } from "../normalize/event-draft.ts";
import { NO_CONNECTION } from "../sdk/booking-event.ts";
import type { TimeWindow } from "../sdk/lists.ts";
import { type Clockwork, HOURLY } from "./clocks.ts";
import type { FiringParts } from "./fire-timers.ts";
import { CLOCK, tellHour } from "./hourly.ts";
import type { NewOccurrence, Occurrence, OccurrenceStore } from "./occurrence-store.ts";
import { ending } from "./plan.ts";
import { type Turn, turnOf } from "./turn.ts";

/**
 * Lets a schedule's moment that has come have its turn, and plans the next one, in one transaction.
 *
 * @param hourly Connections that have no hour of their own.
 * @returns how many jobs were made.
 */
export async function fireClock(
  parts: FiringParts,
  clockwork: Clockwork | undefined,
  seen: Occurrence,
  hourly: readonly string[],
  now: number,
): Promise<number> {
  const { db, occurrences } = parts;
  return db.transaction(async (trx) => {
    // As it is now: a run by hand moves the beginning of its window.
    const [due] = await occurrences.stillPlanned(trx, [seen]);
    if (!due) return 0;
    if (!clockwork) {
      const reason = "the schedule is no longer in the configuration";
      await occurrences.change(trx, [{ ...ending(due, "withdrawn"), reason }]);
      return 0;
    }
    const { window, reason, ...next } = isByHand(due)
      ? handTurn(due)
      : turnOf(clockwork, Number(due.slot), due.referenceAt, now);
    const draft = window && due.schedule !== HOURLY.id ? draftTurn(due, window, now) : undefined;
    const state = window ? "done" : "skipped";
    const fromReferenceAt = due.referenceAt;
    const eventId = draft?.event.id;
    // Before anything is told: of several processes one gets through.
    await occurrences.change(trx, [{ ...ending(due, state), fromReferenceAt, reason, eventId }]);
    if (!isByHand(due)) await occurrences.insert(trx, [nextOf(clockwork, next)]);
    if (draft) return tell(parts, trx, draft);
    return window ? tellHour(parts, trx, hourly, window, now) : 0;
  });
}

const BY_HAND = "hand:";

/** A run that a person asks for. The next one by the clock goes on from where it ends. */
export function byHand(schedule: string, since: number, now: number): NewOccurrence {
  return {
    ...{ schedule, connection: NO_CONNECTION, subject: CLOCK, state: "planned" },
    slot: `${BY_HAND}${now}`,
    dueAt: now,
    referenceAt: since,
    reason: "asked for by hand",
  };
}

export function isByHand({ slot }: Pick<Occurrence, "slot">): boolean {
  return slot.startsWith(BY_HAND);
}

function handTurn({ referenceAt, dueAt }: Occurrence): Turn {
  const window = { since: referenceAt, until: dueAt };
  return { window, reason: "asked for by hand", next: dueAt, nextSince: dueAt };
}

/** The next moment of a schedule, in line. */
export function nextOf(
  { id, jitterMs }: Clockwork,
  { next, nextSince }: { next: number; nextSince: number },
): NewOccurrence {
  return {
    schedule: id,
    connection: NO_CONNECTION,
    subject: CLOCK,
    slot: String(next),
    state: "planned",
    dueAt: next + (jitterMs > 0 ? randomInt(jitterMs) : 0),
    referenceAt: nextSince,
  };
}

/**
 * Puts the next moment of a schedule in line.
 *
 * @param known The newest of the schedule.
 */
export async function putInLine(
  occurrences: OccurrenceStore,
  trx: Knex.Transaction,
  known: readonly Occurrence[],
  wanted: NewOccurrence,
): Promise<void> {
  const there = known.find(({ slot }) => slot === wanted.slot);
  if (!there) await occurrences.insert(trx, [wanted]);
  else if (there.state === "withdrawn") {
    const { dueAt, referenceAt } = wanted;
    await occurrences.change(trx, [{ ...ending(there, "planned"), dueAt, referenceAt }]);
  }
}

function draftTurn({ schedule, slot }: Occurrence, window: TimeWindow, now: number): DraftEvent {
  return draftEvent({ type: "schedule.due" }, `schedule:${schedule}:${slot}`, {
    connection: NO_CONNECTION,
    subject: CLOCK,
    version: 0,
    ordinal: 0,
    changes: [],
    summary: `${schedule}: its time has come`,
    origin: "scheduled",
    isQuiet: false,
    isAnnounced: false,
    schedule: { id: schedule, window },
    now,
  });
}

async function tell(
  { events, counters, jobs }: FiringParts,
  trx: Knex.Transaction,
  draft: DraftEvent,
): Promise<number> {
  await events.insert(trx, [draft]);
  await counters.add(trx, new Map([["events", 1]]));
  return jobs.enqueue(trx, [draft.event]);
}
