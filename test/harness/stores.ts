import { rmSync } from "node:fs";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe } from "vitest";

import { Database, type DatabaseLocation } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { hasProgram, type MariaDb, startMariaDb, temporaryFolder } from "./servers.ts";

export interface StoreUnderTest {
  readonly name: "sqlite" | "mariadb";
  /** A place for a new, empty store. */
  newLocation(): Promise<DatabaseLocation>;
  /** A new store with the schema in place; closed after the test. */
  open(): Promise<Database>;
  /** The server behind it, for tests that break it. */
  readonly server: MariaDb | undefined;
}

/** Runs one suite on SQLite, and on a MariaDB server that it starts itself. */
export function onEachStore(suite: (store: StoreUnderTest) => void): void {
  describe("on SQLite", () => {
    const folders: string[] = [];
    afterAll(() => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    });
    const newLocation = () => {
      const folder = temporaryFolder();
      folders.push(folder);
      return Promise.resolve({ sqliteFile: join(folder, "bellhop.sqlite") });
    };
    suite(storeOf("sqlite", newLocation, migrate, () => undefined));
  });

  describe.runIf(hasProgram("mariadbd"))("on MariaDB", () => {
    let server: MariaDb | undefined;
    beforeAll(async () => {
      server = await startMariaDb();
    });
    afterAll(() => server?.stop());
    const newLocation = async () => {
      if (!server) throw new Error("MariaDB is not running");
      return { mysqlUrl: await server.newDatabase() };
    };
    suite(storeOf("mariadb", newLocation, tablesOnce(newLocation), () => server));
  });
}

/** Tables as the migrations have made them once on the server: anew, they take longer than most tests. */
function tablesOnce(newLocation: () => Promise<{ mysqlUrl: string }>) {
  let made: Promise<string[]> | undefined;
  const make = async (): Promise<string[]> => {
    const location = await newLocation();
    const db = await Database.open(location);
    await migrate(db);
    const [rows] = (await db.knex.raw("SHOW TABLES")) as [Record<string, string>[]];
    await db.close();
    const name = new URL(location.mysqlUrl).pathname.slice(1);
    return rows.flatMap((row) => Object.values(row)).map((table) => `${name}.${table}`);
  };
  return async (db: Database): Promise<void> => {
    for (const from of await (made ??= make())) {
      const table = from.split(".")[1] ?? "";
      await db.knex.raw(`CREATE TABLE ${table} LIKE ${from}`);
      if (/^migration/.test(table)) await db.knex.raw(`INSERT INTO ${table} SELECT * FROM ${from}`);
    }
  };
}

function storeOf(
  name: StoreUnderTest["name"],
  newLocation: () => Promise<DatabaseLocation>,
  makeTables: (db: Database) => Promise<unknown>,
  server: () => MariaDb | undefined,
): StoreUnderTest {
  const opened: Database[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((db) => db.close()));
  });
  return {
    name,
    newLocation,
    async open() {
      const db = await Database.open(await newLocation());
      opened.push(db);
      await makeTables(db);
      return db;
    },
    get server() {
      return server();
    },
  };
}
