import type { Database } from "../db/database.ts";
import { HourlyCounts } from "../db/hourly-counts.ts";
import { NEVER } from "./job-store.ts";

/** Why a handler takes no jobs, the weightiest first: it stands when there is more than one reason. */
export const PAUSE_KINDS = ["person", "brake", "refused", "limit", "breaker"] as const;

/**
 * `person`, `brake`: until somebody resumes it. `refused`, `breaker`: until one job has got through.
 * `limit`: as long as the other side asked.
 */
export type PauseKind = (typeof PAUSE_KINDS)[number];

export interface Pause {
  handler: string;
  kind: PauseKind;
  /** UTC milliseconds by the database's clock. */
  until: number;
  reason: string;
  /** How often in a row the breaker has opened. */
  tries: number;
}

/** Counts in an hour in which a person has let mails to guests go on. */
export const MAILS_RELEASED = "guest-mails.released";

/** Handlers that take no jobs for now, and why. */
export class PauseStore {
  readonly #db: Database;
  readonly #counts: HourlyCounts;

  constructor(db: Database) {
    this.#db = db;
    this.#counts = new HourlyCounts(db);
  }

  async all(): Promise<Pause[]> {
    return this.#select();
  }

  /** Pauses whose time is up. */
  async expired(): Promise<Pause[]> {
    const { knex, dialect } = this.#db;
    return this.#select().where("until", "<=", knex.raw(dialect.nowMs));
  }

  /**
   * What is paused for a weightier reason stays as it is.
   *
   * @param forMs How long; without it until somebody resumes the handler.
   * @param tries How often in a row, for the breaker.
   */
  async pause(
    handler: string,
    kind: PauseKind,
    reason: string,
    forMs?: number,
    tries = 0,
  ): Promise<void> {
    const { knex, dialect } = this.#db;
    const until = forMs === undefined ? NEVER : knex.raw(`${dialect.nowMs} + ?`, [forMs]);
    const pause = { kind, until, reason: reason.slice(0, 1000), tries };
    await knex("pauses")
      .insert({ handler, ...pause })
      .onConflict("handler")
      .ignore();
    const lighter = PAUSE_KINDS.slice(PAUSE_KINDS.indexOf(kind));
    await knex("pauses").where({ handler }).whereIn("kind", lighter).update(pause);
  }

  /**
   * A person lets a handler go on. After the brake that means: as many mails as there are, for the
   * rest of this hour.
   *
   * @returns false when it was not paused.
   */
  async resume(handler: string): Promise<boolean> {
    return this.#db.transaction(async (trx) => {
      const braked = await trx("pauses").where({ handler, kind: "brake" }).delete();
      if (braked > 0) await this.#counts.add(new Map([[MAILS_RELEASED, 1]]), trx);
      return braked + (await trx("pauses").where({ handler }).delete()) > 0;
    });
  }

  /** Ends a pause that nobody has changed meanwhile. */
  async end({ handler, kind, until }: Pause): Promise<void> {
    await this.#db.knex("pauses").where({ handler, kind, until }).delete();
  }

  /** One job got through: what held the handler up is over. */
  async closeAfterProbe(handler: string): Promise<void> {
    const kinds: PauseKind[] = ["refused", "breaker"];
    await this.#db.knex("pauses").where({ handler }).whereIn("kind", kinds).delete();
  }

  /**
   * Takes the right to try with one job. Of several processes one gets it; when it dies, another
   * after the term.
   */
  async claimProbe({ handler, kind, until }: Pause, termMs: number): Promise<boolean> {
    const { knex, dialect } = this.#db;
    const claimed = await knex("pauses")
      .where({ handler, kind, until })
      .update({ until: knex.raw(`${dialect.nowMs} + ?`, [termMs]) });
    return claimed === 1;
  }

  /** Settings may have been put right: refused handlers may try at once. */
  async letRefusedTry(handlers: readonly string[]): Promise<void> {
    await this.#db
      .knex("pauses")
      .whereIn("handler", [...handlers])
      .where({ kind: "refused" })
      .update({ until: 0 });
  }

  #select() {
    return this.#db.knex<Pause>("pauses").select("handler", "kind", "until", "reason", "tries");
  }
}
