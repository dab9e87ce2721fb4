import type { Knex } from "knex";

import type { Database } from "./database.ts";

/** Small things the installation remembers for good. */
export class FactStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async get(name: string): Promise<string | undefined> {
    const row: unknown = await this.#db.knex("facts").where({ name }).first("value");
    return (row as { value: Buffer } | undefined)?.value.toString("utf8");
  }

  /** Values by name of all facts whose name begins so. */
  async startingWith(prefix: string): Promise<Map<string, string>> {
    const rows: { name: string; value: Buffer }[] = await this.#db
      .knex("facts")
      .where("name", ">=", prefix)
      .where("name", "<", `${prefix}\u{7f}`)
      .select("name", "value");
    return new Map(rows.map(({ name, value }) => [name, value.toString("utf8")]));
  }

  /** Remembers a value in place of the one before; undefined forgets it. */
  async put(trx: Knex, name: string, value: string | undefined): Promise<void> {
    if (value === undefined) await trx("facts").where({ name }).delete();
    else
      await trx("facts")
        .insert({ name, value: Buffer.from(value) })
        .onConflict("name")
        .merge();
  }

  /** The value that is remembered; this one when there is none yet, whoever comes first. */
  async getOrSet(name: string, value: string): Promise<string> {
    await this.#db
      .knex("facts")
      .insert({ name, value: Buffer.from(value) })
      .onConflict("name")
      .ignore();
    return (await this.get(name)) ?? value;
  }

  /** Remembers, all or none at once, those of these values for whose names there is none yet. */
  async setMissing(values: ReadonlyMap<string, string>): Promise<void> {
    if (values.size === 0) return;
    const rows = [...values].map(([name, value]) => ({ name, value: Buffer.from(value) }));
    await this.#db.knex("facts").insert(rows).onConflict("name").ignore();
  }

  /**
   * Puts a value in the place of the one that was read before.
   *
   * @param before Undefined: there was none.
   * @returns false when somebody else has written meanwhile.
   */
  async replace(
    name: string,
    before: string | undefined,
    value: string,
    trx: Knex.Transaction,
  ): Promise<boolean> {
    const bytes = Buffer.from(value);
    if (before !== undefined) {
      const place = { name, value: Buffer.from(before) };
      return (await trx("facts").where(place).update({ value: bytes })) === 1;
    }
    await trx("facts").insert({ name, value: bytes }).onConflict("name").ignore();
    const row: unknown = await trx("facts").where({ name }).first("value");
    return (row as { value: Buffer } | undefined)?.value.equals(bytes) === true;
  }
}
