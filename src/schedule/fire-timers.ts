import type { Knex } from "knex";

import type { CounterStore } from "../db/counter-store.ts";
import type { Database } from "../db/database.ts";
import type { JobStore } from "../dispatch/job-store.ts";
import { type DraftEvent, draftEvent } from "../normalize/event-draft.ts";
import type { EventStore } from "../normalize/event-store.ts";
import type { KnownSubject } from "../normalize/look.ts";
import type { StoredSubject, SubjectStore } from "../normalize/subject-store.ts";
import type { Booking } from "../sdk/booking.ts";
import { minutesOf } from "./offset.ts";
import type { Occurrence, OccurrenceChange, OccurrenceStore } from "./occurrence-store.ts";
import { ending, reasonToMiss } from "./plan.ts";
import { reasonAgainst, type Timer } from "./timer.ts";
import { momentWords } from "./timer-words.ts";

export interface FiringParts {
  db: Database;
  occurrences: OccurrenceStore;
  subjects: SubjectStore;
  events: EventStore;
  jobs: JobStore;
  counters: CounterStore;
}

/**
 * Makes events of timers whose moment has come: occurrence done → events → jobs in one transaction.
 * A booking that changes meanwhile, or another process that is faster, makes it start again.
 *
 * @param due All of one connection.
 * @param now UTC milliseconds by the database's clock.
 * @returns how many jobs were made.
 */
export async function fireTimers(
  parts: FiringParts,
  timers: ReadonlyMap<string, Timer>,
  due: readonly Occurrence[],
  now: number,
): Promise<number> {
  const connection = due[0]?.connection;
  if (connection === undefined) return 0;
  const subjects = [...new Set(due.map(({ subject }) => subject))];
  return parts.db.transaction(async (trx) => {
    const stored = await parts.subjects.load(trx, connection, subjects);
    const firing = new Firing(timers, stored, now);
    for (const one of await parts.occurrences.stillPlanned(trx, due)) {
      // One that was moved meanwhile has another turn.
      if (one.dueAt <= now) firing.fire(one);
    }
    return writeFiring(parts, trx, connection, firing);
  });
}

async function writeFiring(
  { occurrences, subjects, events, jobs, counters }: FiringParts,
  trx: Knex.Transaction,
  connection: string,
  firing: Firing,
): Promise<number> {
  await occurrences.change(trx, firing.changes);
  if (firing.drafts.length === 0) return 0;
  await subjects.save(trx, connection, firing.subjectChanges());
  await events.insert(trx, firing.drafts);
  const made = firing.drafts.map(({ event }) => event);
  const count = await jobs.enqueue(trx, made);
  await counters.add(trx, new Map([["events", made.length]]));
  return count;
}

/** What a batch of occurrences that are due comes to. */
class Firing {
  readonly changes: OccurrenceChange[] = [];
  readonly drafts: DraftEvent[] = [];
  readonly #timers: ReadonlyMap<string, Timer>;
  readonly #stored: ReadonlyMap<string, StoredSubject>;
  readonly #after = new Map<string, KnownSubject>();
  readonly #now: number;

  constructor(
    timers: ReadonlyMap<string, Timer>,
    stored: ReadonlyMap<string, StoredSubject>,
    now: number,
  ) {
    this.#timers = timers;
    this.#stored = stored;
    this.#now = now;
  }

  fire(occurrence: Occurrence): void {
    const { schedule, subject, dueAt, referenceAt } = occurrence;
    const timer = this.#timers.get(schedule);
    const known = this.#after.get(subject) ?? this.#stored.get(subject)?.known;
    const against = reasonToWithdraw(timer, known?.booking);
    if (!timer || !known?.booking || against !== undefined) {
      this.changes.push({ ...ending(occurrence, "withdrawn"), reason: against });
      return;
    }
    const missed = reasonToMiss(timer, { dueAt, referenceAt }, true, this.#now);
    if (missed !== undefined) {
      const reason = `${missed}: Bellhop was not at work then`;
      this.changes.push({ ...ending(occurrence, "skipped"), reason });
      return;
    }
    this.#tell(occurrence, timer, known, known.booking);
  }

  #tell(occurrence: Occurrence, timer: Timer, known: KnownSubject, booking: Booking): void {
    const draft = draftTimerEvent(occurrence, timer, { ...known, booking }, this.#now);
    this.#after.set(occurrence.subject, { ...known, ordinal: draft.event.ordinal });
    this.drafts.push(draft);
    this.changes.push({ ...ending(occurrence, "done"), eventId: draft.event.id });
  }

  subjectChanges() {
    return [...this.#after].flatMap(([subject, after]) => {
      const stored = this.#stored.get(subject);
      return stored ? [{ subject, kind: "booking" as const, stored, after }] : [];
    });
  }
}

/** The event of a timer that goes off. */
export function draftTimerEvent(
  occurrence: Occurrence,
  timer: Timer,
  { version, ordinal, booking }: Pick<KnownSubject, "version" | "ordinal"> & { booking: Booking },
  now: number,
): DraftEvent {
  const { name, relativeTo } = timer;
  return draftEvent({ type: "booking.timer" }, dedupeKeyOf(occurrence), {
    connection: occurrence.connection,
    subject: occurrence.subject,
    version,
    ordinal: ordinal + 1,
    booking,
    changes: [],
    summary: `${name}: ${momentWords(timer)}`,
    origin: "scheduled",
    isQuiet: false,
    isAnnounced: false,
    timer: {
      name,
      relativeTo,
      offsetMinutes: minutesOf(timer.offset),
      generation: Number(occurrence.slot),
    },
    now,
  });
}

/** Why a timer that is due goes off for nobody. */
export function reasonToWithdraw(timer: Timer | undefined, booking: Booking | undefined) {
  if (!timer) return "the timer is no longer in the configuration";
  return booking ? reasonAgainst(timer, booking) : "the booking is not known any more";
}

/** The source's own ticks have other keys. */
function dedupeKeyOf({ schedule, slot }: Occurrence): string {
  return `own-timer:${schedule}:${slot}`;
}
