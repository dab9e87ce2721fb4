import type { Database as SqliteConnection } from "better-sqlite3";
import type { Knex } from "knex";

import type { Database } from "./database.ts";
import { prepare } from "./sqlite.ts";

/** Bind parameters that both stores take in one statement. */
const MAX_BINDINGS = 10_000;

export type Row = Readonly<Record<string, unknown>>;

/**
 * Inserts rows in one commit, by the fastest way the store has: a prepared statement per row on
 * SQLite, one statement for all on MySQL, where a statement is a journey.
 */
export async function insertInOneCommit(
  db: Database,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  if (db.dialect.name === "sqlite") {
    await insertPrepared(db, table, columns, rows);
  } else {
    await db.knex(table).insert(rows.map((row) => zip(columns, row)));
  }
}

async function insertPrepared(
  db: Database,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  const client = db.knex.client as Knex.Client;
  const connection = (await client.acquireConnection()) as SqliteConnection;
  try {
    const places = columns.map(() => "?").join(", ");
    const insert = prepare(
      connection,
      `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`,
    );
    prepare(connection, "BEGIN IMMEDIATE").run();
    try {
      for (const row of rows) insert.run(row);
      prepare(connection, "COMMIT").run();
    } catch (error) {
      if (connection.inTransaction) prepare(connection, "ROLLBACK").run();
      throw error;
    }
  } finally {
    await client.releaseConnection(connection);
  }
}

function zip(columns: readonly string[], row: readonly unknown[]): Row {
  return Object.fromEntries(columns.map((column, index) => [column, row[index]]));
}

/** Inserts rows inside a transaction, in order, in as few statements as the store takes. */
export async function insertMany(
  trx: Knex.Transaction,
  table: string,
  rows: readonly Row[],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).length || 1;
  const size = Math.min(Math.floor(MAX_BINDINGS / columns), 200);
  for (let start = 0; start < rows.length; start += size) {
    await trx(table).insert(rows.slice(start, start + size));
  }
}

/**
 * Gives many rows different values in one statement.
 *
 * @param keyColumn Column that names the row; each update names a row once.
 * @param guard Narrows the rows that may be written: the fence.
 * @returns how many rows were written; fewer than asked for means the fence held some back.
 */
export async function updateMany(
  trx: Knex.Transaction,
  table: string,
  keyColumn: string,
  updates: readonly { key: string | number; values: Row }[],
  guard: (query: Knex.QueryBuilder) => Knex.QueryBuilder = (query) => query,
): Promise<number> {
  const columns = Object.keys(updates[0]?.values ?? {});
  if (columns.length === 0) return 0;
  const cases = columns.map((column) => [column, caseOf(trx, keyColumn, column, updates)] as const);
  const keys = updates.map(({ key }) => key);
  const query = guard(trx(table).whereIn(keyColumn, keys)).update(Object.fromEntries(cases));
  return await query;
}

function caseOf(
  trx: Knex.Transaction,
  keyColumn: string,
  column: string,
  updates: readonly { key: string | number; values: Row }[],
): Knex.Raw {
  const branches = updates.map(() => "WHEN ? THEN ?").join(" ");
  const bindings = updates.flatMap(({ key, values }) => [key, values[column] ?? null]);
  return trx.raw(`CASE ${keyColumn} ${branches} ELSE ${column} END`, bindings as Knex.RawBinding[]);
}
