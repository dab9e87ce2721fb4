import { spawn } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { afterEach, expect, it, vi } from "vitest";

import { Database } from "../../src/db/database.ts";
import { type BellhopProcess, startProcess } from "../harness/bellhop-process.ts";
import { eventually } from "../harness/eventually.ts";
import { ended, temporaryFolder } from "../harness/servers.ts";
import { installBadPlugIn, reservation, TOKEN } from "../watchdog/bad-plug-in.ts";

const GRACE_SECONDS = 4;

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo();
});

/** Its handler takes longer than any operator would wait, and heeds no signal. */
async function startWithSlowHandler(): Promise<{ bellhop: BellhopProcess; db: Database }> {
  const location = { sqliteFile: join(temporaryFolder(), "bellhop.sqlite") };
  const act = "await new Promise((resolve) => setTimeout(resolve, 60_000));";
  const { cwd, env } = installBadPlugIn(location, act);
  appendFileSync(join(cwd, "bellhop.yaml"), `shutdownSeconds: ${GRACE_SECONDS}\n`);
  const bellhop = await startProcess(cwd, env);
  cleanup.push(() => bellhop.kill());
  const db = await Database.open(location);
  cleanup.push(() => db.close());
  return { bellhop, db };
}

const stateOfJob = async ({ knex }: Database) => {
  const row: unknown = await knex("jobs").first("state", "attempts");
  return row;
};

it(
  "a call and a job that do not end are given the time for stopping once, then the job is handed back",
  { timeout: 60_000 },
  async () => {
    const { bellhop, db } = await startWithSlowHandler();
    const url = `${bellhop.url}/hooks/bikes/${TOKEN}`;
    await fetch(url, { method: "POST", body: reservation(1) });
    await vi.waitFor(
      async () => {
        expect(await stateOfJob(db)).toMatchObject({ state: "leased" });
      },
      { timeout: 20_000, interval: 50 },
    );
    const { port, hostname } = new URL(bellhop.url);
    const halfCall = connect(Number(port), hostname);
    halfCall.on("error", () => undefined);
    halfCall.write(
      `POST /hooks/bikes/${TOKEN} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf`,
    );
    cleanup.push(() => halfCall.destroy());
    await eventually(() => {
      expect(halfCall.bytesWritten).toBeGreaterThan(0);
    });

    const startedAt = performance.now();
    const code = await bellhop.stop();
    const seconds = (performance.now() - startedAt) / 1000;

    expect(code).toBe(0);
    expect(seconds).toBeGreaterThan(GRACE_SECONDS - 1);
    expect(seconds).toBeLessThan(2 * GRACE_SECONDS);
    expect(await stateOfJob(db)).toMatchObject({ state: "ready" });
  },
);

it("a process that is told to stop while it starts ends at once", { timeout: 60_000 }, async () => {
  // A database server that takes the connection and says nothing keeps it from starting.
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  cleanup.push(() => silent.close());
  const isCalled = new Promise((resolve) => silent.once("connection", resolve));
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "bellhop.yaml"), "connections: {}\n");
  const { port } = silent.address() as AddressInfo;
  const child = spawn(process.execPath, [`${process.cwd()}/bin/bellhop.js`, "start"], {
    cwd,
    env: { ...process.env, PORT: "0", DATABASE_URL: `mysql://root@127.0.0.1:${port}/bellhop` },
    stdio: "ignore",
  });
  cleanup.push(() => ended(child, "SIGKILL"));
  await isCalled;

  await ended(child, "SIGTERM");

  expect(child.exitCode).toBe(143);
});
