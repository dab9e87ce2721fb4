import type { Knex } from "knex";

import { insertInOneCommit, insertMany, updateMany } from "../db/bulk.ts";
import type { CounterStore } from "../db/counter-store.ts";
import type { Database } from "../db/database.ts";
import type { RawDelivery } from "../sdk/source.ts";

export type DeliveryState = "waiting" | "done" | "duplicate" | "held" | "failed";

/** What has ended, or waits for a setting, can be looked at anew. */
export const REPLAYABLE_DELIVERIES = ["done", "duplicate", "failed", "held"] as const;

/** A request as it came in. */
export interface NewDelivery {
  id: string;
  connection: string;
  /** UTC milliseconds. */
  receivedAt: number;
  method: string;
  /** Raw query string without the question mark. */
  query: string;
  /** Names and values in turn, as Node's `rawHeaders`. */
  rawHeaders: readonly string[];
  body: Buffer;
}

/** A kept request that is still to be understood. */
export interface WaitingDelivery extends RawDelivery {
  position: number;
  connection: string;
  /** How often it was looked at without an end. */
  looks: number;
}

/** Parts of a raw request in which card numbers were found and masked. */
export interface MaskedRequest {
  query?: string;
  body?: Buffer;
}

/** How looking at a delivery ended. */
export interface DeliveryOutcome {
  position: number;
  state: Exclude<DeliveryState, "waiting">;
  subject?: string;
  reason?: string;
  eventIds: readonly string[];
  /** What must be stored anew, with card numbers masked. */
  masked?: MaskedRequest;
}

export interface Postponement {
  delayMs: number;
  reason: string;
  subject: string;
  isLook: boolean;
}

const COLUMNS = ["id", "connection", "received_at", "method", "query", "headers", "body"] as const;

const REASON_LENGTH = 1000;

/**
 * The fence of a waiting delivery, for statements that name their rows by position. Wrapped, so that
 * SQLite does not take the index of the states instead and walk through everything that waits.
 */
export const STILL_WAITING = "COALESCE(state, '') = 'waiting'";

interface DeliveryRow {
  position: number;
  id: string;
  connection: string;
  received_at: number;
  method: string;
  query: Buffer;
  headers: Buffer;
  body: Buffer;
  looks: number;
}

