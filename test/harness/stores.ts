import { isLongRun } from "../../src/sdk/testing/programs.ts";
import { rmSync } from "node:fs";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe } from "vitest";

import { Database, type DatabaseLocation } from "../../src/db/database.ts";
import { laySqliteTables, newReadyDatabase } from "./ready-tables.ts";
import {
  type DatabaseServer,
  hasProgram,
  type MariaDb,
  startMariaDb,
  temporaryFolder,
} from "./servers.ts";
import { useMariaDb } from "./shared-mariadb.ts";

export interface StoreUnderTest {
  readonly name: "sqlite" | "mariadb";
  /** A place for a new, empty store. */
  emptyLocation(): Promise<DatabaseLocation>;
  /** A place of a new store that has its tables. */
  newLocation(): Promise<DatabaseLocation>;
  /** A new store with the schema in place; closed after the test. */
  open(): Promise<Database>;
  /** The server behind it, where it may be broken. */
  readonly server: MariaDb | undefined;
}

/** Runs one suite on SQLite, and on MariaDB. */
export function onEachStore(suite: (store: StoreUnderTest) => void): void {
  onBoth(suite, useMariaDb);
}

/**
 * For suites that take long and are about more than the store: on SQLite always, on both in a long run
 * (`BELLHOP_LONG=true`). Queries have suites of their own, on both.
 */
export function onOneStore(suite: (store: StoreUnderTest) => void): void {
  if (isLongRun()) onBoth(suite, useMariaDb);
  else {
    describe("on SQLite", () => {
      suite(sqliteStore());
    });
  }
}

/** The same for a suite that breaks the server: it gets one of its own. */
export function onEachBreakableStore(suite: (store: StoreUnderTest) => void): void {
  onBoth(suite, startMariaDb);
}

function onBoth(
  suite: (store: StoreUnderTest) => void,
  start: () => Promise<DatabaseServer | MariaDb>,
): void {
  describe("on SQLite", () => {
    suite(sqliteStore());
  });

  describe.runIf(hasProgram("mariadbd"))("on MariaDB", () => {
    suite(mariaDbStore(start));
  });
}

function sqliteStore(): StoreUnderTest {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  const newFile = () => {
    const folder = temporaryFolder();
    folders.push(folder);
    return join(folder, "bellhop.sqlite");
  };
  const newLocation = async () => {
    const sqliteFile = newFile();
    await laySqliteTables(sqliteFile);
    return { sqliteFile };
  };
  return {
    name: "sqlite",
    emptyLocation: () => Promise.resolve({ sqliteFile: newFile() }),
    newLocation,
    open: opener(newLocation),
    server: undefined,
  };
}

function mariaDbStore(start: () => Promise<DatabaseServer | MariaDb>): StoreUnderTest {
  let server: DatabaseServer | MariaDb | undefined;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.stop());
  const running = () => {
    if (!server) throw new Error("MariaDB is not running");
    return server;
  };
  const newLocation = async () => ({ mysqlUrl: await newReadyDatabase(running()) });
  return {
    name: "mariadb",
    emptyLocation: async () => ({ mysqlUrl: await running().newDatabase() }),
    newLocation,
    open: opener(newLocation),
    get server() {
      return server && "kill" in server ? server : undefined;
    },
  };
}

function opener(newLocation: () => Promise<DatabaseLocation>): StoreUnderTest["open"] {
  const opened: Database[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((db) => db.close()));
  });
  return async () => {
    const db = await Database.open(await newLocation());
    opened.push(db);
    return db;
  };
}
