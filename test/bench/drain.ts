import { setTimeout as sleep } from "node:timers/promises";

import { Database, type DatabaseLocation } from "../../src/db/database.ts";

export interface DrainRow {
  name: string;
  deliveries: number;
  events: number;
  jobs: number;
  seconds: number;
  eventsPerSecond: number;
}

/** Watches a store from another process until nothing waits in it any more. */
export async function measureDrain(name: string, location: DatabaseLocation): Promise<DrainRow> {
  const db = await Database.open(location);
  const before = await countsOf(db);
  const startedAt = performance.now();
  let now = before;
  while (now.waiting + now.ready > 0) {
    await sleep(100);
    now = await countsOf(db);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  await db.close();
  const events = now.events - before.events;
  return {
    name,
    deliveries: before.waiting,
    events,
    jobs: now.jobs - before.jobs,
    seconds: Math.round(seconds * 100) / 100,
    eventsPerSecond: Math.round(events / seconds),
  };
}

interface Counts {
  waiting: number;
  ready: number;
  events: number;
  jobs: number;
}

async function countsOf({ knex }: Database): Promise<Counts> {
  const count = async (table: string, where: Record<string, string>) => {
    const row: unknown = await knex(table).where(where).count({ n: "*" }).first();
    return (row as { n: number }).n;
  };
  return {
    waiting: await count("deliveries", { state: "waiting" }),
    ready: (await count("jobs", { state: "ready" })) + (await count("jobs", { state: "leased" })),
    events: await count("events", {}),
    jobs: await count("jobs", { state: "done" }),
  };
}
