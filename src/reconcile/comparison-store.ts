import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import { newId } from "../process/new-id.ts";
import {
  type Comparison,
  type ComparisonKind,
  type ComparisonState,
  NO_PROGRESS,
  type Progress,
  type Wanted,
} from "./comparison.ts";

const REASON_LENGTH = 1000;
/** Ended ones that are kept to look at, of each connection. */
const KEPT = 50;

interface Row {
  id: string;
  position: number;
  connection: string;
  kind: ComparisonKind;
  state: ComparisonState;
  wanted: Buffer;
  progress: Buffer;
  reason: string | null;
  created_at: number;
  updated_at: number;
}

/** Imports and comparisons that somebody asked for, and how far they have got. */
export class ComparisonStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Asks for one; whoever owns the connection takes it up. An open one that is the same goes on. */
  async ask(connection: string, kind: ComparisonKind, wanted: Wanted): Promise<Comparison> {
    const open = (await this.open(connection)).find(
      (one) => one.kind === kind && JSON.stringify(one.wanted) === JSON.stringify(wanted),
    );
    if (open) return open;
    const now = this.#db.knex.raw(this.#db.dialect.nowMs);
    const id = newId();
    await this.#db.knex("comparisons").insert({
      id,
      connection,
      kind,
      state: "open",
      wanted: bytesOf(wanted),
      progress: bytesOf(NO_PROGRESS),
      created_at: now,
      updated_at: now,
    });
    await this.#forgetOld(connection);
    const asked = await this.find(id);
    if (!asked) throw new Error(`comparison ${id} is gone`);
    return asked;
  }

  async find(id: string): Promise<Comparison | undefined> {
    const row: unknown = await this.#db.knex("comparisons").where({ id }).first();
    return row === undefined ? undefined : readRow(row as Row);
  }

  /** Those of a connection that are not done, oldest first. */
  async open(connection: string): Promise<Comparison[]> {
    const rows = await this.#db
      .knex<Row>("comparisons")
      .where({ state: "open", connection })
      .orderBy("position");
    return rows.map(readRow);
  }

  /** Notes how far it is, and what it waits for. */
  async note(id: string, progress: Progress, reason: string | null, trx?: Knex): Promise<void> {
    await this.#update(trx ?? this.#db.knex, id, {
      progress: bytesOf(progress),
      reason: reason?.slice(0, REASON_LENGTH) ?? null,
    });
  }

  async end(id: string, state: "done" | "failed", reason: string | null): Promise<void> {
    const cut = reason?.slice(0, REASON_LENGTH) ?? null;
    await this.#update(this.#db.knex, id, { state, reason: cut });
  }

  async #update(db: Knex, id: string, values: object): Promise<void> {
    const now = db.raw(this.#db.dialect.nowMs);
    await db("comparisons")
      .where({ id, state: "open" })
      .update({ ...values, updated_at: now });
  }

  async #forgetOld(connection: string): Promise<void> {
    for (const state of ["done", "failed"]) {
      const oldest: unknown = await this.#db
        .knex("comparisons")
        .where({ state, connection })
        .orderBy("position", "desc")
        .offset(KEPT)
        .first("position");
      if (oldest === undefined) continue;
      await this.#db
        .knex("comparisons")
        .where({ state, connection })
        .where("position", "<=", (oldest as { position: number }).position)
        .delete();
    }
  }
}

function bytesOf(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function readRow(row: Row): Comparison {
  return {
    id: row.id,
    position: row.position,
    connection: row.connection,
    kind: row.kind,
    state: row.state,
    wanted: JSON.parse(row.wanted.toString("utf8")) as Wanted,
    progress: JSON.parse(row.progress.toString("utf8")) as Progress,
    reason: row.reason,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
