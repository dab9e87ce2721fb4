import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import SqliteFile from "better-sqlite3";
import { afterEach, expect, it } from "vitest";

import { type App, startApp } from "../harness/app.ts";
import { eventually } from "../harness/eventually.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { smallDisk } from "../harness/small-disk.ts";

const TOKEN = "broken-token-0123456789abcdef";
const config = { connections: { bikes: { source: "planyo", tokens: [TOKEN] } } };

let app: App | undefined;
afterEach(async () => {
  await app?.stop();
  app = undefined;
});

const post = async ({ url }: App, size = 100) =>
  fetch(`${url}/hooks/bikes/${TOKEN}`, { method: "POST", body: `note=${"x".repeat(size)}` });

it("a full disk is answered 503, readiness says why, and room again means 200 again", async () => {
  const disk = smallDisk();
  if (disk === undefined) return;
  const data = join(disk, "data");
  mkdirSync(data);
  const ballast = join(disk, "ballast");
  writeFileSync(ballast, Buffer.alloc(1024 * 1024));
  try {
    app = await startApp({ config, location: { sqliteFile: join(data, "bellhop.sqlite") } });
    const statuses: number[] = [];
    while (statuses.at(-1) !== 503 && statuses.length < 200) {
      statuses.push((await post(app, 50_000)).status);
    }
    const refused = await post(app, 50_000);

    expect(refused.status).toBe(503);
    expect(refused.headers.get("retry-after")).not.toBeNull();
    expect(new Set(statuses)).toEqual(new Set([200, 503]));

    rmSync(ballast);
    await eventually(async () => {
      expect((await post(app as App)).status).toBe(200);
    });
    const stored = (await app.db.knex("deliveries").count({ n: "*" }).first()) as { n: number };
    expect(stored.n).toBe(statuses.filter((status) => status === 200).length + 1);
  } finally {
    await app?.stop();
    app = undefined;
    spawnSync("umount", [disk]);
    if (existsSync(disk) && readdirSync(disk).length === 0) rmSync(disk, { recursive: true });
  }
});

it("a file that somebody else holds for longer is answered 503 soon, and 200 once it is free", async () => {
  const sqliteFile = join(temporaryFolder(), "bellhop.sqlite");
  app = await startApp({ config, location: { sqliteFile } });
  const other = new SqliteFile(sqliteFile);
  try {
    other.exec("BEGIN IMMEDIATE");
    const startedAt = performance.now();
    const burst = await Promise.all(Array.from({ length: 20 }, () => post(app as App)));
    const seconds = (performance.now() - startedAt) / 1000;
    const isAlive = (await fetch(`${app.url}/healthz`)).status;
    other.exec("COMMIT");

    expect(new Set(burst.map(({ status }) => status))).toEqual(new Set([503]));
    expect(burst[0]?.headers.get("retry-after")).not.toBeNull();
    // Row by row it would be 20 times a second.
    expect(seconds).toBeLessThan(15);
    expect(isAlive).toBe(200);
    await eventually(async () => {
      expect((await post(app as App)).status).toBe(200);
    });
  } finally {
    other.close();
  }
});
