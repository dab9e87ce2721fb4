import { setTimeout as sleep } from "node:timers/promises";

import type { Knex } from "knex";

import type { Dialect, Failure } from "./dialect.ts";
import { mysqlDialect, openMysql } from "./mysql.ts";
import { openSqlite, sqliteDialect } from "./sqlite.ts";

/** Where the store is: a file of the data folder, or a server. */
export type DatabaseLocation = { sqliteFile: string } | { mysqlUrl: string };

const MAX_TRIES = 30;
const MAX_PAUSE_MS = 500;

/**
 * Thrown inside a transaction whose decision no longer fits what is stored (a compare-and-swap that
 * matched no row). The transaction is rolled back and its closure runs again on fresh data.
 */
export class StaleStateError extends Error {}

/** One store, SQLite or MySQL/MariaDB, behind shared SQL. */
export class Database {
  readonly knex: Knex;
  #dialect: Dialect;

  private constructor(knex: Knex, dialect: Dialect) {
    this.knex = knex;
    this.#dialect = dialect;
  }

  /** @throws what the driver throws when the store cannot be reached or refuses. */
  static async open(location: DatabaseLocation): Promise<Database> {
    const db = Database.unopened(location);
    try {
      await db.greet();
      return db;
    } catch (error) {
      await db.close();
      throw error;
    }
  }

  /** A store that need not be there yet. No tables may be made before it has been greeted. */
  static unopened(location: DatabaseLocation): Database {
    return "sqliteFile" in location
      ? new Database(openSqlite(location.sqliteFile), sqliteDialect)
      : new Database(openMysql(location.mysqlUrl), mysqlDialect(""));
  }

  get dialect(): Dialect {
    return this.#dialect;
  }

  /**
   * Finds out whether the store answers, and which kind of server it is.
   *
   * @throws what the driver throws when the store cannot be reached or refuses.
   */
  async greet(): Promise<void> {
    if (this.#dialect.name === "sqlite") {
      await this.knex.raw("SELECT 1");
      return;
    }
    const row: unknown = await this.knex.select(this.knex.raw("VERSION() AS version")).first();
    this.#dialect = mysqlDialect((row as { version: string }).version);
  }

  /**
   * Runs the closure in a transaction and repeats the whole of it when somebody else was in the way:
   * deadlock, lock wait, failed certification (also at COMMIT), stale state. It must therefore read
   * all it decides on inside, and do nothing but database work.
   */
  async transaction<T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.knex.transaction(work);
      } catch (error) {
        const mayRepeat = error instanceof StaleStateError || this.failureOf(error) === "conflict";
        if (!mayRepeat || attempt === MAX_TRIES) throw error;
        await sleep(Math.random() * Math.min(MAX_PAUSE_MS, 2 ** attempt));
      }
    }
  }

  failureOf(error: unknown): Failure {
    return this.dialect.failureOf(error);
  }

  /** UTC milliseconds by the database's clock, the one that all processes share. */
  async now(db: Knex = this.knex): Promise<number> {
    const row: unknown = await db.select(db.raw(`${this.dialect.nowMs} AS now`)).first();
    return (row as { now: number }).now;
  }

  async close(): Promise<void> {
    await this.knex.destroy();
  }
}
