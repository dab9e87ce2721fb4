import type { Knex } from "knex";

import { insertMany, type RowUpdate, updateMany } from "../db/bulk.ts";
import { type Database, StaleStateError } from "../db/database.ts";

export const OCCURRENCE_STATES = ["planned", "done", "skipped", "withdrawn"] as const;

export type OccurrenceState = (typeof OCCURRENCE_STATES)[number];

/** One due moment of a timer around a booking, or of a schedule. */
export interface Occurrence {
  position: number;
  /** A timer's name, or `<instance>/<schedule>`. */
  schedule: string;
  connection: string;
  subject: string;
  /** Of a timer its generation, of a schedule its moment in UTC milliseconds. */
  slot: string;
  state: OccurrenceState;
  /** UTC milliseconds. */
  dueAt: number;
  /** UTC milliseconds: of a timer what it counts from, of a schedule the beginning of its window. */
  referenceAt: number;
}

export type NewOccurrence = Omit<Occurrence, "position"> & { reason?: string | undefined };

/** What becomes of an occurrence that is still in the state it was read in. */
export interface OccurrenceChange {
  position: number;
  from: OccurrenceState;
  /** Where it matters: only while it counts from this moment. */
  fromReferenceAt?: number;
  state: OccurrenceState;
  dueAt: number;
  referenceAt: number;
  reason?: string | undefined;
  eventId?: string | undefined;
}

/** Runs that were asked for by hand may be newer than what is planned. */
const NEWEST = 20;

interface Row {
  position: number;
  schedule: string;
  connection: string;
  subject: string;
  slot: string;
  state: OccurrenceState;
  due_at: number;
  reference_at: number;
}

const COLUMNS = [
  ...["position", "schedule", "connection", "subject", "slot", "state", "due_at", "reference_at"],
] as const;

/** The rows are all there is: no timer waits in memory. */
export class OccurrenceStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** All of some bookings, oldest generation first, by booking. */
  async ofBookings(
    trx: Knex,
    connection: string,
    subjects: readonly string[],
  ): Promise<Map<string, Occurrence[]>> {
    const rows: Row[] = await trx("occurrences")
      .where({ connection })
      .whereIn("subject", [...subjects])
      .orderBy("position")
      .select(...COLUMNS);
    const found = new Map<string, Occurrence[]>();
    for (const row of rows) {
      const one = readRow(row);
      const others = found.get(one.subject);
      if (others) others.push(one);
      else found.set(one.subject, [one]);
    }
    return found;
  }

  /** Those whose moment has come by the database's clock, the longest due first. */
  async due(limit: number): Promise<Occurrence[]> {
    const { knex, dialect } = this.#db;
    const rows: Row[] = await knex("occurrences")
      .where({ state: "planned" })
      .where("due_at", "<=", knex.raw(dialect.nowMs))
      .orderBy("due_at")
      .limit(limit)
      .select(...COLUMNS);
    return rows.map(readRow);
  }

  /** Those that no other process has ended meanwhile. */
  async stillPlanned(trx: Knex, due: readonly Occurrence[]): Promise<Occurrence[]> {
    const rows: Row[] = await trx("occurrences")
      .whereIn(
        "position",
        due.map(({ position }) => position),
      )
      .whereRaw("COALESCE(state, '') = 'planned'")
      .orderBy("position")
      .select(...COLUMNS);
    return rows.map(readRow);
  }

  /** @throws StaleStateError when another process was faster. */
  async insert(trx: Knex.Transaction, added: readonly NewOccurrence[]): Promise<void> {
    const now = trx.raw(this.#db.dialect.nowMs);
    try {
      await insertMany(
        trx,
        "occurrences",
        added.map(({ dueAt, referenceAt, reason, ...key }) => ({
          ...key,
          due_at: dueAt,
          reference_at: referenceAt,
          reason: reason ?? null,
          updated_at: now,
        })),
      );
    } catch (error) {
      if (this.#db.failureOf(error) !== "duplicate") throw error;
      throw new StaleStateError("another process made the occurrence first", { cause: error });
    }
  }

  /** @throws StaleStateError when another process was faster. */
  async change(trx: Knex.Transaction, changes: readonly OccurrenceChange[]): Promise<void> {
    if (changes.length === 0) return;
    const now = trx.raw(this.#db.dialect.nowMs);
    const updates = changes.map(
      ({
        position,
        from,
        fromReferenceAt: since,
        state,
        dueAt,
        referenceAt,
        reason,
        eventId,
      }): RowUpdate => ({
        key: position,
        fence: { state: from, ...(since !== undefined && { reference_at: since }) },
        values: {
          state,
          due_at: dueAt,
          reference_at: referenceAt,
          reason: reason ?? null,
          event_id: eventId ?? null,
          updated_at: now,
        },
      }),
    );
    const written = await updateMany(trx, "occurrences", "position", updates);
    if (written !== changes.length) throw new StaleStateError("an occurrence has moved on");
  }

  /** The newest of a schedule: what is planned by its clock is among them. */
  async newest(schedule: string, trx: Knex = this.#db.knex): Promise<Occurrence[]> {
    const rows: Row[] = await trx("occurrences")
      .where({ schedule })
      .orderBy("due_at", "desc")
      .limit(NEWEST)
      .select(...COLUMNS);
    return rows.map(readRow);
  }

  /** What is planned up to a moment, the next one first, and how many there are in all. */
  async plannedUntil(
    until: number,
    limit: number,
    schedule?: string,
  ): Promise<{ next: Occurrence[]; count: number }> {
    const { knex } = this.#db;
    const planned = () => {
      const query = knex("occurrences").where({ state: "planned" }).where("due_at", "<=", until);
      // By state and moment, not by schedule: of a timer there is a long past.
      return schedule === undefined
        ? query
        : query.whereRaw("COALESCE(schedule, '') = ?", [schedule]);
    };
    const rows: Row[] = await planned()
      .orderBy("due_at")
      .limit(limit)
      .select(...COLUMNS);
    const counted: unknown = await planned().count({ count: "*" }).first();
    return { next: rows.map(readRow), count: (counted as { count: number }).count };
  }

  /** Some of a timer that are to come after a moment. */
  async coming(schedule: string, after: number, limit: number): Promise<Occurrence[]> {
    const rows: Row[] = await this.#db
      .knex("occurrences")
      .where({ schedule })
      .where("due_at", ">", after)
      // By schedule and moment, not by state: nearly all that is to come is planned.
      .whereRaw("COALESCE(state, '') = 'planned'")
      .orderBy("due_at")
      .limit(limit)
      .select(...COLUMNS);
    return rows.map(readRow);
  }
}

function readRow(row: Row): Occurrence {
  const { position, schedule, connection, subject, slot, state } = row;
  return {
    ...{ position, schedule, connection, subject, slot, state },
    dueAt: row.due_at,
    referenceAt: row.reference_at,
  };
}
