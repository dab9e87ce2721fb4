import { randomUUID } from "node:crypto";

import { Trouble } from "../process/trouble.ts";
import type { Log } from "../sdk/context.ts";
import type { Database } from "./database.ts";

const TERM_MS = 5_000;
const ROUND_MS = 1_500;

export interface OwnedWork {
  /** Called once the work is ours; must come back soon. */
  begin(): void;
  /** Called when somebody else has it, or we stop. Resolves when nothing of it runs any more. */
  end(): Promise<void>;
}

/** Whether some process has this work now. */
export async function hasOwner({ knex, dialect }: Database, name: string): Promise<boolean> {
  const row: unknown = await knex("owners")
    .where({ name })
    .where("until", ">=", knex.raw(dialect.nowMs))
    .first("name");
  return row !== undefined;
}

/**
 * Takes work that only one process may do at a time: rows `owners(name, token, until)`, terms of
 * five seconds by the database's clock, no leader. Whoever finds a term run out takes over. It
 * keeps order and saves work; what must never go wrong is fenced in the data besides.
 */
export class Ownership {
  readonly #db: Database;
  readonly #log: Log;
  readonly #trouble: Trouble;
  readonly #token = randomUUID();
  readonly #works = new Map<string, OwnedWork>();
  readonly #owned = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #round: Promise<void> = Promise.resolve();

  constructor(db: Database, log: Log) {
    this.#db = db;
    this.#log = log;
    this.#trouble = new Trouble((error) => {
      log.warn({ error }, "could not renew ownership");
    });
  }

  add(name: string, work: OwnedWork): void {
    this.#works.set(name, work);
  }

  async start(): Promise<void> {
    if (this.#works.size === 0) return;
    await this.#db
      .knex("owners")
      .insert([...this.#works.keys()].map((name) => ({ name, token: "", until: 0 })))
      .onConflict("name")
      .ignore();
    await this.#takeRound();
    this.#schedule();
  }

  /** Ends all owned work and frees it, so that another process need not wait for the term's end. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    await this.#round;
    await Promise.all([...this.#owned].map(async (name) => this.#works.get(name)?.end()));
    this.#owned.clear();
    try {
      await this.#db.knex("owners").where({ token: this.#token }).update({ until: 0, token: "" });
    } catch (error) {
      this.#log.warn({ error }, "could not give up ownership: its term runs out by itself");
    }
  }

  #schedule(): void {
    if (this.#isStopping) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#takeRound().then(() => {
        this.#schedule();
      });
    }, ROUND_MS);
  }

  async #takeRound(): Promise<void> {
    try {
      await this.#renew();
      await this.#takeFree();
    } catch (error) {
      this.#trouble.note(error);
    }
  }

  async #renew(): Promise<void> {
    if (this.#owned.size === 0) return;
    const renewed = await this.#db
      .knex("owners")
      .where({ token: this.#token })
      .update({ until: this.#termEnd() });
    if (renewed === this.#owned.size) return;
    const rows: { name: string }[] = await this.#db
      .knex("owners")
      .where({ token: this.#token })
      .select("name");
    const kept = new Set(rows.map(({ name }) => name));
    for (const name of [...this.#owned].filter((owned) => !kept.has(owned))) {
      this.#owned.delete(name);
      this.#log.warn({ name }, "another process took over");
      await this.#works.get(name)?.end();
    }
  }

  async #takeFree(): Promise<void> {
    const { knex, dialect } = this.#db;
    const wanted = [...this.#works.keys()].filter((name) => !this.#owned.has(name));
    if (wanted.length === 0) return;
    const free: { name: string }[] = await knex("owners")
      .whereIn("name", wanted)
      .where("until", "<", knex.raw(dialect.nowMs))
      .select("name");
    for (const { name } of free) {
      const won = await knex("owners")
        .where({ name })
        .where("until", "<", knex.raw(dialect.nowMs))
        .update({ token: this.#token, until: this.#termEnd() });
      if (won !== 1) continue;
      this.#owned.add(name);
      this.#works.get(name)?.begin();
    }
  }

  #termEnd() {
    return this.#db.knex.raw(`${this.#db.dialect.nowMs} + ${TERM_MS}`);
  }
}
