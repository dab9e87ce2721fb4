import { setTimeout as sleep } from "node:timers/promises";

import { type RowUpdate, updateMany } from "../db/bulk.ts";
import type { Database } from "../db/database.ts";
import type { KnownSubject } from "../normalize/look.ts";
import type { SubjectStore } from "../normalize/subject-store.ts";
import { withoutGuest } from "../normalize/without-guest.ts";
import type { Booking } from "../sdk/booking.ts";
import type { KnownTexts } from "./known-texts.ts";
import {
  DIFFERENCES,
  deliveriesWithout,
  effectsWithout,
  eventsWithout,
  othersOf,
  reasonsWithout,
  unreadOf,
  unreadWithout,
  type Walk,
  type WalkedRow,
} from "./walks.ts";

/** Rows that are written in one transaction. */
const BATCH = 200;

/** Longer than any job may take that is not about to be taken over. */
const LONGEST_WAIT_MS = 75_000;
const POLL_MS = 200;

/** A booking, or a customer or coupon by itself. */
export type Subject = Pick<Booking, "connection" | "reference">;

/** Where a row says whose it is. */
type Place = Pick<Booking, "connection"> & { subject: string };

/** Erases guests from everything that is kept of their bookings. Done twice it does no harm. */
export class Records {
  readonly #db: Database;
  readonly #subjects: SubjectStore;
  readonly #keptCustom: ReadonlySet<string>;

  /** @param keptCustom Form items by which instances choose their bookings: they are no guest's. */
  constructor(db: Database, subjects: SubjectStore, keptCustom: ReadonlySet<string>) {
    this.#db = db;
    this.#subjects = subjects;
    this.#keptCustom = keptCustom;
  }

  /** From now on nothing that the source tells of the guest is kept. */
  async mark({ connection, reference }: Subject): Promise<void> {
    await this.#rewrite(connection, reference, (known) => known);
  }

  /** The state says nothing of the guest any more: nothing that begins now knows them. */
  async eraseState({ connection, reference }: Subject): Promise<void> {
    await this.#rewrite(connection, reference, (known) => ({
      ...bare(known),
      ...(known.booking && { booking: withoutGuest(known.booking, this.#keptCustom) }),
    }));
  }

  /** @returns how many events and notifications were about the booking. */
  async eraseTraces(
    { connection, reference: subject }: Subject,
    texts: KnownTexts,
  ): Promise<{ events: number; deliveries: number }> {
    const place = { connection, subject };
    const events = await this.#walk(place, eventsWithout(this.#keptCustom));
    const deliveries = await this.#walk(place, deliveriesWithout(texts));
    await this.#walk(place, reasonsWithout("jobs", texts));
    await this.#walk(place, reasonsWithout("occurrences", texts));
    await this.#walk(place, effectsWithout(texts));
    await this.#walk(place, DIFFERENCES);
    await this.#eraseAttempts(place, texts);
    return { events: events.seen, deliveries: deliveries.seen };
  }

  /** What nobody could read belongs to no booking, and may name them all the same. @returns how many. */
  async eraseUnread(connections: readonly string[], texts: KnownTexts): Promise<number> {
    let count = 0;
    for (const connection of connections) {
      const { changed } = await this.#walk({ connection, state: "failed" }, unreadWithout(texts));
      count += changed;
    }
    return count;
  }

  /** The same, to be read. */
  async unread(connections: readonly string[], texts: KnownTexts): Promise<WalkedRow[]> {
    const found: WalkedRow[] = [];
    for (const connection of connections) {
      await this.#walk({ connection, state: "failed" }, unreadOf(texts, found));
    }
    return found;
  }

  /** Coupons, and customers by themselves. */
  async eraseOthers(connections: readonly string[], texts: KnownTexts): Promise<void> {
    for (const other of await this.others(connections, texts)) {
      await this.mark(other);
      await this.eraseTraces(other, texts);
      await this.eraseState(other);
    }
  }

