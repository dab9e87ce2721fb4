import type { Database } from "../db/database.ts";
import { NEVER } from "./job-store.ts";

export interface Pause {
  handler: string;
  /** `person`: until somebody resumes it. `refused`: until the settings are tried again. */
  kind: "person" | "refused";
  /** UTC milliseconds by the database's clock. */
  until: number;
  reason: string;
}

/** Handlers that take no jobs for now, and why. */
export class PauseStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async all(): Promise<Pause[]> {
    const rows: Pause[] = await this.#db
      .knex("pauses")
      .select("handler", "kind", "until", "reason");
    return rows;
  }

  /** Pauses whose time is up. */
  async expired(): Promise<Pause[]> {
    const { knex, dialect } = this.#db;
    const rows: Pause[] = await knex("pauses")
      .where("until", "<", knex.raw(dialect.nowMs))
      .select("handler", "kind", "until", "reason");
    return rows;
  }

  /** @param forMs How long; without it until somebody resumes the handler. */
  async pause(handler: string, kind: Pause["kind"], reason: string, forMs?: number): Promise<void> {
    const { knex, dialect } = this.#db;
    const until = forMs === undefined ? NEVER : knex.raw(`${dialect.nowMs} + ?`, [forMs]);
    const pause = { kind, until, reason: reason.slice(0, 1000) };
    const added = knex("pauses")
      .insert({ handler, ...pause })
      .onConflict("handler");
    if (kind === "person") {
      await added.merge();
      return;
    }
    // What a person has paused stays as that person has said.
    await added.ignore();
    await knex("pauses").where({ handler, kind }).update(pause);
  }

  /** @returns false when it was not paused. */
  async resume(handler: string): Promise<boolean> {
    return (await this.#db.knex("pauses").where({ handler }).delete()) > 0;
  }
}
