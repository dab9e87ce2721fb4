import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { expect, it } from "vitest";

import { Database } from "../../src/db/database.ts";
import { startProcess } from "../harness/bellhop-process.ts";
import { untilNothingWaits } from "../harness/echo-bookings.ts";
import { killedLongAgo } from "../harness/killed-long-ago.ts";
import { outboxMails } from "../harness/mails.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { onEachStore } from "../harness/stores.ts";

const TOKEN = "kill-token-0123456789abcdef";
/** Every further round costs seconds: `npm run chaos` kills more often. */
const KILLS = { sqlite: 4, mariadb: 3 };

/** Every tenth reservation is confirmed, so that it makes a voucher; the rest only ask for one. */
function body(reservation: number): string {
  const isConfirmed = reservation % 10 === 0;
  return new URLSearchParams({
    notification_type: isConfirmed ? "reservation_confirmed" : "new_verified_reservation",
    reservation: String(reservation),
    resource: "3101",
    resource_name: "Cabin",
    calendar: "77001",
    start: "1893495600",
    end: "1893582000",
    status: isConfirmed ? "7" : "3",
    currency: "EUR",
    price_quoted: "240.00",
    amount_paid: "0.00",
    amount_outstanding: "240.00",
    email: `guest${reservation}@example.com`,
    first_name: "Ana",
    last_name: "Example",
  }).toString();
}

onEachStore((store) => {
  it(
    `killed ${KILLS[store.name]} times in the middle of a burst, nothing that was answered 200 is lost and no voucher is written twice`,
    { timeout: 240_000 },
    async () => {
      const location = await store.newLocation();
      const cwd = temporaryFolder();
      const data = "sqliteFile" in location ? join(location.sqliteFile, "..") : join(cwd, "data");
      mkdirSync(data, { recursive: true });
      writeFileSync(
        join(cwd, "bellhop.yaml"),
        `connections: { bikes: { source: planyo, tokens: ["${TOKEN}"] } }\n` +
          "mail: { mode: live }\nintegrations: { voucher-mail: {} }\n",
      );
      const env: Record<string, string> = { BELLHOP_DATA: data };
      if ("mysqlUrl" in location) env["DATABASE_URL"] = location.mysqlUrl;
      const db = await Database.open(location);
      const acknowledged = new Set<number>();
      let reservation = 1;

      for (let kill = 0; kill < KILLS[store.name]; kill += 1) {
        const bellhop = await startProcess(cwd, env);
        let isKilled = false;
        const callers = Array.from({ length: 8 }, async () => {
          while (!isKilled) {
            const mine = reservation++;
            const sent = fetch(`${bellhop.url}/hooks/bikes/${TOKEN}`, {
              method: "POST",
              body: body(mine),
            });
            const status = await sent.then((answer) => answer.status).catch(() => 0);
            if (status === 200) acknowledged.add(mine);
            await sleep(20);
          }
        });
        const before = acknowledged.size;
        // A busy machine takes its time for the first answers.
        await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(before);
        await sleep(50 + kill * 30);
        await bellhop.kill();
        // As if it had been killed a while ago: the next one begins with the work at once.
        await db.knex("owners").update({ until: 0 });
        isKilled = true;
        await Promise.all(callers);
      }
      await killedLongAgo(db);
      const last = await startProcess(cwd, env);
      await untilNothingWaits(db, 90);

      const known: { subject: string }[] = await db.knex("subjects").select("subject");
      const subjects = new Set(known.map(({ subject }) => Number(subject)));
      const lost = [...acknowledged].filter((number) => !subjects.has(number));
      const mails = await outboxMails(data);
      const recipients = mails.map(({ to }) => (Array.isArray(to) ? "" : (to?.text ?? "")));
      const confirmed = [...subjects].filter((number) => number % 10 === 0);
      await db.close();

      expect(acknowledged.size).toBeGreaterThan(KILLS[store.name]);
      expect(lost).toEqual([]);
      expect(recipients.toSorted()).toEqual(
        confirmed.map((number) => `guest${number}@example.com`).toSorted(),
      );
      expect(await last.stop()).toBe(0);
    },
  );
});
