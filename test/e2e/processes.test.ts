import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { Database } from "../../src/db/database.ts";
import { API_TOKEN } from "../harness/app.ts";
import {
  type EchoInstallation,
  echoInstallation,
  expectKeptPromises,
  isStored,
  startCalling,
  untilAllGoOn,
} from "../harness/echo-bookings.ts";
import { newReadyDatabase } from "../harness/ready-tables.ts";
import { type DatabaseServer, hasProgram } from "../harness/servers.ts";
import { useMariaDb } from "../harness/shared-mariadb.ts";

describe.runIf(hasProgram("mariadbd"))("several processes on one MariaDB", () => {
  let server: DatabaseServer;
  let url = "";
  let installation: EchoInstallation;
  let db: Database;

  beforeAll(async () => {
    server = await useMariaDb();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    url = await newReadyDatabase(server);
    installation = echoInstallation();
    db = await Database.open({ mysqlUrl: url });
  });
  afterEach(async () => {
    await installation.stop();
    await db.close();
  });

  it(
    "a worker killed in the middle of its work is replaced within 15 s; nothing is lost, twice or out of order",
    { timeout: 90_000 },
    async () => {
      const receivers = [
        await installation.start("receive", url),
        await installation.start("receive", url),
      ];
      const owner = await installation.start("work", url);
      await installation.start("work", url);
      const calls = startCalling(receivers, 6, 400);
      await expect.poll(() => installation.lines().length, { timeout: 15_000 }).toBeGreaterThan(30);

      await owner.kill();
      const killedAt = Date.now();
      // Also the bookings whose jobs the dead one was running.
      await untilAllGoOn(installation, calls.answered);
      const takeoverMs = Date.now() - killedAt;
      await calls.stop();

      expect(takeoverMs).toBeLessThan(15_000);
      await expectKeptPromises(db, installation, calls.answered);
    },
  );

  it(
    "a worker that is told to stop hands over at once, and no lease counts as lost",
    { timeout: 60_000 },
    async () => {
      const receiver = await installation.start("receive", url);
      const first = await installation.start("work", url);
      await installation.start("work", url);
      const calls = startCalling([receiver], 6, 400);
      await expect.poll(() => installation.lines().length, { timeout: 15_000 }).toBeGreaterThan(30);

      const exit = first.stop();
      await isStored(receiver.url, "after-the-stop", 1);
      const storedAt = Date.now();
      const isDone = () => installation.lines().some((l) => l.reference === "after-the-stop");
      await expect.poll(isDone, { timeout: 10_000, interval: 20 }).toBe(true);
      const handoverMs = Date.now() - storedAt;
      const lost: unknown = await db.knex("lanes").where("losses", ">", 0).select("id");
      await calls.stop();

      expect(await exit).toBe(0);
      expect(handoverMs).toBeLessThan(4_000);
      expect(lost).toEqual([]);
      await expectKeptPromises(db, installation, calls.answered);
    },
  );

  it(
    "a console alone answers the API for the whole installation, and takes no calls",
    { timeout: 60_000 },
    async () => {
      const bellhop = await installation.start("console", url);
      const receiver = await installation.start("receive", url);

      const isTaken = await isStored(bellhop.url, "A-1", 1);
      await isStored(receiver.url, "A-1", 1);
      const headers = { authorization: `Bearer ${API_TOKEN}` };
      const status = await fetch(`${bellhop.url}/api/v1/status`, { headers });
      const atReceiver = await fetch(`${receiver.url}/api/v1/status`, { headers });

      expect(isTaken).toBe(false);
      expect(await status.json()).toMatchObject({ accepted: 1, waiting: 1 });
      expect(atReceiver.status).toBe(404);
    },
  );
});
