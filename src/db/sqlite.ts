import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Database as SqliteConnection, Statement } from "better-sqlite3";
import knex, { type Knex } from "knex";
import BetterSqlite3Client, { type QueryObject } from "knex/lib/dialects/better-sqlite3/index.js";

import { codeOf, type Dialect, type Failure, silentLogger } from "./dialect.ts";
import { keepClock, SQLITE_NOW_MS } from "./sqlite-clock.ts";

const OPENING_TIMEOUT_MS = 5_000;
/** How long this process may stand still for the commit of another. */
const BUSY_TIMEOUT_MS = 20;
/** How long a statement waits for others in all, while the rest of this process goes on. */
const PATIENCE_MS = 1_000;
const MAX_PAUSE_MS = 25;
const MAX_CACHED_STATEMENTS = 200;
/** Long statements are made for one batch of rows: they rarely come again, and weigh most. */
const MAX_CACHED_LENGTH = 1_500;

const UNAVAILABLE = /^SQLITE_(FULL|IOERR|CANTOPEN|READONLY|CORRUPT|NOTADB)/;

export const sqliteDialect: Dialect = {
  name: "sqlite",
  nowMs: SQLITE_NOW_MS,
  failureOf,
  inserted: (column) => `excluded.${column}`,
  patience: (ms) => `PRAGMA busy_timeout = ${ms}`,
  keyColumn: (table, name, length) => table.string(name, length),
  bytesColumn: (table, name) => table.specificType(name, "blob"),
};

function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED")) return "conflict";
  if (code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY") {
    return "duplicate";
  }
  return UNAVAILABLE.test(code) ? "unavailable" : "other";
}

/**
 * Every transaction here writes, so it begins IMMEDIATE: one that begins as a reader and writes
 * later fails at once (SQLITE_BUSY_SNAPSHOT) when a second process wrote in between, and waiting
 * does not help.
 */
class ImmediateSqliteClient extends BetterSqlite3Client {
  override async _query(connection: SqliteConnection, query: QueryObject): Promise<QueryObject> {
    // knex makes its transactions' clients without the constructor: nothing may live in `this`.
    const statement = prepare(connection, query.sql === "BEGIN;" ? "BEGIN IMMEDIATE" : query.sql);
    const bindings = this._formatBindings(query.bindings);
    if (statement.reader) {
      query.response = await whenFree(() => statement.all(bindings));
    } else {
      const result = await whenFree(() => statement.run(bindings));
      query.response = result;
      query.context = { lastID: result.lastInsertRowid, changes: result.changes };
    }
    return query;
  }
}

/**
 * Runs a statement as soon as no other process is in its way. SQLite's own waiting would stop the
 * whole process, the answers to callers included.
 *
 * @throws SQLITE_BUSY when somebody else holds the file for longer.
 */
export async function whenFree<T>(run: () => T): Promise<T> {
  const endsAt = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return run();
    } catch (error) {
      if (!codeOf(error).startsWith("SQLITE_BUSY") || performance.now() > endsAt) throw error;
    }
    await sleep(Math.random() * MAX_PAUSE_MS);
  }
}

const statements = new WeakMap<SqliteConnection, Map<string, Statement>>();

/** Prepares a statement once per connection; knex itself would do so at each use. */
export function prepare(connection: SqliteConnection, sql: string): Statement {
  if (sql.length > MAX_CACHED_LENGTH) return connection.prepare(sql);
  let cached = statements.get(connection);
  if (!cached) statements.set(connection, (cached = new Map<string, Statement>()));
  let statement = cached.get(sql);
  if (!statement) {
    if (cached.size >= MAX_CACHED_STATEMENTS) cached.clear();
    cached.set(sql, (statement = connection.prepare(sql)));
  }
  return statement;
}

/** Opens or makes the database file. Nobody but its owner may read it: it holds guests' data. */
export function openSqlite(file: string): Knex {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return knex({
    client: ImmediateSqliteClient as unknown as typeof Knex.Client,
    connection: { filename: file },
    useNullAsDefault: true,
    // Bound values are guests' data and must not end in an error's message.
    compileSqlOnError: false,
    log: silentLogger,
    // One connection: SQLite has one writer, and a second one of this process could only wait for
    // the first while it blocks the very thread that would let the first go on.
    pool: {
      min: 1,
      max: 1,
      idleTimeoutMillis: 2 ** 31 - 1,
      afterCreate: (connection: SqliteConnection, done: (error?: unknown) => void) => {
        try {
          prepareConnection(connection, file);
          done();
        } catch (error) {
          done(error);
        }
      },
    },
  });
}

function prepareConnection(connection: SqliteConnection, file: string): void {
  // Processes that start together wait for the first of them to make the file.
  connection.pragma(`busy_timeout = ${OPENING_TIMEOUT_MS}`);
  connection.pragma("journal_mode = WAL");
  connection.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
  // FULL: the commit has reached the disk when it returns. An answer of 200 rests on this.
  connection.pragma("synchronous = FULL");
  connection.pragma("journal_size_limit = 67108864");
  // Zeros over what is deleted or written over: who asks to be erased is in no page that came free.
  connection.pragma("secure_delete = ON");
  chmodSync(file, 0o600);
  keepClock(connection);
}
