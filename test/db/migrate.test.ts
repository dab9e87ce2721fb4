import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

import { expect, it } from "vitest";

import { Database } from "../../src/db/database.ts";
import { migrate, missingMigrations, NewerSchemaError } from "../../src/db/migrate.ts";
import { ended, temporaryFolder } from "../harness/servers.ts";
import { onEachStore } from "../harness/stores.ts";

const ALL = [
  "0001-first-light",
  "0002-unbreakable",
  "0003-nothing-missed",
  "0004-in-time",
  "0005-connected",
  "0006-in-the-books",
  "0007-everyone-once",
  "0008-in-the-calendar",
];

onEachStore((store) => {
  it("a fresh store gets the whole schema, and nothing the second time", async () => {
    const db = await Database.open(await store.emptyLocation());

    expect(await missingMigrations(db)).toEqual(ALL);
    expect(await migrate(db)).toEqual(ALL);
    expect(await migrate(db)).toEqual([]);
    expect(await missingMigrations(db)).toEqual([]);
    await db.close();
  });

  it("several processes that migrate at once leave one schema", async () => {
    const location = await store.emptyLocation();
    const databases = await Promise.all([1, 2, 3].map(() => Database.open(location)));

    const applied = await Promise.all(databases.map((db) => migrate(db)));

    expect(applied.flat()).toEqual(ALL);
    await Promise.all(databases.map((db) => db.close()));
  });

  it("a migration killed at any point is finished by the next start", async () => {
    const location = await store.emptyLocation();
    const environment = {
      ...process.env,
      BELLHOP_DATA: "mysqlUrl" in location ? temporaryFolder() : folderOf(location.sqliteFile),
      ...("mysqlUrl" in location && { DATABASE_URL: location.mysqlUrl }),
    };
    const cwd = temporaryFolder();

    for (let kill = 0; kill < 4; kill += 1) {
      const child = spawn(process.execPath, [`${process.cwd()}/bin/bellhop.js`, "migrate"], {
        cwd,
        env: environment,
        stdio: "ignore",
      });
      await sleep(450 + kill * 130);
      await ended(child, "SIGKILL");
    }
    const db = await Database.open(location);
    await releaseDeadLock(db);
    await migrate(db);

    expect(await missingMigrations(db)).toEqual([]);
    await db.knex("facts").insert({ name: "works", value: Buffer.from("x") });
    await db.close();
  });

  it("a schema that is half there is completed", async () => {
    const db = await store.open();
    await db.knex("migrations").delete();
    await db.knex.schema.dropTable("lanes");

    await migrate(db);

    expect(await db.knex("lanes").select()).toEqual([]);
  });

  it("the lock of a process that died is taken over when its time is up", async () => {
    const db = await store.open();
    await db.knex("migrations").delete();
    const until = db.knex.raw(`${db.dialect.nowMs} + 700`);
    await db.knex("migration_lock").update({ token: "somebody dead", until });

    const startedAt = Date.now();
    await migrate(db);

    expect(Date.now() - startedAt).toBeGreaterThan(500);
  });

  it("a schema of a newer version is not written to", async () => {
    const db = await store.open();
    await db.knex("migrations").insert({ id: "9999-from-the-future", applied_at: 0 });

    await expect(migrate(db)).rejects.toThrow(NewerSchemaError);
  });
});

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/"));
}

/** Spares the test the half minute after which the lock of a killed process ends by itself. */
async function releaseDeadLock(db: Database): Promise<void> {
  if (await db.knex.schema.hasTable("migration_lock")) {
    await db.knex("migration_lock").update({ until: 0 });
  }
}
