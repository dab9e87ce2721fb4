import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { HourlyCounts } from "../db/hourly-counts.ts";
import { LISTED } from "../inbox/listed-notice.ts";
import { type Reading, nextState, type SeenConnection, type WatchState } from "./watch-state.ts";

const FACT = "alerts:watch";
const HOUR_MS = 60 * 60_000;
/** Of the usual rhythm the last five weeks are asked for; a silence may last some weeks besides. */
const KEPT_HOURS = 26 * 7 * 24;

/** What came longer ago than this was taken from a record: no call that keeps a rhythm. */
const RECORDED_MS = 24 * HOUR_MS;

/** The calls of a connection in each hour. */
export function callsOf(connection: string): string {
  return `deliveries:${connection}`;
}

export interface WatchParts {
  db: Database;
  facts: FactStore;
  hourly: HourlyCounts;
  /** Names of the configured connections. */
  connections: readonly string[];
  backlogMs: number;
}

/**
 * Follows what arrives: counts it by the hour and remembers when something last came. By position
 * and the database's clock, once a round and away from the path of the calls, so that they cost
 * nothing more and a delivery that is replayed is no call.
 */
export class Watch {
  readonly #parts: WatchParts;
  #prunedAt = -Infinity;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  /** @returns undefined when another process has done this round. */
  async next(): Promise<WatchState | undefined> {
    const { db, facts, hourly, backlogMs } = this.#parts;
    const stored = await facts.get(FACT);
    const before = stored === undefined ? undefined : (JSON.parse(stored) as WatchState);
    const reading = await this.#read(before);
    const state = nextState(before, reading, backlogMs);
    const calls = Object.entries(reading.connections).map(
      ([id, read]) => [callsOf(id), read.calls] as const,
    );
    const isOurs = await db.transaction(async (trx) => {
      if (!(await facts.replace(FACT, stored, JSON.stringify(state), trx))) return false;
      await hourly.add(new Map(calls), trx);
      return true;
    });
    await this.#prune(state.at);
    return isOurs ? state : undefined;
  }

  async #read(before: WatchState | undefined): Promise<Reading> {
    const { db, connections } = this.#parts;
    const rows: { newest: number | null }[] = await db
      .knex("deliveries")
      .max("position", { as: "newest" });
    const now = await db.now();
    const read = connections.map(async (id) => {
      return [id, await this.#readConnection(id, before?.connections[id], now)] as const;
    });
    return {
      now,
      newest: rows[0]?.newest ?? 0,
      connections: Object.fromEntries(await Promise.all(read)),
    };
  }

  async #readConnection(connection: string, seen: SeenConnection | undefined, now: number) {
    const { knex } = this.#parts.db;
    const calls = knex("deliveries").where({ connection });
    const tick = await newest(knex("events").where({ connection, type: "clock.hourly" }));
    // All that came before anybody counted is none of our business.
    if (!seen) return { calls: 0, newest: await newest(calls), tick };
    // Found ones are passed over, not left out: else they would be read again in every round.
    const rows: { calls: number; newest: number | null }[] = await calls
      .where("position", ">", seen.position)
      .select(
        knex.raw("COUNT(CASE WHEN method <> ? AND received_at > ? THEN 1 END) AS calls", [
          LISTED,
          now - RECORDED_MS,
        ]),
      )
      .select(knex.raw("MAX(position) AS newest"));
    return { calls: rows[0]?.calls ?? 0, newest: rows[0]?.newest ?? seen.position, tick };
  }

  async #prune(now: number): Promise<void> {
    if (now - this.#prunedAt < HOUR_MS) return;
    this.#prunedAt = now;
    const { knex } = this.#parts.db;
    await knex("hourly_counts")
      .where("hour", "<", Math.floor(now / HOUR_MS) - KEPT_HOURS)
      .delete();
  }
}

async function newest(rows: Knex.QueryBuilder): Promise<number> {
  const row: unknown = await rows.orderBy("position", "desc").first("position");
  return (row as { position: number } | undefined)?.position ?? 0;
}
