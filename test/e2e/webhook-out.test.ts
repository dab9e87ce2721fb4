import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Webhook } from "standardwebhooks";
import { afterEach, expect, it } from "vitest";
import { stringify } from "yaml";

import { Database } from "../../src/db/database.ts";
import { vendorServer, type VendorServer } from "../../src/sdk/testing.ts";
import { callApi, startApp, untilSettled } from "../harness/app.ts";
import { startProcess } from "../harness/bellhop-process.ts";
import { untilNothingWaits } from "../harness/echo-bookings.ts";
import { killedLongAgo } from "../harness/killed-long-ago.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { onOneStore } from "../harness/stores.ts";

const TOKEN = "webhook-token-0123456789abcdef";
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

let receiver: VendorServer | undefined;
afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});

const configFor = (url: string) => ({
  connections: { echo: { source: "example-echo", tokens: [TOKEN] } },
  integrations: { "webhook-out": { settings: { url, secret: SECRET, allowPrivate: true } } },
});

async function tell(url: string, reference: string, title: string, event: string): Promise<void> {
  const call = { event, reference, status: "confirmed", title, total: "180.00" };
  const { status } = await fetch(`${url}/hooks/echo/${TOKEN}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...call, madeAt: new Date().toISOString() }),
  });
  expect(status).toBe(200);
}

interface Sent {
  id: string;
  type: string;
  subject: string;
  data: { version: number };
}

/** What has come, each with a good signature. */
function received(): Sent[] {
  const webhook = new Webhook(SECRET);
  return (receiver?.requests ?? []).map(
    ({ body, headers }) => webhook.verify(body.toString("utf8"), headers) as Sent,
  );
}

it("every event of a booking comes in its order, the others do not wait, and each is what the API shows", async () => {
  let refusals = 2;
  receiver = await vendorServer(({ body }) => {
    const isRefused = body.includes('"subject":"SLOW"') && refusals-- > 0;
    return { status: isRefused ? 503 : 204, body: "" };
  });
  const app = await startApp({ config: configFor(receiver.url) });

  await tell(app.url, "SLOW", "Kayak 1", "confirmed");
  await tell(app.url, "SLOW", "Kayak 2", "changed");
  await tell(app.url, "SLOW", "Kayak 3", "changed");
  await tell(app.url, "OTHER", "Hike", "confirmed");
  await untilSettled(app);

  const all = received();
  const versionsOf = (subject: string) =>
    all.filter((event) => event.subject === subject).map(({ data }) => data.version);
  expect(versionsOf("SLOW")).toEqual([1, 1, 1, 2, 3]);
  expect(versionsOf("OTHER")).toEqual([1]);
  expect(all.findIndex(({ subject }) => subject === "OTHER")).toBeLessThan(all.length - 1);
  const shown = await callApi(app, "/events");
  const sent = new Map(all.map((event) => [event.id, event]));
  expect([...sent.values()].toReversed()).toEqual(
    expect.arrayContaining((shown.body as { data: unknown[] }).data),
  );
  await app.stop();
});

onOneStore((store) => {
  it(
    "killed after it has sent and before it has noted that: sent again under the same id, and noted once",
    { timeout: 60_000 },
    async () => {
      const location = await store.newLocation();
      const cwd = temporaryFolder();
      const data = "sqliteFile" in location ? join(location.sqliteFile, "..") : join(cwd, "data");
      mkdirSync(data, { recursive: true });
      const env: Record<string, string> = { BELLHOP_DATA: data };
      if ("mysqlUrl" in location) env["DATABASE_URL"] = location.mysqlUrl;
      let kill: (() => Promise<void>) | undefined;
      receiver = await vendorServer(async () => {
        await kill?.();
        return { status: 204, body: "" };
      });
      writeFileSync(join(cwd, "bellhop.yaml"), stringify(configFor(receiver.url)));
      const first = await startProcess(cwd, env);
      const db = await Database.open(location);
      const dead = new Promise((resolve) => first.child.once("exit", resolve));
      kill = () => first.kill();

      await tell(first.url, "R-1", "Kayak", "confirmed");
      await dead;
      kill = undefined;
      await killedLongAgo(db);
      const second = await startProcess(cwd, env);
      await untilNothingWaits(db);
      await second.stop();

      const ids = received().map(({ id }) => id);
      const effects: unknown = await db.knex("effects").select("effect_key", "state");
      await db.close();
      expect(ids).toHaveLength(2);
      expect(new Set(ids).size).toBe(1);
      expect(receiver.requests.map(({ headers }) => headers["webhook-id"])).toEqual(ids);
      expect(effects).toEqual([{ effect_key: ids[0], state: "done" }]);
    },
  );
});
