import { Database } from "./db/database.ts";
import { codeOf } from "./db/dialect.ts";
import { migrate, NewerSchemaError } from "./db/migrate.ts";
import type { Foundation } from "./compose.ts";
import { productIntegrations } from "./paths.ts";
import { loadRegistry } from "./registry/registry.ts";
import type { Role } from "./roles.ts";
import type { Log } from "./sdk/context.ts";
import { messageOf } from "./sdk/errors.ts";
import { SettingsError } from "./settings/settings-error.ts";
import type { Settings } from "./settings/settings.ts";

/**
 * Reads the integrations, opens the store and brings it up to date: all that must be right before
 * anything is started.
 *
 * @throws SettingsError with a line for each fault.
 */
export async function layFoundation(
  settings: Settings,
  roles: ReadonlySet<Role>,
  log: Log,
): Promise<Foundation> {
  const registry = await loadRegistry(settings, [productIntegrations]);
  const db = await openDatabase(settings);
  try {
    const applied = await migrate(db);
    if (applied.length > 0) log.info({ applied }, "schema brought up to date");
  } catch (error) {
    await db.close();
    if (error instanceof NewerSchemaError) throw new SettingsError([error.message]);
    throw databaseFault(settings, error);
  }
  return { settings, registry, db, roles, log };
}

/** @throws SettingsError that says which address or file, why, and what to do. */
export async function openDatabase(settings: Settings): Promise<Database> {
  try {
    return await Database.open(settings.database);
  } catch (error) {
    throw databaseFault(settings, error);
  }
}

const WHAT_TO_DO: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there: start the server or correct the address",
  ENOTFOUND: "no such host: correct the address",
  EAI_AGAIN: "the host's name cannot be looked up: correct the address",
  ETIMEDOUT: "no answer: correct the address or open the firewall",
  ER_ACCESS_DENIED_ERROR: "user or password refused: correct them",
  ER_DBACCESS_DENIED_ERROR: "the user may not use this database: grant it or correct the name",
  ER_BAD_DB_ERROR: "there is no such database: create it or correct the name",
  SQLITE_CANTOPEN: "the file cannot be opened: correct BELLHOP_DATA or the folder's permissions",
  SQLITE_READONLY: "the file cannot be written: correct the folder's permissions",
  SQLITE_NOTADB: "the file is no database: move it away or restore a backup",
  EACCES: "the folder cannot be written: correct BELLHOP_DATA or its permissions",
};

function databaseFault({ database }: Settings, error: unknown): SettingsError {
  const code = codeOf(error);
  const why = WHAT_TO_DO[code] ?? `${code || "error"}: ${messageOf(error)}`;
  if ("sqliteFile" in database) {
    return new SettingsError([`BELLHOP_DATA: ${database.sqliteFile}: ${why}`]);
  }
  const { host, pathname } = new URL(database.mysqlUrl);
  return new SettingsError([`DATABASE_URL: ${host}${pathname}: ${why}`]);
}
