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
  EVENTS,
  othersNamed,
  reasonsWithout,
  summariesWithout,
  unreadWithout,
  type Walk,
  type WalkedRow,
} from "./walks.ts";

/** Rows that are written in one transaction. */
const BATCH = 200;

/** Where a row says whose it is. */
type Place = Pick<Booking, "connection"> & { subject: string };

/** Erases guests from everything that is kept of their bookings. Done twice it does no harm. */
export class Records {
  readonly #db: Database;
  readonly #subjects: SubjectStore;

  constructor(db: Database, subjects: SubjectStore) {
    this.#db = db;
    this.#subjects = subjects;
  }

  /**
   * First of all, so that nothing that is at work brings them back: the state says nothing of the
   * guest any more, and keeps it so whatever the source tells.
   */
  async eraseState({ connection, reference }: Booking): Promise<void> {
    await this.#db.transaction(async (trx) => {
      const stored = (await this.#subjects.load(trx, connection, [reference])).get(reference);
      if (!stored?.known.booking || stored.known.isErased) return;
      const after = { ...erasedFrom(stored.known), booking: withoutGuest(stored.known.booking) };
      const change = { subject: reference, kind: "booking", stored, after } as const;
      await this.#subjects.save(trx, connection, [change]);
    });
  }

  /** @returns how many events and notifications were about the booking. */
  async eraseTraces(
    { connection, reference: subject }: Booking,
    texts: KnownTexts,
  ): Promise<{ events: number; deliveries: number }> {
    const place = { connection, subject };
    const events = await this.#walk(place, EVENTS);
    const deliveries = await this.#walk(place, deliveriesWithout(texts));
    await this.#walk(place, reasonsWithout("jobs", texts));
    await this.#walk(place, reasonsWithout("occurrences", texts));
    await this.#walk(place, summariesWithout(texts));
    await this.#walk(place, DIFFERENCES);
    await this.#eraseAttempts(place, texts);
    return { events, deliveries };
  }

  /** What the ledger keeps besides sentences: targets are found by it, so after them. */
  async eraseLedger({ connection, reference: subject }: Booking, texts: KnownTexts): Promise<void> {
    await this.#walk({ connection, subject }, effectsWithout(texts));
  }

  /** What nobody could read belongs to no booking, and may name them all the same. */
  async eraseUnread(connections: readonly string[], texts: KnownTexts): Promise<number> {
    let count = 0;
    for (const connection of connections) {
      count += await this.#walkWhere({ connection, state: "failed" }, unreadWithout(texts));
    }
    return count;
  }

  /** Coupons, and customers by themselves. */
  async eraseOthers(connections: readonly string[], texts: KnownTexts): Promise<void> {
    for (const connection of connections) {
      for (const kind of ["customer", "coupon"]) {
        const found: string[] = [];
        await this.#walkWhere({ connection, kind }, othersNamed(texts, found));
        for (const subject of found) {
          await this.#eraseOther(connection, subject);
          await this.eraseTraces({ connection, reference: subject } as Booking, texts);
        }
      }
    }
  }

  /** By what the guest was known. Only when nobody has to be found by it any more. */
  async forget(person: string): Promise<void> {
    await this.#db.knex("person_aliases").where({ person }).delete();
  }

  async #eraseOther(connection: string, subject: string): Promise<void> {
    await this.#db.transaction(async (trx) => {
      const stored = (await this.#subjects.load(trx, connection, [subject])).get(subject);
      if (!stored) return;
      const change = { subject, kind: "coupon", stored, after: erasedFrom(stored.known) } as const;
      await this.#subjects.save(trx, connection, [change]);
    });
  }

  async #eraseAttempts({ connection, subject }: Place, texts: KnownTexts): Promise<void> {
    const jobs: { id: string }[] = await this.#db
      .knex("jobs")
      .where({ subject })
      .where({ connection })
      .select("id");
    for (const { id } of jobs) {
      const rows: { attempt: number; reason: string | null }[] = await this.#db
        .knex("attempts")
        .where({ job_id: id })
        .select("attempt", "reason");
      for (const { attempt, reason } of rows) {
        if (reason === null || !texts.occurIn(reason)) continue;
        await this.#db
          .knex("attempts")
          .where({ job_id: id, attempt })
          .update({ reason: texts.without(reason) });
      }
    }
  }

  #walk(place: Place, walk: Walk): Promise<number> {
    return this.#walkWhere({ ...place }, walk);
  }

  /** @returns how many rows there are. */
  async #walkWhere(where: object, walk: Walk): Promise<number> {
    const { table, columns } = walk;
    const key = table === "subjects" ? "id" : "position";
    let count = 0;
    for (let after = 0; ;) {
      const rows = await this.#db.transaction(async (trx) => {
        const query = trx(table).where(where).where(key, ">", after).orderBy(key).limit(BATCH);
        const narrowed = walk.narrow?.(query) ?? query;
        const found: WalkedRow[] = await narrowed.select(key, ...columns);
        const updates = found.flatMap((row): RowUpdate[] => {
          const values = walk.change(row);
          return values ? [{ key: Number(row[key]), values }] : [];
        });
        if (updates.length > 0) await updateMany(trx, table, key, updates);
        return found;
      });
      count += rows.length;
      if (rows.length < BATCH) return count;
      after = Number(rows.at(-1)?.[key]);
    }
  }
}

/** Whoever has read it before finds that it has moved on. */
function erasedFrom({ version, ordinal, payloadPosition, recent }: KnownSubject): KnownSubject {
  return { version, ordinal: ordinal + 1, payloadPosition, recent, isErased: true };
}
