import { randomInt } from "node:crypto";

import type { Knex } from "knex";

import type { Database } from "./database.ts";

const SHARDS = 1024;

/** Totals over all history, kept so that nobody has to count it. */
export class CounterStore {
  readonly #db: Database;
  /** Each process adds to rows of its own: one hot row would make the processes wait in line. */
  readonly #shard = randomInt(SHARDS);

  constructor(db: Database) {
    this.#db = db;
  }

  async add(trx: Knex.Transaction, amounts: ReadonlyMap<string, number>): Promise<void> {
    const rows = [...amounts]
      .filter(([, value]) => value !== 0)
      .map(([name, value]) => ({ name, shard: this.#shard, value }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    if (rows.length === 0) return;
    const sum = trx.raw(`counters.value + ${this.#db.dialect.inserted("value")}`);
    await trx("counters").insert(rows).onConflict(["name", "shard"]).merge({ value: sum });
  }

  async totals(): Promise<Map<string, number>> {
    const rows: { name: string; total: number | string }[] = await this.#db
      .knex("counters")
      .groupBy("name")
      .select("name")
      .sum("value as total");
    return new Map(rows.map(({ name, total }) => [name, Number(total)]));
  }
}
