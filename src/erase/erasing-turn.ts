import { randomUUID } from "node:crypto";

import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import type { Fence } from "../effects/fence.ts";
import { HandedBackError } from "../effects/handed-back.ts";

const NAME = "erase";
const TERM_MS = 30_000;
const RENEW_MS = 5_000;
/** Acting ends this long before the term does. */
const MARGIN_MS = 3_000;

/** The right to erase: one process at a time has it, and others take it over when that one is killed. */
export class ErasingTurn implements Fence {
  readonly token = randomUUID();
  readonly #db: Database;
  #safeUntilMs = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(db: Database) {
    this.#db = db;
  }

  /** @throws Error when somebody else has it. */
  static async take(db: Database): Promise<ErasingTurn> {
    const turn = new ErasingTurn(db);
    const askedAtMs = performance.now();
    await db.knex("owners").insert({ name: NAME, token: "", until: 0 }).onConflict("name").ignore();
    const taken = await db
      .knex("owners")
      .where({ name: NAME })
      .where("until", "<", db.knex.raw(db.dialect.nowMs))
      .update({ token: turn.token, until: turn.#termEnd(db.knex) });
    if (taken !== 1)
      throw new Error("somebody else is being erased right now: try again in a minute");
    turn.renewed(askedAtMs);
    turn.#timer = setInterval(() => void turn.#renew(), RENEW_MS);
    return turn;
  }

  async hold(trx: Knex.Transaction): Promise<void> {
    const held = await trx("owners")
      .where({ name: NAME, token: this.token })
      .update({ until: this.#termEnd(trx) });
    if (held !== 1) throw new HandedBackError("another process erases");
  }

  renewed(askedAtMs: number): void {
    this.#safeUntilMs = Math.max(this.#safeUntilMs, askedAtMs + TERM_MS - MARGIN_MS);
  }

  remainingMs(): number {
    return this.#safeUntilMs - performance.now();
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#db.knex("owners").where({ name: NAME, token: this.token }).delete();
  }

  /** Calls to the other side take their time. A store that is away is noticed at the next effect. */
  async #renew(): Promise<void> {
    const askedAtMs = performance.now();
    try {
      await this.#db.knex.transaction((trx) => this.hold(trx));
      this.renewed(askedAtMs);
    } catch {
      // The term runs out by itself.
    }
  }

  #termEnd(db: Knex) {
    return db.raw(`${this.#db.dialect.nowMs} + ${TERM_MS}`);
  }
}
