import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";
import { stringify } from "yaml";

import { hasJudges, judge } from "../../integrations/ledger-file/testing/judges.ts";
import { Database, type DatabaseLocation } from "../../src/db/database.ts";
import { type BellhopProcess, startProcess } from "../harness/bellhop-process.ts";
import { numbersInJournal, owedInJournal, postedNumbers, untilPosted } from "../harness/journal.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { onOneStore } from "../harness/stores.ts";

const TOKEN = "books-token-0123456789abcdef";
const BOOKINGS = 150;
/** Each has an invoice and a payment. */
const DOCUMENTS = 2 * BOOKINGS;
const KILLS = 2;
const NUMBERS = Array.from({ length: BOOKINGS }, (_, index) => 9_000 + index);

/** A reservation of next year for 240.00, with 100.00 paid. */
function body(reservation: number): string {
  return new URLSearchParams({
    ...{ notification_type: "reservation_confirmed", reservation: String(reservation) },
    ...{ resource: "3101", resource_name: "Cabin", calendar: "77001", status: "7" },
    ...{ start: "1893495600", end: "1893582000", currency: "EUR" },
    ...{ price_quoted: "240.00", amount_paid: "100.00", amount_outstanding: "140.00" },
    ...{ email: `guest${reservation}@example.com`, first_name: "Ana", last_name: "Example" },
  }).toString();
}

async function book({ url }: BellhopProcess): Promise<void> {
  const waiting = [...NUMBERS];
  const caller = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const sent = await fetch(`${url}/hooks/bikes/${TOKEN}`, { method: "POST", body: body(next) });
      expect(sent.status).toBe(200);
    }
  };
  await Promise.all(Array.from({ length: 8 }, caller));
}

/** Working folder and variables of an installation that keeps its journal in `folder`. */
function install(location: DatabaseLocation, folder: string) {
  const cwd = temporaryFolder();
  const data = "sqliteFile" in location ? join(location.sqliteFile, "..") : join(cwd, "data");
  mkdirSync(data, { recursive: true });
  const config = {
    connections: { bikes: { source: "planyo", tokens: [TOKEN] } },
    integrations: { "ledger-file": { settings: { path: folder, policy: "invoice" } } },
  };
  writeFileSync(join(cwd, "bellhop.yaml"), stringify(config));
  const address = "mysqlUrl" in location ? { DATABASE_URL: location.mysqlUrl } : {};
  return { cwd, env: { BELLHOP_DATA: data, ...address } };
}

/** Resolves once so many documents have been begun. */
async function untilBegun(db: Database, count: number): Promise<void> {
  const begun = async () => {
    const [row]: { rows?: number }[] = await db.knex("effects").count({ rows: "*" });
    return Number(row?.rows);
  };
  await expect.poll(begun, { timeout: 40_000, interval: 40 }).toBeGreaterThanOrEqual(count);
}

/** As if what was killed had been killed a while ago. */
async function letLeasesEnd({ knex }: Database): Promise<void> {
  await knex("owners").update({ until: 0 });
  await knex("lanes").whereNotNull("token").update({ due_at: 0 });
}

async function expectWholeJournal(db: Database, folder: string): Promise<void> {
  await untilPosted(db, 90);
  await judge(folder);
  const numbers = await numbersInJournal(folder);
  const owed = await owedInJournal(folder);
  const wanted = NUMBERS.flatMap((number) => [
    ...[`bikes/${number}/invoice:1`, `bikes/${number}/payment:1`],
  ]);
  expect(numbers).toEqual(wanted.toSorted());
  expect(await postedNumbers(db)).toEqual(numbers);
  expect([...owed].toSorted()).toEqual(NUMBERS.map((number) => [`bikes/${number}`, 14_000]));
}

onOneStore((store) => {
  const others = store.name === "mariadb" ? "another takes over" : "it is started again";
  it.runIf(hasJudges)(
    `killed ${KILLS} times while it posts, and ${others}: the journal is complete and has nothing twice`,
    { timeout: 240_000 },
    async () => {
      const location = await store.newLocation();
      const folder = join(temporaryFolder(), "books");
      const { cwd, env } = install(location, folder);
      const start = () => startProcess(cwd, env);
      // The first one to start posts for all; on a server the next one stands by.
      const running = [await start()];
      if (store.name === "mariadb") running.push(await start());
      const db = await Database.open(location);
      if (running[0]) await book(running[0]);

      for (let kill = 1; kill <= KILLS; kill += 1) {
        await untilBegun(db, Math.round((DOCUMENTS * kill) / (KILLS + 1)));
        await running.shift()?.kill();
        await letLeasesEnd(db);
        running.push(await start());
      }

      await expectWholeJournal(db, folder);
      await db.close();
      expect(await Promise.all(running.map((one) => one.stop()))).not.toContain(1);
    },
  );
});
