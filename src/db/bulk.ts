import { isDeepStrictEqual } from "node:util";

import type { Database as SqliteConnection } from "better-sqlite3";
import type { Knex } from "knex";

import type { Database } from "./database.ts";
import { prepare, whenFree } from "./sqlite.ts";

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
    const begin = prepare(connection, "BEGIN IMMEDIATE");
    await whenFree(() => begin.run());
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

/**
 * Inserts rows inside a transaction, in order: a prepared statement per row on SQLite, as few
 * statements as possible on MySQL.
 */
export async function insertMany(
  trx: Knex.Transaction,
  table: string,
  rows: readonly Row[],
): Promise<void> {
  if (isSqlite(trx)) {
    await runPrepared(
      trx,
      rows.map((row) => insertOf(table, row)),
    );
    return;
  }
  const columns = Object.keys(rows[0] ?? {}).length || 1;
  const size = Math.min(Math.floor(MAX_BINDINGS / columns), 200);
  for (let start = 0; start < rows.length; start += size) {
    await trx(table).insert(rows.slice(start, start + size));
  }
}

/** New values of a row. */
export interface RowUpdate {
  /** Names the row; each update names a row once. */
  key: string | number;
  values: Row;
  /** The row is written only while these columns have these values. */
  fence?: Row;
}

/**
 * Gives many rows different values: a prepared statement per row on SQLite, where a long statement
 * takes longer to prepare than many short ones to run, one statement for all on MySQL.
 *
 * @param keyColumn Column that names the row.
 * @param guard Narrows the rows that may be written, by a condition that is the same for all.
 * @returns how many rows were written; fewer than asked for means a fence held some back.
 */
export async function updateMany(
  trx: Knex.Transaction,
  table: string,
  keyColumn: string,
  updates: readonly RowUpdate[],
  guard?: string,
): Promise<number> {
  const columns = Object.keys(updates[0]?.values ?? {});
  if (columns.length === 0) return 0;
  if (isSqlite(trx)) {
    const statements = updates.map((update) => updateOf(table, keyColumn, update, guard));
    return runPrepared(trx, statements);
  }
  const values = columns.map((column) => [column, valueOf(trx, keyColumn, column, updates)]);
  const keys = updates.map(({ key }) => key);
  const query = trx(table).whereIn(keyColumn, keys);
  if (guard !== undefined) void query.whereRaw(guard);
  const fenced = Object.keys(updates[0]?.fence ?? {});
  if (fenced.length > 0) {
    const tuples = updates.map(({ key, fence }) => [key, ...Object.values(fence ?? {})]);
    void query.whereIn([keyColumn, ...fenced], tuples as Knex.Value[][]);
  }
  return await query.update(Object.fromEntries(values));
}

/** The server walks through a CASE for every row: what all rows get is given without one. */
function valueOf(
  trx: Knex.Transaction,
  keyColumn: string,
  column: string,
  updates: readonly RowUpdate[],
): unknown {
  const first = updates[0]?.values[column] ?? null;
  const place = placeOf(first);
  const isSame = updates.every(({ values }) => isDeepStrictEqual(placeOf(values[column]), place));
  return isSame ? first : caseOf(trx, keyColumn, column, updates);
}

function caseOf(
  trx: Knex.Transaction,
  keyColumn: string,
  column: string,
  updates: readonly RowUpdate[],
): Knex.Raw {
  const branches = updates.map(() => "WHEN ? THEN ?").join(" ");
  const bindings = updates.flatMap(({ key, values }) => [key, values[column] ?? null]);
  return trx.raw(`CASE ${keyColumn} ${branches} ELSE ${column} END`, bindings as Knex.RawBinding[]);
}

/** SQL with places for the values that are bound to it. */
interface Statement {
  sql: string;
  bindings: readonly unknown[];
}

function isSqlite(trx: Knex.Transaction): boolean {
  return (trx.client as { dialect?: unknown }).dialect === "sqlite3";
}

function insertOf(table: string, row: Row): Statement {
  const values = Object.values(row).map(placeOf);
  const places = values.map(({ sql }) => sql).join(", ");
  return {
    sql: `INSERT INTO ${table} (${Object.keys(row).join(", ")}) VALUES (${places})`,
    bindings: values.flatMap(({ bindings }) => bindings),
  };
}

function updateOf(
  table: string,
  keyColumn: string,
  { key, values, fence = {} }: RowUpdate,
  guard?: string,
): Statement {
  const set = assignmentsOf(values);
  const where = assignmentsOf({ [keyColumn]: key, ...fence });
  const conditions = [...where.terms, ...(guard === undefined ? [] : [guard])];
  return {
    sql: `UPDATE ${table} SET ${set.terms.join(", ")} WHERE ${conditions.join(" AND ")}`,
    bindings: [...set.bindings, ...where.bindings],
  };
}

function assignmentsOf(values: Row): { terms: string[]; bindings: unknown[] } {
  const places = Object.entries(values).map(([column, value]) => ({ column, ...placeOf(value) }));
  return {
    terms: places.map(({ column, sql }) => `${column} = ${sql}`),
    bindings: places.flatMap(({ bindings }) => bindings),
  };
}

/** A value is bound; an expression of SQL stands for itself. */
function placeOf(value: unknown): Statement {
  if (typeof value !== "object" || value === null || !("toSQL" in value)) {
    return { sql: "?", bindings: [value ?? null] };
  }
  const { sql, bindings } = (value as Knex.Raw).toSQL();
  return { sql, bindings };
}

/** @returns how many rows were written. */
async function runPrepared(
  trx: Knex.Transaction,
  statements: readonly Statement[],
): Promise<number> {
  // Inside a transaction knex hands out the transaction's own connection, and nothing to give back.
  const client = trx.client as Knex.Client;
  const connection = (await client.acquireConnection()) as SqliteConnection;
  let written = 0;
  for (const { sql, bindings } of statements) {
    written += prepare(connection, sql).run(bindings).changes;
  }
  return written;
}
