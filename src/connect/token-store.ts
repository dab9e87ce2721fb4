import type { Knex } from "knex";
import { z } from "zod";

import type { Database } from "../db/database.ts";
import { ConfigurationError, messageOf } from "../sdk/errors.ts";
import type { SecretKey } from "./secret-key.ts";
import type { Grant } from "./token-endpoint.ts";

/** Tokens as they are kept. */
export interface KeptTokens {
  version: number;
  accessToken: string;
  refreshToken: string | undefined;
  lifetimeMs: number;
  /** How much longer the access token is good; negative: no longer. */
  leftMs: number;
  account: Readonly<Record<string, string>>;
}

/** How long a process that refreshes has for it: longer than the other side may take to answer. */
const CLAIM_MS = 30_000;

const Secrets = z.object({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  lifetimeMs: z.number(),
});

interface Row {
  version: number;
  leftMs: number;
  refused: string | null;
  key_id: string;
  sealed: Buffer;
  account: Buffer;
}

/** The tokens of instances, sealed. Which process may refresh them is decided here. */
export class TokenStore {
  readonly #db: Database;
  readonly #key: SecretKey;

  constructor(db: Database, key: SecretKey) {
    this.#db = db;
    this.#key = key;
  }

  /** @throws ConfigurationError when a person has to connect, for the first time or again. */
  async read(instance: string): Promise<KeptTokens> {
    const { knex, dialect } = this.#db;
    const found: unknown = await knex("oauth_tokens")
      .where({ instance })
      .select("version", "refused", "key_id", "sealed", "account")
      .select(knex.raw(`expires_at - ${dialect.nowMs} AS ??`, ["leftMs"]))
      .first();
    const row = found as Row | undefined;
    const again = `connect again: bellhop connect ${instance}`;
    if (!row) {
      throw new ConfigurationError(`nobody has connected yet: run bellhop connect ${instance}`);
    }
    if (row.refused !== null) throw new ConfigurationError(`${row.refused}: ${again}`);
    const { version, leftMs } = row;
    const account = JSON.parse(row.account.toString("utf8")) as Record<string, string>;
    return { version, leftMs, account, ...this.#open(instance, row, again) };
  }

  /** Puts what a person has just granted in the place of whatever there was. */
  async connect(instance: string, grant: Grant, account: object): Promise<void> {
    const values = {
      ...this.#values(instance, grant),
      account: Buffer.from(JSON.stringify(account)),
      claim: "",
      claim_until: 0,
    };
    await this.#db
      .knex("oauth_tokens")
      .insert({ instance, version: 1, ...values })
      .onConflict("instance")
      .merge({ ...values, version: this.#db.knex.raw("oauth_tokens.version + 1") });
  }

  /** @returns whether this process may refresh the tokens of that version now, and nobody else. */
  async claim(instance: string, version: number, claim: string): Promise<boolean> {
    const { knex, dialect } = this.#db;
    const claimed = await knex("oauth_tokens")
      .where({ instance, version })
      .where("claim_until", "<", knex.raw(dialect.nowMs))
      .update({ claim, claim_until: knex.raw(`${dialect.nowMs} + ${CLAIM_MS}`) });
    return claimed === 1;
  }

  /** Nothing came of it: the next process need not wait. */
  async giveUp(instance: string, claim: string): Promise<void> {
    await this.#db.knex("oauth_tokens").where({ instance, claim }).update({ claim_until: 0 });
  }

  /** @returns false when somebody else has written meanwhile. */
  async replace(instance: string, version: number, grant: Grant): Promise<boolean> {
    return this.#swap(instance, version, {
      ...this.#values(instance, grant),
      version: version + 1,
      claim_until: 0,
    });
  }

  /** Only a person can go on from here. @returns as `replace`. */
  async refuse(instance: string, version: number, why: string): Promise<boolean> {
    return this.#swap(instance, version, { refused: why, version: version + 1, claim_until: 0 });
  }

  /** The access token of that version is good no longer. */
  async expire(instance: string, version: number): Promise<void> {
    await this.#db.knex("oauth_tokens").where({ instance, version }).update({ expires_at: 0 });
  }

  async #swap(instance: string, version: number, values: Knex.MaybeRawRecord<object>) {
    const swapped: number = await this.#db
      .knex("oauth_tokens")
      .where({ instance, version })
      .update(values);
    return swapped === 1;
  }

  #values(instance: string, grant: Grant) {
    const { knex, dialect } = this.#db;
    const { keyId, sealed } = this.#key.seal(about(instance), JSON.stringify(grant));
    return {
      key_id: keyId,
      sealed,
      refused: null,
      expires_at: knex.raw(`${dialect.nowMs} + ${grant.lifetimeMs}`),
      updated_at: knex.raw(dialect.nowMs),
    };
  }

  #open(instance: string, { key_id: keyId, sealed }: Row, again: string) {
    try {
      const { accessToken, refreshToken, lifetimeMs } = Secrets.parse(
        JSON.parse(this.#key.open(about(instance), { keyId, sealed })),
      );
      return { accessToken, refreshToken, lifetimeMs };
    } catch (cause) {
      const fix = "give every process the same BELLHOP_SECRET_KEY, or the same data folder; else";
      throw new ConfigurationError(
        `the tokens cannot be read (${messageOf(cause)}): ${fix} ${again}`,
        { cause },
      );
    }
  }
}

function about(instance: string): string {
  return `oauth_tokens/${instance}`;
}
