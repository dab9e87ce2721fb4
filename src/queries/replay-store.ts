import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import { newId } from "../process/new-id.ts";

export const REPLAY_KINDS = ["jobs", "deliveries", "sync"] as const;
export const REPLAY_STATES = ["open", "done"] as const;

/** A replay of many, or a push of all bookings to one instance, and how far it has got. */
export interface ReplayRow {
  position: number;
  id: string;
  kind: (typeof REPLAY_KINDS)[number];
  state: (typeof REPLAY_STATES)[number];
  /** As they were given. */
  filters: Readonly<Record<string, unknown>>;
  /** How many it is about: counted when it began, and what it came to once it is done. */
  count: number;
  /** How many are back in line so far. */
  moved: number;
  /** Keys up to this one are done with. */
  above: number;
  /** Keys from this one on came later and are not meant. */
  below: number;
  /** UTC milliseconds. */
  createdAt: number;
}

export type NewReplay = Pick<ReplayRow, "kind" | "filters" | "count" | "below">;

interface StoredReplay extends Omit<ReplayRow, "filters"> {
  filters: Buffer;
}

/** Replays of many: what is meant, and up to where it is done. */
export class ReplayStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async begin({ kind, filters, count, below }: NewReplay): Promise<ReplayRow> {
    const { knex, dialect } = this.#db;
    const id = newId();
    const now = knex.raw(dialect.nowMs);
    await knex("replays").insert({
      id,
      kind,
      state: "open",
      filters: Buffer.from(JSON.stringify(filters)),
      count,
      below,
      created_at: now,
      updated_at: now,
    });
    const row = await this.find(id);
    if (!row) throw new Error(`replay ${id} is gone`);
    return row;
  }

  async find(id: string): Promise<ReplayRow | undefined> {
    const [row] = await this.#read((replays) => replays.where({ id }));
    return row;
  }

  /** Newest first. */
  byPositions(positions: readonly number[]): Promise<ReplayRow[]> {
    return this.#read((replays) => replays.whereIn("position", [...positions]));
  }

  /** Those that are not done and that nobody has moved on for so long, oldest first. */
  async open(kinds: readonly ReplayRow["kind"][], forMs = 0): Promise<ReplayRow[]> {
    const before = this.#db.knex.raw(`${this.#db.dialect.nowMs} - ?`, [forMs]);
    const rows = await this.#read((replays) =>
      replays
        .where({ state: "open" })
        .whereIn("kind", [...kinds])
        .where("updated_at", "<=", before),
    );
    return rows.reverse();
  }

  /**
   * Moves the mark on, in the transaction that puts the rows back.
   *
   * @returns false when somebody else has done so since the row was read.
   */
  async moveOn(
    trx: Knex.Transaction,
    { id, above }: ReplayRow,
    to: { above: number } | "done",
  ): Promise<boolean> {
    const updated = { updated_at: trx.raw(this.#db.dialect.nowMs) };
    const changes = to === "done" ? { state: "done", count: trx.ref("moved") } : to;
    const open = trx("replays").where({ id, above, state: "open" });
    return (await open.update({ ...changes, ...updated })) === 1;
  }

  /** Leaves the rest undone. */
  async end({ id }: Pick<ReplayRow, "id">): Promise<void> {
    const { knex, dialect } = this.#db;
    await knex("replays")
      .where({ id, state: "open" })
      .update({ state: "done", count: knex.ref("moved"), updated_at: knex.raw(dialect.nowMs) });
  }

  async addMoved(trx: Knex.Transaction, { id }: ReplayRow, count: number): Promise<void> {
    await trx("replays").where({ id }).increment("moved", count);
  }

  async #read(which: (replays: Knex.QueryBuilder) => Knex.QueryBuilder): Promise<ReplayRow[]> {
    const rows: StoredReplay[] = await which(this.#db.knex("replays"))
      .orderBy("position", "desc")
      .select("position", "id", "kind", "state", "filters", "count", "moved", "above", "below")
      .select("created_at as createdAt");
    return rows.map((row) => ({
      ...row,
      filters: JSON.parse(row.filters.toString("utf8")) as ReplayRow["filters"],
    }));
  }
}
