import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { MariaDb } from "../harness/servers.ts";
import { settleOnBullMq } from "./bullmq.ts";
import type { Bench } from "./processes.ts";
import { settleOnBellhop } from "./settle-jobs.ts";

const JOBS = 10_000;

export interface JobsRow {
  name: string;
  jobs: number;
  seconds: number;
  jobsPerSecond: number;
}

/** No-op jobs run and settled, every step of them durable, in order: Bellhop beside BullMQ. */
export async function measureJobs(
  bench: Bench,
  mariadb: MariaDb | undefined,
  hasRedis: boolean,
  rounds: number,
): Promise<JobsRow[]> {
  const folder = join(bench.folder, "jobs");
  mkdirSync(folder, { recursive: true });
  const rows: JobsRow[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    process.stderr.write(`jobs, round ${round} of ${rounds}\n`);
    if (hasRedis) {
      const name = "BullMQ on Redis, appendfsync always";
      rows.push(rowOf(name, await settleOnBullMq(join(folder, `redis-${round}`), JOBS)));
    }
    const sqliteFile = join(folder, `jobs-${round}.sqlite`);
    rows.push(rowOf("Bellhop on SQLite", await settleOnBellhop({ sqliteFile }, JOBS)));
    if (mariadb) {
      const mysqlUrl = await mariadb.newDatabase();
      rows.push(rowOf("Bellhop on MariaDB", await settleOnBellhop({ mysqlUrl }, JOBS)));
    }
  }
  return rows;
}

function rowOf(name: string, seconds: number): JobsRow {
  const jobsPerSecond = Math.round(JOBS / seconds);
  return { name, jobs: JOBS, seconds: Math.round(seconds * 100) / 100, jobsPerSecond };
}
