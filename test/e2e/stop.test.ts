import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { afterEach, expect, it, vi } from "vitest";

import { Database } from "../../src/db/database.ts";
import { type BellhopProcess, startProcess } from "../harness/bellhop-process.ts";
import { ended, temporaryFolder } from "../harness/servers.ts";

const TOKEN = "stop-token-0123456789abcdef";
const GRACE_SECONDS = 4;

const CONFIRMED = {
  notification_type: "reservation_confirmed",
  reservation: "9000101",
  resource: "3101",
  resource_name: "Cabin",
  calendar: "77001",
  start: "1893495600",
  end: "1893582000",
  status: "7",
};

/** A handler that takes longer than any operator would wait, and heeds no signal. */
const INTEGRATION = `
const config = { safeParse: (value) => ({ success: true, data: value }) };
const wait = {
  id: "wait",
  kind: "mirror",
  on: ["booking.confirmed"],
  handle: () => new Promise((resolve) => setTimeout(resolve, 60_000)),
};
export default { manifest: { id: "slow", name: "Slow" }, config, handlers: [wait] };
`;

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanup.splice(0).reverse()) await undo();
});

async function startWithSlowHandler(): Promise<{ bellhop: BellhopProcess; db: Database }> {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, "plug-ins", "slow"), { recursive: true });
  writeFileSync(join(cwd, "package.json"), '{ "type": "module" }');
  writeFileSync(join(cwd, "plug-ins", "slow", "index.js"), INTEGRATION);
  writeFileSync(
    join(cwd, "bellhop.yaml"),
    `shutdownSeconds: ${GRACE_SECONDS}\n` +
      `connections: { bikes: { source: planyo, tokens: ["${TOKEN}"] } }\n` +
      "integrations: { slow: {} }\nintegrationPaths: [./plug-ins]\n",
  );
  const bellhop = await startProcess(cwd);
  cleanup.push(() => bellhop.kill());
  const db = await Database.open({ sqliteFile: join(cwd, "data", "bellhop.sqlite") });
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
    await fetch(url, { method: "POST", body: new URLSearchParams(CONFIRMED) });
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
    await vi.waitFor(() => {
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