/** The inbox: every accepted request, in order of arrival. */
export class InboxStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Keeps all of them in one commit, or none. */
  async append(deliveries: readonly NewDelivery[]): Promise<void> {
    await insertInOneCommit(this.#db, "deliveries", COLUMNS, deliveries.map(valuesOf));
  }

  /**
   * Keeps those of them that are not kept yet, in their order, in one commit. An earlier attempt to
   * keep them may have got through without its answer.
   *
   * @param alongside Further writes of the same commit.
   */
  async appendMissing(
    deliveries: readonly NewDelivery[],
    alongside: (trx: Knex.Transaction) => Promise<void>,
  ): Promise<void> {
    await this.#db.transaction(async (trx) => {
      const ids = deliveries.map(({ id }) => id);
      const rows: { id: string }[] = await trx("deliveries").whereIn("id", ids).select("id");
      const kept = new Set(rows.map(({ id }) => id));
      const missing = deliveries.filter(({ id }) => !kept.has(id)).map(valuesOf);
      await insertMany(trx, "deliveries", missing.map(rowOf));
      await alongside(trx);
    });
  }

  /** Keeps further deliveries inside a transaction. @returns their positions, in order. */
  async add(trx: Knex.Transaction, deliveries: readonly NewDelivery[]): Promise<number[]> {
    const rows = deliveries.map(valuesOf).map(rowOf);
    await insertMany(trx, "deliveries", rows);
    const ids = deliveries.map(({ id }) => id);
    const kept: { id: string; position: number }[] = await trx("deliveries")
      .whereIn("id", ids)
      .select("id", "position");
    const positions = new Map(kept.map(({ id, position }) => [id, position]));
    return ids.map((id) => positions.get(id) ?? 0);
  }

  /** Positions of a connection's waiting deliveries that are due, oldest first. */
  async duePositions(connection: string, limit: number): Promise<number[]> {
    const { knex, dialect } = this.#db;
    const rows: { position: number }[] = await knex("deliveries")
      .where({ connection, state: "waiting" })
      .where("due_at", "<=", knex.raw(dialect.nowMs))
      .orderBy("position")
      .limit(limit)
      .select("position");
    return rows.map(({ position }) => position);
  }

  /** Positions of deliveries about a subject that wait to be looked at again later. */
  async postponedPositions(connection: string, subject: string): Promise<number[]> {
    const rows: { position: number }[] = await this.#db
      .knex("deliveries")
      .where({ connection, subject })
      .whereRaw(STILL_WAITING)
      .orderBy("position")
      .select("position");
    return rows.map(({ position }) => position);
  }

  /** Reads deliveries that still wait, in order of arrival. */
  async read(positions: readonly number[]): Promise<WaitingDelivery[]> {
    const rows: DeliveryRow[] = await this.#db
      .knex("deliveries")
      .whereIn("position", [...positions])
      .whereRaw(STILL_WAITING)
      .orderBy("position")
      .select("position", "looks", ...COLUMNS);
    return rows.map(readRow);
  }

  /**
   * Ends deliveries. Only waiting ones: another process may have been faster.
   *
   * @returns false when at least one was not waiting any more; the caller must roll back.
   */
  async finish(trx: Knex.Transaction, outcomes: readonly DeliveryOutcome[]): Promise<boolean> {
    const updates = outcomes.map(({ position, state, subject, reason, eventIds }) => ({
      key: position,
      values: {
        state,
        subject: subject ?? null,
        reason: reason?.slice(0, REASON_LENGTH) ?? null,
        event_ids: eventIds.length === 0 ? null : Buffer.from(JSON.stringify(eventIds)),
      },
    }));
    const written = await updateMany(trx, "deliveries", "position", updates, STILL_WAITING);
    for (const { position, masked } of outcomes) {
      if (masked) await trx("deliveries").where({ position }).update(columnsOf(masked));
    }
    return written === outcomes.length;
  }

  /**
   * Lets deliveries wait and be looked at again later.
   *
   * @param isLook The wait follows a look that had an answer, if not the one that was announced.
   */
  async postpone(
    positions: readonly number[],
    { delayMs, reason, subject, isLook }: Postponement,
  ): Promise<void> {
    const { knex, dialect } = this.#db;
    await knex("deliveries")
      .whereIn("position", [...positions])
      .whereRaw(STILL_WAITING)
      .update({
        due_at: knex.raw(`${dialect.nowMs} + ?`, [delayMs]),
        looks: knex.raw("looks + ?", [isLook ? 1 : 0]),
        reason: reason.slice(0, REASON_LENGTH),
        subject,
      });
  }

  /** Puts held deliveries back in line: after a start, or when a setting has been put right. */
  async releaseHeld(connection: string): Promise<number> {
    return this.#db
      .knex("deliveries")
      .where({ connection, state: "held" })
      .update({ state: "waiting", due_at: 0 });
  }

  /** Puts the oldest held delivery back in line, to see whether the setting is right by now. */
  async releaseOldestHeld(connection: string): Promise<boolean> {
    const oldest: unknown = await this.#db
      .knex("deliveries")
      .where({ connection, state: "held" })
      .min("position as position")
      .first();
    const { position } = oldest as { position: number | null };
    if (position === null) return false;
    await this.#db
      .knex("deliveries")
      .where({ position, state: "held" })
      .update({ state: "waiting", due_at: 0 });
    return true;
  }

  /**
   * Puts deliveries that have ended back in line, as if they had just come: to be read, fetched
   * and compared anew. What the booking shows already makes no second event.
   *
   * @returns how many; those that wait already are passed over.
   */
  async replay(
    trx: Knex.Transaction,
    positions: readonly number[],
    counters: CounterStore,
  ): Promise<number> {
    let total = 0;
    const counts = new Map<string, number>();
    for (const state of REPLAYABLE_DELIVERIES) {
      const count = await trx("deliveries")
        .whereIn("position", [...positions])
        .whereRaw("COALESCE(state, '') = ?", [state])
        .update({ state: "waiting", due_at: 0, looks: 0, reason: null });
      total += count;
      // Held ones have not been counted yet.
      if (state !== "held") counts.set(`deliveries.${state}`, -count);
    }
    await counters.add(trx, counts);
    return total;
  }
}

function rowOf(values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(COLUMNS.map((name, at) => [name, values[at]]));
}

/** In the order of the columns. */
function valuesOf(delivery: NewDelivery): unknown[] {
  return [
    delivery.id,
    delivery.connection,
    delivery.receivedAt,
    delivery.method,
    Buffer.from(delivery.query, "latin1"),
    Buffer.from(JSON.stringify(delivery.rawHeaders)),
    delivery.body,
  ];
}

function columnsOf({ query, body }: MaskedRequest): { query?: Buffer; body?: Buffer } {
  return {
    ...(query !== undefined && { query: Buffer.from(query, "latin1") }),
    ...(body && { body }),
  };
}

function readRow(row: DeliveryRow): WaitingDelivery {
  return {
    position: row.position,
    id: row.id,
    connection: row.connection,
    receivedAt: row.received_at,
    method: row.method,
    query: row.query.toString("latin1"),
    headers: readHeaders(row.headers),
    body: row.body,
    looks: row.looks,
  };
}

/** Raw names and values in turn become one value per lower-case name. */
export function readHeaders(stored: Buffer): Record<string, string> {
  const raw = JSON.parse(stored.toString("utf8")) as string[];
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]?.toLowerCase() ?? "";
    const value = raw[index + 1] ?? "";
    headers[name] = name in headers ? `${headers[name] ?? ""}, ${value}` : value;
  }
  return headers;
}
