import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";

import { Database } from "../../src/db/database.ts";
import { FakeClock, findFaketime } from "../chaos/clock.ts";
import { startProcess } from "../harness/bellhop-process.ts";
import { addBookings } from "../harness/many-bookings.ts";
import { newReadyDatabase } from "../harness/ready-tables.ts";
import { type DatabaseServer, hasProgram, temporaryFolder } from "../harness/servers.ts";
import { useMariaDb } from "../harness/shared-mariadb.ts";
import { openTime } from "./time-bench.ts";

const REMINDER = { name: "reminder", relativeTo: "start", offset: "-48h" };
/** Many times what one of them takes at once; `npm run bench -- --only timers` has far more. */
const DUE = 3_000;
const WORKERS = 4;
const MINUTE_MS = 60_000;

interface Told {
  subject: string;
  event_id: string | null;
  state: string;
  due_at: number;
  updated_at: number;
}

describe.runIf(hasProgram("mariadbd"))("several processes on one MariaDB", () => {
  let mariadb: DatabaseServer;
  let folder: string;
  beforeAll(async () => {
    mariadb = await useMariaDb();
    folder = temporaryFolder();
  });
  afterAll(async () => {
    await mariadb.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(() => {
    vi.restoreAllMocks();
  });

  async function openStores(count: number) {
    const mysqlUrl = await newReadyDatabase(mariadb);
    const stores = await Promise.all(
      Array.from({ length: count }, () => Database.open({ mysqlUrl })),
    );
    const [db] = stores;
    if (!db) throw new Error("no store");
    return { mysqlUrl, stores, db };
  }

  it(`tell of ${DUE} bookings due in the same minute, each once, though nobody is the owner`, async () => {
    const { stores, db } = await openStores(WORKERS);
    const processes = stores.map((one) => openTime(one, { timers: [REMINDER], handlers: [{}] }));
    // All that is known has been planned for these timers.
    await processes[0]?.tick();
    const dueAt = (await db.now()) - MINUTE_MS;
    const timers = [REMINDER.name];
    await addBookings(db, { after: 0, count: DUE, timers, dueAt, apartMs: 5 });
    const warned = vi.spyOn(console, "warn");
    const works = processes.map((one) => one.newWork());

    for (const work of works) work.begin();
    await Promise.all(works.map((work) => work.planned()));
    await Promise.all(works.map((work) => work.tick()));
    await Promise.all(works.map((work) => work.end()));

    const told: Told[] = await db.knex("occurrences").select("subject", "state", "event_id");
    expect(warned).not.toHaveBeenCalled();
    const eventIds = new Set(told.map(({ event_id: id }) => id));
    expect(told.map(({ state }) => state)).toEqual(Array.from({ length: DUE }, () => "done"));
    expect([eventIds.size, eventIds.has(null)]).toEqual([DUE, false]);
    const subjects: { subject: string }[] = await db.knex("events").distinct("subject");
    expect([subjects.length, await countOf(db, "events")]).toEqual([DUE, DUE]);
    const jobs: { event_id: string }[] = await db.knex("jobs").distinct("event_id");
    expect([jobs.length, await countOf(db, "jobs")]).toEqual([DUE, DUE]);
    expect(jobs.every(({ event_id: id }) => eventIds.has(id))).toBe(true);
    await Promise.all(stores.map((one) => one.close()));
  }, 90_000);

  const library = hasProgram("faketime") ? findFaketime() : undefined;

  it.runIf(library)(
    "agree on the time though one clock is 90 s ahead",
    async () => {
      const { stores, db, mysqlUrl } = await openStores(1);
      const clock = new FakeClock(library ?? "", join(folder, "clock"));
      clock.set(90);
      const start = (name: string, env: Readonly<Record<string, string>>) => {
        const own = join(folder, name);
        mkdirSync(own);
        writeFileSync(join(own, "bellhop.yaml"), stringify({ timers: [REMINDER] }));
        return startProcess(own, { DATABASE_URL: mysqlUrl, ...env }, ["start", "--role", "work"]);
      };
      const ahead = await start("ahead", clock.env);
      const right = await start("right", {});
      const timers = [REMINDER.name];
      const apartMs = 1_000;
      const toldBy = async (count: number) => {
        await expect.poll(() => countOf(db, "events"), { timeout: 30_000 }).toBe(count);
      };

      const dueAt = (await db.now()) + 3_000;
      await addBookings(db, { after: 0, count: 5, timers, dueAt, apartMs });
      await toldBy(5);
      await ahead.kill();
      await addBookings(db, { after: 5, count: 5, timers, dueAt: await db.now(), apartMs });
      await toldBy(10);
      await right.stop();

      const told: Told[] = await db
        .knex("occurrences")
        .orderBy("position")
        .select("subject", "state", "due_at", "updated_at");
      expect(told.map(({ state }) => state)).toEqual(Array.from({ length: 10 }, () => "done"));
      for (const { due_at: due, updated_at: at, subject } of told) {
        // Not before its moment, and no 90 s after it, whoever's turn it was.
        expect(at - due, subject).toBeGreaterThanOrEqual(0);
        expect(at - due, subject).toBeLessThan(30_000);
      }
      await Promise.all(stores.map((one) => one.close()));
    },
    90_000,
  );
});

async function countOf(db: Database, table: string): Promise<number> {
  const row: unknown = await db.knex(table).count({ count: "*" }).first();
  return Number((row as { count: unknown }).count);
}
