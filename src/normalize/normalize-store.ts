import type { Knex } from "knex";

import type { CounterStore } from "../db/counter-store.ts";
import { type Database, StaleStateError } from "../db/database.ts";
import type { JobStore } from "../dispatch/job-store.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import {
  type DeliveryOutcome,
  type InboxStore,
  type MaskedRequest,
  STILL_WAITING,
} from "../inbox/inbox-store.ts";
import { type Comparison, compareBooking } from "./compare-booking.ts";
import { compareErased } from "./compare-erased.ts";
import { compareRecord } from "./compare-record.ts";
import type { DraftEvent } from "./event-draft.ts";
import type { EventStore } from "./event-store.ts";
import type { ChangedBooking, Follower } from "./follower.ts";
import type { BookingLook, KnownSubject, RecordLook, Verdict } from "./look.ts";
import type { StoredSubject, SubjectChange, SubjectKind, SubjectStore } from "./subject-store.ts";

/** By position of the delivery. */
type MaskedRequests = ReadonlyMap<number, MaskedRequest>;

/** A look that is ready to be compared and stored. */
export type ReadyLook =
  | { kind: "booking"; look: BookingLook; masked?: MaskedRequests }
  | { kind: Exclude<SubjectKind, "booking">; look: RecordLook; masked?: MaskedRequests };

/** A delivery that ends without a look: unreadable, foreign, without a key. */
export interface Unread {
  position: number;
  state: "duplicate" | "failed" | "held";
  reason: string;
  subject?: string;
  masked?: MaskedRequest;
}

export interface CommitResult {
  /** Deliveries that the state contradicts: to be looked at again. */
  again: { verdict: Verdict; subject: string }[];
  events: number;
  jobs: number;
  finished: number;
}

export interface NormalizeStoreParts {
  db: Database;
  inbox: InboxStore;
  subjects: SubjectStore;
  events: EventStore;
  jobs: JobStore;
  counters: CounterStore;
  follower?: Follower;
}

/**
 * Compares and stores: delivery done → subject's version → events → jobs, in one transaction. Two
 * processes that compare the same booking give the events of one: the second finds the subject
 * moved on, or the delivery finished, and compares again.
 */
export class NormalizeStore {
  readonly #parts: NormalizeStoreParts;

  constructor(parts: NormalizeStoreParts) {
    this.#parts = parts;
  }

  async commit(
    connection: string,
    looks: readonly ReadyLook[],
    unread: readonly Unread[],
    now: number,
  ): Promise<CommitResult> {
    return this.#parts.db.transaction(async (trx) => {
      const waiting = await this.#stillWaiting(trx, looks, unread);
      const batch = new Batch(connection, now);
      const stored = await this.#parts.subjects.load(trx, connection, subjectsOf(looks, unread));
      for (const ready of looks) batch.compare(ready, stored, waiting);
      for (const one of unread) if (waiting.has(one.position)) batch.addUnread(one, stored);
      batch.leaveOut(await this.#parts.events.told(trx, batch.events));
      const { follower } = this.#parts;
      if (follower) batch.leaveOut(await follower.told(trx, connection, batch.events));
      return this.#write(trx, batch);
    });
  }

  /** Whether a commit failed for what was in it: the store is there, and nobody was in the way. */
  isFaultOfContent(error: unknown): boolean {
    if (error instanceof StaleStateError) return false;
    const failure = this.#parts.db.failureOf(error);
    return failure === "duplicate" || failure === "other";
  }

  /** Another process may have taken over and finished some meanwhile. */
  async #stillWaiting(
    trx: Knex.Transaction,
    looks: readonly ReadyLook[],
    unread: readonly Unread[],
  ): Promise<ReadonlySet<number>> {
    const positions = [...looks.flatMap(positionsOf), ...unread.map(({ position }) => position)];
    const rows: { position: number }[] = await trx("deliveries")
      .whereIn("position", positions)
      .whereRaw(STILL_WAITING)
      .select("position");
    return new Set(rows.map(({ position }) => position));
  }

  async #write(trx: Knex.Transaction, batch: Batch): Promise<CommitResult> {
    const { inbox, subjects, events, jobs, counters, follower } = this.#parts;
    const outcomes = batch.outcomes;
    if (outcomes.length > 0 && !(await inbox.finish(trx, outcomes))) {
      throw new StaleStateError("a delivery was finished by another process");
    }
    await subjects.save(trx, batch.connection, [...batch.changes.values()]);
    await events.insert(trx, batch.events);
    await follower?.follow(trx, batch.connection, batch.changedBookings(), batch.now);
    const added = await jobs.enqueue(
      trx,
      batch.events.map(({ event }) => event),
    );
    await counters.add(trx, batch.counts());
    return {
      again: batch.again,
      events: batch.events.length,
      jobs: added,
      finished: outcomes.length,
    };
  }
}

