import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type { Knex } from "knex";

import type { Database } from "./database.ts";
import { codeOf, type Dialect } from "./dialect.ts";
import { firstLight } from "./migrations/0001-first-light.ts";
import { unbreakable } from "./migrations/0002-unbreakable.ts";
import { nothingMissed } from "./migrations/0003-nothing-missed.ts";
import { inTime } from "./migrations/0004-in-time.ts";
import { connected } from "./migrations/0005-connected.ts";
import { inTheBooks } from "./migrations/0006-in-the-books.ts";
import { everyoneOnce } from "./migrations/0007-everyone-once.ts";
import { inTheCalendar } from "./migrations/0008-in-the-calendar.ts";

export interface Migration {
  /** Never changes once it has been released. */
  id: string;
  /** Statements that may be repeated: one that finds its table or index in place counts as done. */
  tables(schema: Knex.SchemaBuilder, dialect: Dialect): Knex.SchemaBuilder[];
}

const MIGRATIONS: readonly Migration[] = [
  firstLight,
  unbreakable,
  nothingMissed,
  inTime,
  connected,
  inTheBooks,
  everyoneOnce,
  inTheCalendar,
];

const LOCK_MS = 30_000;
const LOCK_POLL_MS = 200;

const IN_PLACE = /already exists|Duplicate (key|column) name|Table '.*' already exists/i;

/** The schema is newer than this program: an older program must not write into it. */
export class NewerSchemaError extends Error {}

/**
 * Brings the schema up to date, one statement at a time. Safe to run from several processes at
 * once and to kill at any point: the lock expires, and what is in place already is passed over.
 * (knex's own migrator stays locked for ever when its process dies, and MySQL commits every DDL
 * statement by itself, so a migration cannot be a transaction there.)
 *
 * @returns the ids that were applied.
 */
export async function migrate(db: Database): Promise<string[]> {
  await createBookkeeping(db);
  const pending = await pendingMigrations(db);
  if (pending.length === 0) return [];

  const token = await takeLock(db);
  try {
    const applied: string[] = [];
    for (const migration of await pendingMigrations(db)) {
      await apply(db, migration, token);
      applied.push(migration.id);
    }
    return applied;
  } finally {
    await db.knex("migration_lock").where({ token }).update({ until: 0 });
  }
}

/** Ids of migrations that have not been applied, without changing anything. */
export async function missingMigrations(db: Database): Promise<string[]> {
  if (!(await db.knex.schema.hasTable("migrations"))) return MIGRATIONS.map(({ id }) => id);
  return (await pendingMigrations(db)).map(({ id }) => id);
}

async function createBookkeeping(db: Database): Promise<void> {
  const { dialect, knex } = db;
  await runStatements(db, [
    knex.schema.createTable("migrations", (table) => {
      dialect.keyColumn(table, "id", 100).notNullable().primary();
      table.bigInteger("applied_at").notNullable();
    }),
    knex.schema.createTable("migration_lock", (table) => {
      table.integer("id").notNullable().primary();
      dialect.keyColumn(table, "token", 36).notNullable();
      table.bigInteger("until").notNullable();
    }),
  ]);
  await knex("migration_lock").insert({ id: 1, token: "", until: 0 }).onConflict("id").ignore();
}

async function pendingMigrations(db: Database): Promise<Migration[]> {
  const rows = await db.knex<{ id: string }>("migrations").select("id");
  const known = new Set(MIGRATIONS.map(({ id }) => id));
  const unknown = rows.find(({ id }) => !known.has(id));
  if (unknown) {
    throw new NewerSchemaError(
      `the database was written by a newer Bellhop (migration ${unknown.id}): start that version`,
    );
  }
  const applied = new Set(rows.map(({ id }) => id));
  return MIGRATIONS.filter(({ id }) => !applied.has(id));
}

async function takeLock(db: Database): Promise<string> {
  const token = randomUUID();
  while (!(await holdLock(db, token, (lock) => lock.where("until", "<", now(db))))) {
    await sleep(LOCK_POLL_MS);
  }
  return token;
}

async function holdLock(
  db: Database,
  token: string,
  condition: (lock: Knex.QueryBuilder) => Knex.QueryBuilder,
): Promise<boolean> {
  const until = db.knex.raw(`${db.dialect.nowMs} + ${LOCK_MS}`);
  const lock = condition(db.knex("migration_lock").where({ id: 1 }));
  return (await (lock.update({ token, until }) as unknown as Promise<number>)) === 1;
}

function now(db: Database): Knex.Raw {
  return db.knex.raw(db.dialect.nowMs);
}

async function apply(db: Database, migration: Migration, token: string): Promise<void> {
  for (const builder of migration.tables(db.knex.schema, db.dialect)) {
    if (!(await holdLock(db, token, (lock) => lock.where({ token })))) {
      throw new Error("another process took over the migration: start again");
    }
    await runStatements(db, [builder]);
  }
  await db.knex("migrations").insert({ id: migration.id, applied_at: now(db) });
}

async function runStatements(db: Database, builders: Knex.SchemaBuilder[]): Promise<void> {
  for (const builder of builders) {
    for (const { sql } of builder.toSQL() as unknown as { sql: string }[]) {
      try {
        await db.knex.raw(sql);
      } catch (error) {
        if (!isInPlace(error)) throw error;
      }
    }
  }
}

function isInPlace(error: unknown): boolean {
  const isDdlCode = /^(SQLITE_ERROR|ER_TABLE_EXISTS_ERROR|ER_DUP_KEYNAME|ER_DUP_FIELDNAME)$/;
  return isDdlCode.test(codeOf(error)) && IN_PLACE.test((error as Error).message);
}
