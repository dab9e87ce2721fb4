import type { Knex } from "knex";

import type { Database } from "../../src/db/database.ts";

/** Everything that grows with history; the other tables stay small. */
const GROWING = [
  "compared_days",
  "differences",
  "deliveries",
  "events",
  "subjects",
  "jobs",
  "attempts",
  "effects",
  "lanes",
  "occurrences",
];

interface Statement {
  sql: string;
  bindings: readonly unknown[];
}

/** Statements that the work sends to the store. */
export async function statementsOf(
  db: Database,
  work: () => Promise<unknown>,
): Promise<Statement[]> {
  const statements: Statement[] = [];
  const note = ({ sql, bindings }: Statement) => statements.push({ sql, bindings });
  db.knex.on("query", note);
  try {
    await work();
  } finally {
    db.knex.removeListener("query", note);
  }
  return statements;
}

/** @returns a line for each part of a statement that reads a whole table or a whole index. */
export async function fullScans(db: Database, { sql, bindings }: Statement): Promise<string[]> {
  const isSqlite = db.dialect.name === "sqlite";
  const explain = isSqlite ? "EXPLAIN QUERY PLAN" : "EXPLAIN";
  const answer: unknown = await db.knex.raw(`${explain} ${sql}`, bindings as Knex.RawBinding[]);
  return isSqlite ? sqliteScans(answer, sql) : mysqlScans(answer, sql);
}

function sqliteScans(answer: unknown, sql: string): string[] {
  const details = (answer as { detail: string }[]).map(({ detail }) => detail);
  return details
    .filter((detail) => GROWING.some((table) => detail.startsWith(`SCAN ${table}`)))
    .map((detail) => `${detail}: ${sql}`);
}

function mysqlScans(answer: unknown, sql: string): string[] {
  const [rows] = answer as [{ table: string | null; type: string | null; key: string | null }[]];
  return rows
    .filter(({ table, type }) => GROWING.includes(table ?? "") && /^(ALL|index)$/.test(type ?? ""))
    .map(({ table, type, key }) => `${type ?? ""} ${table ?? ""} ${key ?? ""}: ${sql}`);
}