/** What one commit writes. */
class Batch {
  readonly connection: string;
  readonly now: number;
  outcomes: DeliveryOutcome[] = [];
  readonly changes = new Map<string, SubjectChange>();
  events: DraftEvent[] = [];
  readonly again: { verdict: Verdict; subject: string }[] = [];

  constructor(connection: string, now: number) {
    this.connection = connection;
    this.now = now;
  }

  /** Looks at one subject follow each other: each compares with what the one before left behind. */
  compare(
    ready: ReadyLook,
    stored: ReadonlyMap<string, StoredSubject>,
    waiting: ReadonlySet<number>,
  ): void {
    const subject = subjectOf(ready);
    const before = stored.get(subject);
    if (!before) throw new Error(`subject ${subject} was not loaded`);
    const known = this.changes.get(subject)?.after ?? before.known;
    const comparison = this.#compareOne(ready, known, waiting);
    if (!comparison) return;
    const masked = known.isErased ? nothingOf(comparison) : ready.masked;
    if (comparison.isChanged) {
      this.changes.set(subject, {
        subject,
        kind: ready.kind,
        stored: before,
        after: comparison.after,
      });
    }
    this.events.push(...comparison.events);
    for (const verdict of comparison.verdicts) this.#addVerdict(verdict, subject, masked);
  }

  /** A call that is held is read later, and what it says of an erased guest is left out then. */
  addUnread(unread: Unread, stored: ReadonlyMap<string, StoredSubject>): void {
    const { subject = "", state } = unread;
    const isOver = stored.get(subject)?.known.isErased && state !== "held";
    this.outcomes.push({ ...unread, eventIds: [], ...(isOver && { masked: NOTHING }) });
  }

  /**
   * Leaves events out that have been told before: of calls that are looked at anew and leave no
   * trace, once the subject has forgotten them.
   */
  leaveOut(told: ReadonlySet<DraftEvent>): void {
    if (told.size === 0) return;
    const ids = new Set([...told].map(({ event }) => event.id));
    this.events = this.events.filter((draft) => !told.has(draft));
    this.outcomes = this.outcomes.map((outcome) => {
      const eventIds = outcome.eventIds.filter((id) => !ids.has(id));
      if (eventIds.length === outcome.eventIds.length || eventIds.length > 0) {
        return { ...outcome, eventIds };
      }
      return { ...outcome, eventIds, state: "duplicate", reason: "the same call came before" };
    });
  }

  changedBookings(): ChangedBooking[] {
    const told = new Map<string, AnyEvent[]>();
    for (const { event } of this.events) {
      told.set(event.subject, [...(told.get(event.subject) ?? []), event]);
    }
    return [...this.changes.values()].flatMap(({ subject, stored, after: { booking } }) => {
      const events = told.get(subject) ?? [];
      return booking ? [{ before: stored.known.booking, after: booking, events }] : [];
    });
  }

  counts(): Map<string, number> {
    const counts = new Map([["events", this.events.length]]);
    for (const { state } of this.outcomes) {
      // Held ones are still to come: they are counted when they end.
      if (state === "held") continue;
      const name = `deliveries.${state}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  #compareOne(
    ready: ReadyLook,
    known: KnownSubject,
    waiting: ReadonlySet<number>,
  ): Comparison | undefined {
    if (ready.kind !== "booking") {
      const isWaiting = waiting.has(ready.look.call.position);
      return isWaiting ? compareErased(compareRecord, known, ready.look, this.now) : undefined;
    }
    const calls = ready.look.calls.filter(({ position }) => waiting.has(position));
    if (calls.length === 0) return undefined;
    return compareErased(compareBooking, known, { ...ready.look, calls }, this.now);
  }

  #addVerdict(verdict: Verdict, subject: string, requests: ReadyLook["masked"]): void {
    const { position, state, reason, eventIds } = verdict;
    if (state === "again") {
      this.again.push({ verdict, subject });
      return;
    }
    const masked = requests?.get(position);
    this.outcomes.push({
      position,
      state,
      subject,
      eventIds,
      ...(reason !== undefined && { reason }),
      ...(masked && { masked }),
    });
  }
}

const NOTHING: MaskedRequest = { query: "", body: Buffer.alloc(0) };

/** What calls about an erased guest brought along is not kept. */
function nothingOf({ verdicts }: Comparison): MaskedRequests {
  return new Map(verdicts.map(({ position }) => [position, NOTHING]));
}

export function subjectOf({ kind, look }: ReadyLook): string {
  return kind === "booking" ? look.reference : look.subject;
}

function subjectsOf(looks: readonly ReadyLook[], unread: readonly Unread[]): string[] {
  return [...new Set([...looks.map(subjectOf), ...unread.flatMap(({ subject }) => subject ?? [])])];
}

function positionsOf({ kind, look }: ReadyLook): number[] {
  return kind === "booking" ? look.calls.map(({ position }) => position) : [look.call.position];
}
