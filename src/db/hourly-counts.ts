import { randomInt } from "node:crypto";

import type { Knex } from "knex";

import type { Database } from "./database.ts";

const SHARDS = 1024;
const HOUR_MS = 60 * 60_000;

/** How often something happened in each hour: deliveries of a connection, mails to guests. */
export class HourlyCounts {
  readonly #db: Database;
  readonly #shard = randomInt(SHARDS);

  constructor(db: Database) {
    this.#db = db;
  }

  /** Adds to the current hour by the database's clock. */
  async add(amounts: ReadonlyMap<string, number>, trx: Knex = this.#db.knex): Promise<void> {
    const { nowMs, inserted } = this.#db.dialect;
    const hour = trx.raw(`FLOOR(${nowMs} / ${HOUR_MS})`);
    const rows = [...amounts]
      .filter(([, value]) => value !== 0)
      .map(([name, value]) => ({ name, hour, shard: this.#shard, value }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    if (rows.length === 0) return;
    const value = trx.raw(`hourly_counts.value + ${inserted("value")}`);
    await trx("hourly_counts").insert(rows).onConflict(["name", "hour", "shard"]).merge({ value });
  }

  /**
   * Totals by whole hour since 1970, only of hours in which something happened.
   *
   * @param fromHour First hour that counts.
   */
  async byHour(name: string, fromHour: number): Promise<Map<number, number>> {
    const rows: { hour: number; total: number | string }[] = await this.#db
      .knex("hourly_counts")
      .where({ name })
      .where("hour", ">=", fromHour)
      .groupBy("hour")
      .select("hour")
      .sum("value as total");
    return new Map(rows.map(({ hour, total }) => [hour, Number(total)]));
  }
}
