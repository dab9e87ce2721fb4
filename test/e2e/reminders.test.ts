import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { expect, it } from "vitest";
import { stringify } from "yaml";

import { Database } from "../../src/db/database.ts";
import { momentOfInstant } from "../../src/sdk/time.ts";
import { type BellhopProcess, startProcess } from "../harness/bellhop-process.ts";
import { untilNothingWaits } from "../harness/echo-bookings.ts";
import { killedLongAgo } from "../harness/killed-long-ago.ts";
import { outboxMails } from "../harness/mails.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { onOneStore } from "../harness/stores.ts";

const TOKEN = "reminder-token-0123456789abcdef";
const HOUR_MS = 60 * 60_000;
const BOOKINGS = 40;
const KILLS = 2;

const CONFIG = {
  mail: { mode: "live" },
  connections: {
    echo: { source: "example-echo", tokens: [TOKEN], settings: { timeZone: "Europe/Oslo" } },
  },
  integrations: { reminders: {} },
  timers: [{ name: "reminder", relativeTo: "start", offset: "-48h" }],
};

async function book({ url }: BellhopProcess, number: number, startsAt: number): Promise<void> {
  const { date, time = "00:00" } = momentOfInstant(startsAt, "Europe/Oslo");
  const call = {
    event: "confirmed",
    reference: `R-${number}`,
    status: "confirmed",
    title: "Kayak tour",
    email: `guest${number}@example.com`,
    startsAt: `${date}T${time.slice(0, 5)}`,
    madeAt: new Date().toISOString(),
  };
  const { status } = await fetch(`${url}/hooks/echo/${TOKEN}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(call),
  });
  expect(status).toBe(200);
}

onOneStore((store) => {
  it(
    `killed ${KILLS} times while ${BOOKINGS} reminders are due, each guest gets one, none for what is far off`,
    { timeout: 120_000 },
    async () => {
      const location = await store.newLocation();
      const cwd = temporaryFolder();
      const data = "sqliteFile" in location ? join(location.sqliteFile, "..") : join(cwd, "data");
      mkdirSync(data, { recursive: true });
      writeFileSync(join(cwd, "bellhop.yaml"), stringify(CONFIG));
      const env: Record<string, string> = { BELLHOP_DATA: data, MAIL_FROM: "post@example.com" };
      if ("mysqlUrl" in location) env["DATABASE_URL"] = location.mysqlUrl;
      const first = await startProcess(cwd, env);
      const far = Date.now() + 30 * 24 * HOUR_MS;
      for (let n = 1; n <= BOOKINGS + 5; n += 1) await book(first, n, far);
      const db = await Database.open(location);
      await untilNothingWaits(db, 30);
      await first.kill();
      await killedLongAgo(db);

      // Their time comes while nobody is there.
      const due = { due_at: Date.now() - HOUR_MS, reference_at: Date.now() + 47 * HOUR_MS };
      const soon = Array.from({ length: BOOKINGS }, (_, n) => `R-${n + 1}`);
      await db.knex("occurrences").whereIn("subject", soon).update(due);
      for (let kill = 0; kill < KILLS; kill += 1) {
        const bellhop = await startProcess(cwd, env);
        await sleep(200 + kill * 150);
        await bellhop.kill();
        // As if it had been killed a while ago: the next one begins with the work at once.
        await db.knex("owners").update({ until: 0 });
      }
      await killedLongAgo(db);
      const last = await startProcess(cwd, env);
      await expect.poll(() => countOf(db, "planned"), { timeout: 40_000 }).toBe(5);
      await untilNothingWaits(db, 40);

      const mails = await outboxMails(data);
      const recipients = mails.map(({ to }) => (Array.isArray(to) ? "" : (to?.text ?? "")));
      await db.close();
      await last.stop();

      const wanted = Array.from({ length: BOOKINGS }, (_, n) => `guest${n + 1}@example.com`);
      expect(recipients.toSorted()).toEqual(wanted.toSorted());
    },
  );
});

async function countOf({ knex }: Database, state: string): Promise<number> {
  const [row]: { rows?: number }[] = await knex("occurrences")
    .where({ state })
    .count({ rows: "*" });
  return Number(row?.rows);
}
