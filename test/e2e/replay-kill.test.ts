import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it, vi } from "vitest";

import { CounterStore } from "../../src/db/counter-store.ts";
import { Database, type DatabaseLocation } from "../../src/db/database.ts";
import { HandlerTable } from "../../src/dispatch/handler-table.ts";
import { JobStore } from "../../src/dispatch/job-store.ts";
import { InboxStore } from "../../src/inbox/inbox-store.ts";
import { IntakeLoad } from "../../src/inbox/intake-load.ts";
import { Replays, readReplay } from "../../src/queries/replays.ts";
import { startProcess } from "../harness/bellhop-process.ts";
import { ended, temporaryFolder } from "../harness/servers.ts";
import { onOneStore, type StoreUnderTest } from "../harness/stores.ts";

const ROWS = 1_500;
const KILLS = 3;

/** Rows that have ended, of a handler and a connection that nobody works for. */
async function fill({ knex }: Database): Promise<void> {
  const numbers = Array.from({ length: ROWS }, (_, index) => index + 1);
  const empty = Buffer.alloc(0);
  // Not so old that they would be deleted meanwhile.
  const now = Date.now();
  await knex.batchInsert(
    "jobs",
    numbers.map((n) => ({
      id: `job-${n}`,
      event_id: `event-${n}`,
      handler: "books/post",
      scope: `scope-${n % 500}`,
      connection: "gone",
      subject: String(n),
      state: n % 3 === 0 ? "dead" : "done",
      run_at: now,
      created_at: now + n,
    })),
    100,
  );
  await knex.batchInsert(
    "lanes",
    numbers.slice(0, 500).map((n) => ({
      handler: "books/post",
      scope: `scope-${n - 1}`,
      due_at: Date.UTC(9999, 0, 1),
      waiting: numbers.filter((job) => job % 500 === n - 1 && job % 3 === 0).length,
    })),
    100,
  );
  await knex.batchInsert(
    "deliveries",
    numbers.map((n) => ({
      id: `delivery-${n}`,
      connection: "gone",
      received_at: now + n,
      method: "GET",
      state: "done",
      query: empty,
      headers: Buffer.from("[]"),
      body: empty,
    })),
    100,
  );
  await knex("counters").insert([
    { name: "jobs.done", shard: 0, value: ROWS - ROWS / 3 },
    { name: "deliveries.done", shard: 0, value: ROWS },
  ]);
}

/** Notes every single time that a row is put back in line, whoever does it. */
async function noteMoves({ knex, dialect }: Database, table: string, to: string): Promise<void> {
  await knex.schema.createTable("moves", (moves) => {
    moves.bigInteger("position");
  });
  const moved = `OLD.state <> '${to}' AND NEW.state = '${to}'`;
  await knex.raw(
    dialect.name === "sqlite"
      ? `CREATE TRIGGER note AFTER UPDATE ON ${table} WHEN ${moved}
         BEGIN INSERT INTO moves VALUES (NEW.position); END`
      : `CREATE TRIGGER note AFTER UPDATE ON ${table} FOR EACH ROW
         INSERT INTO moves SELECT NEW.position FROM DUAL WHERE ${moved}`,
  );
}

async function movesOf({ knex }: Database): Promise<number[]> {
  const rows: { position: number }[] = await knex("moves").orderBy("position").select("position");
  return rows.map(({ position }) => position);
}

async function moved({ knex }: Database): Promise<{ moved: number; state: string }> {
  const row: unknown = await knex("replays").orderBy("position", "desc").first("moved", "state");
  return (row as { moved: number; state: string } | undefined) ?? { moved: 0, state: "open" };
}

interface Installation {
  db: Database;
  location: DatabaseLocation;
  cwd: string;
  env: Record<string, string>;
}

async function install(store: StoreUnderTest): Promise<Installation> {
  const location = await store.newLocation();
  const cwd = temporaryFolder();
  const data = "sqliteFile" in location ? join(location.sqliteFile, "..") : join(cwd, "data");
  mkdirSync(data, { recursive: true });
  writeFileSync(join(cwd, "bellhop.yaml"), "connections: {}\n");
  const db = await Database.open(location);
  await fill(db);
  const address = "mysqlUrl" in location ? { DATABASE_URL: location.mysqlUrl } : {};
  return { db, location, cwd, env: { BELLHOP_DATA: data, ...address } };
}

