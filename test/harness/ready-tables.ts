import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { Database } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { type DatabaseServer, temporaryFolder } from "./servers.ts";
import { execute } from "./shared-mariadb.ts";

// The migrations take longer than most tests: their work is done once and copied.

let sqliteBytes: Promise<Buffer> | undefined;

/** Makes the file of a new store with all its tables. */
export async function laySqliteTables(file: string): Promise<void> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, await (sqliteBytes ??= migratedFile()), { mode: 0o600 });
}

async function migratedFile(): Promise<Buffer> {
  const folder = temporaryFolder();
  const file = join(folder, "bellhop.sqlite");
  await migratedOnce({ sqliteFile: file });
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true, force: true });
  return bytes;
}

const copying = new WeakMap<DatabaseServer, Promise<string>>();

/** A new database of the server with all its tables. */
export async function newReadyDatabase(server: DatabaseServer): Promise<string> {
  let copy = copying.get(server);
  if (!copy) copying.set(server, (copy = copyOfTables(server)));
  const url = await server.newDatabase();
  await execute(url, await copy);
  return url;
}

/** Statements that make the tables as they are in the database that the migrations have made. */
async function copyOfTables(server: DatabaseServer): Promise<string> {
  const from = "migrated";
  // Several processes may do this at once, as the migrations themselves allow.
  await execute(server.urlOf(""), `CREATE DATABASE IF NOT EXISTS ${from}`);
  await migratedOnce({ mysqlUrl: server.urlOf(from) });
  const rows = (await execute(server.urlOf(from), "SHOW TABLES")) as Record<string, string>[];
  return rows
    .flatMap((row) => Object.values(row))
    .flatMap((table) => {
      const copy = `CREATE TABLE ${table} LIKE ${from}.${table}`;
      const fill = `INSERT INTO ${table} SELECT * FROM ${from}.${table}`;
      return table.startsWith("migration") ? [copy, fill] : [copy];
    })
    .join(";");
}

async function migratedOnce(
  location: { sqliteFile: string } | { mysqlUrl: string },
): Promise<void> {
  const db = await Database.open(location);
  await migrate(db);
  await db.close();
}
