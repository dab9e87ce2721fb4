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

  /** The value that is remembered; this one when there is none yet, whoever comes first. */
  async getOrSet(name: string, value: string): Promise<string> {
    await this.#db
      .knex("facts")
      .insert({ name, value: Buffer.from(value) })
      .onConflict("name")
      .ignore();
    return (await this.get(name)) ?? value;
  }
}
