import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import express from "express";
import { expect, it } from "vitest";

import { Database } from "../../src/db/database.ts";
import { openBellhop } from "../../src/receiver.ts";
import { environmentOf } from "../../src/settings/environment.ts";
import { untilSettled } from "../harness/app.ts";
import { TOKEN } from "../harness/receiver.ts";
import { temporaryFolder } from "../harness/servers.ts";

it("inside somebody's Express app a call is kept and understood, and other pages stay theirs", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "bellhop.yaml");
  const connections = { echo: { source: "example-echo", tokens: [TOKEN] } };
  writeFileSync(file, JSON.stringify({ connections }));
  const environment = environmentOf({
    BELLHOP_CONFIG: file,
    BELLHOP_DATA: folder,
    LOG_LEVEL: "silent",
  });
  const bellhop = await openBellhop({ environment });
  const app = express().use(bellhop.receiver, express.json());
  app.get("/mine", (_, response) => {
    response.send("mine");
  });
  const server = createServer(app).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const json = { reference: "A1", event: "booked", status: "confirmed" };
  const hook = await fetch(`${base}/hooks/echo/${TOKEN}`, {
    method: "POST",
    body: JSON.stringify(json),
  });
  const mine = await fetch(`${base}/mine`);

  expect([hook.status, await mine.text()]).toEqual([200, "mine"]);
  const db = await Database.open({ sqliteFile: join(folder, "bellhop.sqlite") });
  await untilSettled({ db });
  expect(await db.knex("deliveries").select("state")).toEqual([{ state: "done" }]);
  await db.close();
  server.close();
  await bellhop.stop();
});
