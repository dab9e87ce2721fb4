import type { Database } from "../db/database.ts";
import { dayOf } from "./difference.ts";

/** How many bookings were compared on each day, by connection. */
export class ComparedDays {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Notes a comparison that has been done; of the day's the widest counts. */
  async note(connection: string, counts: { there: number; here: number }, now: number) {
    const day = dayOf(now);
    const place = { connection, day };
    await this.#db
      .knex("compared_days")
      .insert({ ...place, updated_at: now })
      .onConflict(["connection", "day"])
      .ignore();
    await this.#db.transaction(async (trx) => {
      await trx("compared_days")
        .where(place)
        .update({ checks: trx.raw("checks + 1"), updated_at: now });
      await trx("compared_days").where(place).where("there", "<=", counts.there).update(counts);
    });
  }
}
