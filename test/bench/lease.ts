import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { Database, type DatabaseLocation } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { NEVER } from "../../src/dispatch/job-store.ts";
import { LaneStore } from "../../src/dispatch/lane-store.ts";
import type { MariaDb } from "../harness/servers.ts";
import type { Bench } from "./processes.ts";

const HANDLER = "bench/no-op";
const SETTLED = 1_000_000;
const WAITING = 100_000;
/** What waits in the store that is called empty: one job for each lease that is measured. */
const LEASES = 300;
const WARM_UP = 50;

export interface LeaseRow {
  name: string;
  /** Median time of leasing one job, microseconds. */
  emptyUs: number;
  fullUs: number;
  ratio: number;
}

/** What leasing a job costs with a long history and a long queue, against an empty store. */
export async function measureLease(bench: Bench, mariadb: MariaDb | undefined) {
  const folder = join(bench.folder, "lease");
  mkdirSync(folder, { recursive: true });
  const file = (name: string) => Promise.resolve({ sqliteFile: join(folder, `${name}.sqlite`) });
  const rows = [await compare("SQLite", file)];
  if (mariadb) {
    const fresh = async () => ({ mysqlUrl: await mariadb.newDatabase() });
    rows.push(await compare("MariaDB", fresh));
  }
  return rows;
}

async function compare(
  name: string,
  locate: (name: string) => Promise<DatabaseLocation>,
): Promise<LeaseRow> {
  const empty = await openStore(await locate("empty"), 0, LEASES + WARM_UP);
  const full = await openStore(await locate("full"), SETTLED, WAITING);
  const times: { empty: number[]; full: number[] } = { empty: [], full: [] };
  // In turn, so that what else the machine does weighs on both alike.
  for (let lease = 0; lease < LEASES + WARM_UP; lease += 1) {
    const [emptyUs, fullUs] = [await leaseOne(empty), await leaseOne(full)];
    if (lease < WARM_UP) continue;
    times.empty.push(emptyUs);
    times.full.push(fullUs);
  }
  await empty.close();
  await full.close();
  const [emptyUs, fullUs] = [median(times.empty), median(times.full)];
  return { name, emptyUs, fullUs, ratio: Math.round((fullUs / emptyUs) * 100) / 100 };
}

async function leaseOne(db: Database): Promise<number> {
  const startedAt = performance.now();
  const leased = await new LaneStore(db).lease(HANDLER, 1, false);
  const us = (performance.now() - startedAt) * 1000;
  if (leased.length !== 1) throw new Error(`leased ${leased.length} jobs instead of 1`);
  return us;
}

function median(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}

/** Each waiting job has a lane; behind it stand four settled ones, and other lanes have only those. */
async function openStore(
  location: DatabaseLocation,
  settled: number,
  waiting: number,
): Promise<Database> {
  const db = await Database.open(location);
  await migrate(db);
  await fillJobs(db, settled, "done", { after: 0, perLane: 4 });
  await fillJobs(db, waiting, "ready", { after: settled, perLane: 1 });
  const due = `CASE WHEN SUM(state = 'ready') > 0 THEN 1 ELSE ${NEVER} END`;
  await db.knex.raw(
    `INSERT INTO lanes (handler, scope, due_at, waiting)
     SELECT handler, scope, ${due}, SUM(state = 'ready') FROM jobs GROUP BY handler, scope`,
  );
  const analyze = db.dialect.name === "sqlite" ? "ANALYZE" : "ANALYZE TABLE jobs, lanes";
  await db.knex.raw(analyze);
  return db;
}

async function fillJobs(
  db: Database,
  count: number,
  state: string,
  { after, perLane }: { after: number; perLane: number },
): Promise<void> {
  if (count === 0) return;
  const isSqlite = db.dialect.name === "sqlite";
  const numbers = isSqlite
    ? `WITH RECURSIVE numbers (seq) AS
         (SELECT 1 UNION ALL SELECT seq + 1 FROM numbers WHERE seq < ${count})`
    : "";
  const from = isSqlite ? "numbers" : `seq_1_to_${count}`;
  const text = (prefix: string, number: string) =>
    isSqlite ? `'${prefix}' || (${number})` : `CONCAT('${prefix}', ${number})`;
  const lane = isSqlite ? `seq / ${perLane}` : `seq DIV ${perLane}`;
  await db.knex.raw(
    `INSERT INTO jobs (id, event_id, handler, scope, connection, subject, state, run_at, created_at)
     ${numbers}
     SELECT ${text("job-", `seq + ${after}`)}, ${text("event-", `seq + ${after}`)}, '${HANDLER}',
       ${text("bikes/", lane)}, 'bikes', ${text("", lane)}, '${state}', 1, 1
     FROM ${from}`,
  );
}