function startReplay({ cwd, env }: Installation, ...args: string[]): ChildProcess {
  const program = `${process.cwd()}/bin/bellhop.js`;
  return spawn(process.execPath, [program, "replay", ...args, "--yes"], {
    cwd,
    env: { ...process.env, LOG_LEVEL: "silent", ...env },
    stdio: "ignore",
  });
}

/** Resolves once more rows are back than before. */
async function untilMoved(db: Database, before: number): Promise<void> {
  await vi.waitFor(
    async () => {
      expect((await moved(db)).moved).toBeGreaterThan(before);
    },
    { timeout: 60_000, interval: 5 },
  );
}

function replaysOf(db: Database): Replays {
  const counters = new CounterStore(db);
  const jobs = new JobStore(db, new HandlerTable([]), counters);
  return new Replays({ db, inbox: new InboxStore(db), jobs, counters, load: new IntakeLoad() });
}

onOneStore((store) => {
  it.each([
    { kind: "jobs", to: "ready" },
    { kind: "deliveries", to: "waiting" },
  ])(
    `a replay of ${ROWS} $kind, killed ${KILLS} times in the middle, is finished by whoever is there, and puts each back once`,
    { timeout: 240_000 },
    async ({ kind, to }) => {
      const place = await install(store);
      const { db } = place;
      await noteMoves(db, kind, to);

      const replay = startReplay(place, kind, "--connection", "gone");
      await untilMoved(db, 0);
      await ended(replay, "SIGKILL");
      const breaks = [await moved(db)];
      while (breaks.length < KILLS) {
        // As if it had been killed a while ago.
        await db.knex("replays").update({ updated_at: 0 });
        const bellhop = await startProcess(place.cwd, place.env);
        await untilMoved(db, breaks.at(-1)?.moved ?? 0);
        await bellhop.kill();
        await db.knex("owners").update({ until: 0 });
        breaks.push(await moved(db));
      }
      await db.knex("replays").update({ updated_at: 0 });
      const last = await startProcess(place.cwd, place.env);
      await vi.waitFor(
        async () => {
          expect(await moved(db)).toEqual({ moved: ROWS, state: "done" });
        },
        { timeout: 90_000, interval: 100 },
      );

      expect(breaks[0]?.state).toBe("open");
      expect(await movesOf(db)).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
      const counters = await new CounterStore(db).totals();
      expect(counters.get(`${kind}.done`)).toBe(0);
      expect(await last.stop()).toBe(0);
      await db.close();
    },
  );

  it(
    "two processes that carry out the same replay at once share it",
    { timeout: 60_000 },
    async () => {
      const { db, location } = await install(store);
      const other = await Database.open(location);
      await noteMoves(db, "jobs", "ready");
      const [mine, theirs] = [replaysOf(db), replaysOf(other)];

      const begun = await mine.begin(readReplay({ kind: "jobs", handler: "books/post" }));
      const ends = await Promise.all([mine.carryOn(begun), theirs.carryOn(begun)]);

      expect(ends).toMatchObject([{ state: "done" }, { state: "done", count: ROWS, moved: ROWS }]);
      expect(await movesOf(db)).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
      const lanes: { waiting: number }[] = await db.knex("lanes").select("waiting");
      expect(lanes.every(({ waiting }) => waiting === ROWS / 500)).toBe(true);
      await Promise.all([db.close(), other.close()]);
    },
  );

  it(
    "what comes after the replay has begun is not touched by it",
    { timeout: 60_000 },
    async () => {
      const { db } = await install(store);
      const replays = replaysOf(db);

      const begun = await replays.begin(readReplay({ kind: "deliveries", connection: "gone" }));
      await db.knex("deliveries").where({ position: ROWS }).update({ id: "old" });
      const row: unknown = await db.knex("deliveries").where({ id: "old" }).first();
      await db.knex("deliveries").insert({ ...(row as object), position: ROWS + 1, id: "new" });
      const end = await replays.carryOn(begun);

      expect(end).toMatchObject({ state: "done", count: ROWS });
      const newest: unknown = await db.knex("deliveries").where({ id: "new" }).first("state");
      expect(newest).toMatchObject({ state: "done" });
      await db.close();
    },
  );
});
