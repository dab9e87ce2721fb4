import { hash, randomBytes } from "node:crypto";

import type { Database } from "../db/database.ts";

/** A link as it is kept. */
export interface Link {
  /** Hash of its token. */
  id: string;
  instance: string;
  state: "open" | "busy" | "done";
  isExpired: boolean;
  /** How the last try ended; absent while there was none. */
  line?: string;
}

type Row = Pick<Link, "id" | "instance" | "state"> & { leftMs: number; line: string | null };

/** For reading a mail and logging in at the other side. */
const LIFETIME_MS = 60 * 60_000;
/** Then nobody waits for it any more, nor asks what became of it. */
const KEPT_MS = 24 * 60 * 60_000;
const TOKEN_BYTES = 24;
const LONGEST_LINE = 1_000;

/** The links by which a person connects an instance. */
export class LinkStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Older links of the instance are good no longer. */
  async make(instance: string): Promise<{ id: string; token: string }> {
    const { knex, dialect } = this.#db;
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const id = idOf(token);
    const expires_at = knex.raw(`${dialect.nowMs} + ${LIFETIME_MS}`);
    await knex("connect_links")
      .where("expires_at", "<", knex.raw(`${dialect.nowMs} - ${KEPT_MS}`))
      .delete();
    await knex("connect_links").where({ instance, state: "open" }).update({ expires_at: 0 });
    await knex("connect_links").insert({ id, instance, state: "open", expires_at });
    return { id, token };
  }

  async byToken(instance: string, token: string): Promise<Link | undefined> {
    const link = await this.byId(idOf(token));
    return link?.instance === instance ? link : undefined;
  }

  async byId(id: string): Promise<Link | undefined> {
    const { knex, dialect } = this.#db;
    const row: unknown = await knex("connect_links")
      .where({ id })
      .select("id", "instance", "state", "line")
      .select(knex.raw(`expires_at - ${dialect.nowMs} AS ??`, ["leftMs"]))
      .first();
    if (!row) return undefined;
    const { leftMs, line, ...rest } = row as Row;
    return { ...rest, isExpired: leftMs <= 0, ...(line !== null && { line }) };
  }

  /** An answer of the other side is looked at once. @returns false when somebody was faster. */
  async take(id: string): Promise<boolean> {
    const { knex, dialect } = this.#db;
    const taken = await knex("connect_links")
      .where({ id, state: "open" })
      .where("expires_at", ">", knex.raw(dialect.nowMs))
      .update({ state: "busy" });
    return taken === 1;
  }

  /** @param state `open`: it may be tried again with the same link. */
  async end(id: string, state: "open" | "done", line: string): Promise<void> {
    await this.#db
      .knex("connect_links")
      .where({ id })
      .update({ state, line: line.slice(0, LONGEST_LINE) });
  }
}

function idOf(token: string): string {
  return hash("sha256", token, "hex");
}
