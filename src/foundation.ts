import { Database } from "./db/database.ts";
import { codeOf } from "./db/dialect.ts";
import { migrate, NewerSchemaError } from "./db/migrate.ts";
import type { Foundation } from "./compose/parts.ts";
import { productIntegrations } from "./paths.ts";
import { loadRegistry } from "./registry/registry.ts";
import type { Role } from "./roles.ts";
import type { Log } from "./sdk/context.ts";
import { messageOf } from "./sdk/errors.ts";
import { SettingsError } from "./settings/settings-error.ts";
import type { Settings } from "./settings/settings.ts";
import { Spool } from "./spool/spool.ts";

/**
 * Reads the integrations, opens the store and brings it up to date: all that must be right before
 * anything is started. A database server that is away is waited for, where it has been there
 * before: its address is right, and what is received meanwhile goes to the spool.
 *
 * @throws SettingsError with a line for each fault.
 */
export async function layFoundation(
  settings: Settings,
  roles: ReadonlySet<Role>,
  log: Log,
): Promise<Foundation> {
  const registry = await loadRegistry(settings, [productIntegrations]);
  const db = Database.unopened(settings.database);
  const prepareDatabase = () => prepare(db, settings, log);
  const basis = { settings, registry, db, roles, log, prepareDatabase };
  try {
    await prepareDatabase();
  } catch (error) {
    if (!mayComeLater(db, basis, error)) {
      await db.close();
      throw error;
    }
    log.warn({ reason: messageOf(error) }, "the database is away: starting without it");
    return { ...basis, isDatabaseLate: true, spool: openSpool(basis) };
  }
  if (hasServer(settings) && roles.size > 0) Spool.noteRunIn(settings.dataFolder);
  return { ...basis, isDatabaseLate: false, spool: openSpool(basis) };
}

/** @throws SettingsError, with what the database threw as its cause. */
async function prepare(db: Database, settings: Settings, log: Log): Promise<void> {
  try {
    await db.greet();
    const applied = await migrate(db);
    if (applied.length > 0) log.info({ applied }, "schema brought up to date");
  } catch (error) {
    if (error instanceof NewerSchemaError) throw new SettingsError([error.message]);
    throw databaseFault(settings, error);
  }
}

type Basis = Pick<Foundation, "settings" | "roles" | "log">;

/** A command that is to answer now does not wait; a process that serves may. */
function mayComeLater(db: Database, { settings, roles }: Basis, error: unknown): boolean {
  if (!hasServer(settings) || roles.size === 0) return false;
  const cause = error instanceof SettingsError ? error.cause : error;
  return db.failureOf(cause) === "unavailable" && Spool.hasRunIn(settings.dataFolder);
}

function openSpool({ settings, roles, log }: Basis): Spool | undefined {
  if (!hasServer(settings) || !roles.has("receive")) return undefined;
  const spool = new Spool(settings.dataFolder, settings.config.limits.spoolBytes, log);
  spool.open();
  return spool;
}

function hasServer({ database }: Settings): boolean {
  return "mysqlUrl" in database;
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
    return new SettingsError([`BELLHOP_DATA: ${database.sqliteFile}: ${why}`], { cause: error });
  }
  const { host, pathname } = new URL(database.mysqlUrl);
  return new SettingsError([`DATABASE_URL: ${host}${pathname}: ${why}`], { cause: error });
}
