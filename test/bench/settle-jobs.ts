import { setTimeout as sleep } from "node:timers/promises";

import { CounterStore } from "../../src/db/counter-store.ts";
import { Database, type DatabaseLocation } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { eventOf, openWorkshop } from "../harness/workshop.ts";

/** As with BullMQ, what suits a handler that does nothing best: of 4, 16, 64, 256 and 512. */
const CONCURRENCY = 256;
const ADDED_AT_ONCE = 500;
const JOBS_PER_BOOKING = 2;
const LOOK_MS = 20;

/** Seconds in which Bellhop's worker runs and settles so many no-op jobs that wait already. */
export async function settleOnBellhop(location: DatabaseLocation, jobs: number): Promise<number> {
  const db = await Database.open(location);
  await migrate(db);
  const noOp = { concurrency: CONCURRENCY, handle: () => Promise.resolve({ done: "ok" }) };
  const shop = openWorkshop(db, noOp);
  for (let added = 0; added < jobs; added += ADDED_AT_ONCE) {
    const size = Math.min(ADDED_AT_ONCE, jobs - added);
    const bookingOf = (index: number) => String(Math.floor((added + index) / JOBS_PER_BOOKING));
    await shop.tell(...Array.from({ length: size }, (_, index) => eventOf(bookingOf(index))));
  }
  const counters = new CounterStore(db);
  const worker = shop.newWorker();
  const startedAt = performance.now();
  await worker.start();
  while (((await counters.totals()).get("jobs.done") ?? 0) < jobs) await sleep(LOOK_MS);
  const seconds = (performance.now() - startedAt) / 1000;
  await worker.stop(1_000);
  await db.close();
  return seconds;
}