  /** Subjects that are the guests' besides bookings. */
  async others(connections: readonly string[], texts: KnownTexts): Promise<Subject[]> {
    const found: Subject[] = [];
    for (const connection of connections) {
      for (const kind of ["customer", "coupon"]) {
        const subjects: string[] = [];
        await this.#walk({ connection, kind }, othersOf(connection, texts, subjects));
        found.push(...subjects.map((reference) => ({ connection, reference })));
      }
    }
    return found;
  }

  /** Jobs that have begun before may still know the guest. @returns false when some take too long. */
  async untilNothingRuns(bookings: readonly Booking[]): Promise<boolean> {
    const deadline = performance.now() + LONGEST_WAIT_MS;
    for (const { connection, reference: subject } of bookings) {
      while (await this.#isAtWork({ connection, subject })) {
        if (performance.now() > deadline) return false;
        await sleep(POLL_MS);
      }
    }
    return true;
  }

  /** By what the guest was known. Only when nobody has to be found by it any more. */
  async forget(person: string): Promise<void> {
    await this.#db.knex("person_aliases").where({ person }).delete();
  }

  /** Whoever has read the state before finds that it has moved on. */
  async #rewrite(
    connection: string,
    subject: string,
    after: (known: KnownSubject) => KnownSubject,
  ): Promise<void> {
    await this.#db.transaction(async (trx) => {
      const stored = (await this.#subjects.load(trx, connection, [subject])).get(subject);
      if (stored?.id === undefined) return;
      const known = after({ ...stored.known, ordinal: stored.known.ordinal + 1, isErased: true });
      // The kind matters for new ones alone.
      const change = { subject, kind: "booking", stored, after: known } as const;
      await this.#subjects.save(trx, connection, [change]);
    });
  }

  async #isAtWork(place: Place): Promise<boolean> {
    const rows: unknown[] = await this.#db
      .knex("jobs")
      .where(place)
      .whereRaw("COALESCE(state, '') = 'leased'")
      .limit(1)
      .select("id");
    return rows.length > 0;
  }

  async #eraseAttempts({ connection, subject }: Place, texts: KnownTexts): Promise<void> {
    const jobs: { id: string }[] = await this.#db
      .knex("jobs")
      .where({ subject })
      .where({ connection })
      .select("id");
    const rows: { job_id: string; attempt: number; reason: string | null }[] = await this.#db
      .knex("attempts")
      .whereIn(
        "job_id",
        jobs.map(({ id }) => id),
      )
      .select("job_id", "attempt", "reason");
    for (const { reason, ...attempt } of rows) {
      if (reason === null || !texts.occurIn(reason)) continue;
      await this.#db
        .knex("attempts")
        .where(attempt)
        .update({ reason: texts.without(reason) });
    }
  }

  async #walk(where: object, walk: Walk): Promise<{ seen: number; changed: number }> {
    const key = walk.table === "subjects" ? "id" : "position";
    const count = { seen: 0, changed: 0 };
    for (let after = 0; ;) {
      const rows = await this.#db.transaction(async (trx) => {
        const query = trx(walk.table).where(where).where(key, ">", after);
        const narrowed = walk.narrow?.(query) ?? query;
        const found: WalkedRow[] = await narrowed
          .orderBy(key)
          .limit(BATCH)
          .select(key, ...walk.columns);
        const updates = updatesOf(found, key, walk);
        if (updates.length > 0) await updateMany(trx, walk.table, key, updates);
        return { found, changed: updates.length };
      });
      count.seen += rows.found.length;
      count.changed += rows.changed;
      if (rows.found.length < BATCH) return count;
      after = Number(rows.found.at(-1)?.[key]);
    }
  }
}

/** Without what is known of it. */
function bare({ version, ordinal, payloadPosition, recent }: KnownSubject): KnownSubject {
  return { version, ordinal, payloadPosition, recent, isErased: true };
}

function updatesOf(rows: readonly WalkedRow[], key: string, { change, fence }: Walk): RowUpdate[] {
  return rows.flatMap((row): RowUpdate[] => {
    const values = change(row);
    if (!values) return [];
    const held = fence && Object.fromEntries(fence.map((column) => [column, row[column]]));
    return [{ key: Number(row[key]), values, ...(held && { fence: held }) }];
  });
}
