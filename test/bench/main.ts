import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { hasProgram, startMariaDb } from "../harness/servers.ts";
import { measureDrain, type DrainRow } from "./drain.ts";
import { measureFootprint } from "./footprint.ts";
import {
  bareExpress,
  bellhopOn,
  handWritten,
  type IntakeCandidate,
  type IntakeRow,
  measureIntake,
  onMariaDb,
} from "./intake.ts";
import { measureVoucherLatency } from "./latency.ts";
import { printReport, type Report } from "./report.ts";

// npm run bench [-- --rounds N] [--seconds N] [--json FILE]
//
// Everything is measured in one run on one machine, candidates in turn, so that ratios hold where
// absolute figures do not. Exit code 1 when an acknowledged request is missing from a store.

const option = (name: string, fallback: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : (process.argv[at + 1] ?? fallback);
};
const rounds = Number(option("rounds", "3"));
const seconds = Number(option("seconds", "3"));
const json = option("json", "bench-results.json");

// Not in the system's temporary folder, which may be memory: a durable write must reach a disk.
const folder = resolve("node_modules/.cache/bench");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const bench = { folder };

const mariadb = hasProgram("mariadbd") ? await startMariaDb(1) : undefined;
const drains: DrainRow[] = [];
const lines = join(folder, "lines.txt");
const echo = `integrations: { echo: { use: example-echo, settings: { path: "${lines}" } } }\n`;

const sqliteFolder = (name: string) => (round: number) =>
  Promise.resolve({ BELLHOP_DATA: join(folder, `${name}-${round}`) });

const candidates: IntakeCandidate[] = [
  bareExpress(),
  handWritten("SQLite", (round) => Promise.resolve(join(folder, `hand-${round}.sqlite`))),
  bellhopOn("SQLite", bench, "receive", sqliteFolder("receive")),
  bellhopOn("SQLite", bench, "all", sqliteFolder("all"), {
    config: echo,
    afterLoad: async (round) => {
      const sqliteFile = join(folder, `all-${round}`, "bellhop.sqlite");
      drains.push(await measureDrain("SQLite, --role all", { sqliteFile }));
    },
  }),
];
if (mariadb) {
  const locate = onMariaDb(mariadb);
  let url = "";
  candidates.push(
    handWritten("MariaDB", locate),
    bellhopOn("MariaDB", bench, "receive", async (round) => ({
      DATABASE_URL: await locate(),
      BELLHOP_DATA: join(folder, `maria-${round}`),
    })),
    bellhopOn(
      "MariaDB",
      bench,
      "all",
      async (round) => {
        url = await locate();
        return { DATABASE_URL: url, BELLHOP_DATA: join(folder, `maria-all-${round}`) };
      },
      {
        config: echo,
        afterLoad: async () => {
          drains.push(await measureDrain("MariaDB, --role all", { mysqlUrl: url }));
        },
      },
    ),
  );
}

const intake: IntakeRow[] = [];
for (let round = 1; round <= rounds; round += 1) {
  for (const candidate of candidates) {
    process.stderr.write(`round ${round} of ${rounds}: ${candidate.name}\n`);
    intake.push(await measureIntake(candidate, round, seconds));
  }
}
process.stderr.write("voucher latency\n");
const latency = await measureVoucherLatency(bench);
process.stderr.write("start and memory\n");
const footprint = await measureFootprint(bench);
await mariadb?.stop();
rmSync(folder, { recursive: true, force: true });

const report: Report = { rounds, seconds, intake, drains, latency, footprint };
writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
printReport(report, json);
process.exitCode = intake.some(({ missing }) => missing > 0) ? 1 : 0;
