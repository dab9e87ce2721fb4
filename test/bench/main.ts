import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { optionsOrExit } from "../harness/options-or-exit.ts";
import { hasProgram, type MariaDb, startMariaDb } from "../harness/servers.ts";
import { measureBooks } from "./books.ts";
import { measureDrain, type DrainRow } from "./drain.ts";
import { measureFootprint } from "./footprint.ts";
import { measureImport } from "./import.ts";
import {
  bareExpress,
  bellhopOn,
  handWritten,
  type IntakeCandidate,
  type IntakeRow,
  measureIntake,
  onMariaDb,
} from "./intake.ts";
import { measureJobs } from "./jobs.ts";
import { measureVoucherLatency } from "./latency.ts";
import { measureLease } from "./lease.ts";
import { HELP, type Part, readOptions } from "./options.ts";
import { printReport, type Report } from "./report.ts";
import { measureSync } from "./sync.ts";
import { measureTimers } from "./timers.ts";

const { parts, rounds, seconds, json } = optionsOrExit(readOptions, HELP);
const isWanted = (part: Part) => parts.has(part);

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

// A drain works off all that a burst has left behind: a short burst has the same rate.
const DRAINED_SECONDS = 1;

const onSqlite = [
  handWritten("SQLite", (round) => Promise.resolve(join(folder, `hand-${round}.sqlite`))),
  bellhopOn("SQLite", bench, "receive", sqliteFolder("receive")),
  bellhopOn("SQLite", bench, "all", sqliteFolder("all"), { config: echo }),
];

function drainOnSqlite(): IntakeCandidate {
  return bellhopOn("SQLite", bench, "all", sqliteFolder("drain"), {
    config: echo,
    afterLoad: async (round) => {
      const sqliteFile = join(folder, `drain-${round}`, "bellhop.sqlite");
      drains.push(await measureDrain("SQLite, --role all", { sqliteFile }));
    },
  });
}

function onServer(server: MariaDb): IntakeCandidate[] {
  const locate = onMariaDb(server);
  const env = (name: string) => async (round: number) => ({
    DATABASE_URL: await locate(),
    BELLHOP_DATA: join(folder, `${name}-${round}`),
  });
  return [
    handWritten("MariaDB", locate),
    bellhopOn("MariaDB", bench, "receive", env("maria")),
    bellhopOn("MariaDB", bench, "all", env("maria-all"), { config: echo }),
  ];
}

function drainOnServer(server: MariaDb): IntakeCandidate {
  let mysqlUrl = "";
  const locate = async (round: number) => {
    mysqlUrl = await server.newDatabase();
    return { DATABASE_URL: mysqlUrl, BELLHOP_DATA: join(folder, `maria-drain-${round}`) };
  };
  return bellhopOn("MariaDB", bench, "all", locate, {
    config: echo,
    afterLoad: async () => {
      drains.push(await measureDrain("MariaDB, --role all", { mysqlUrl }));
    },
  });
}

async function inTurn(candidates: readonly IntakeCandidate[], secondsEach: number, count: number) {
  const rows: IntakeRow[] = [];
  for (let round = 1; round <= count; round += 1) {
    for (const candidate of candidates) {
      process.stderr.write(`round ${round} of ${count}: ${candidate.name}\n`);
      rows.push(await measureIntake(candidate, round, secondsEach));
    }
  }
  return rows;
}

const report: Report = { rounds, seconds };
if (isWanted("intake")) {
  const candidates = [bareExpress(), ...onSqlite, ...(mariadb ? onServer(mariadb) : [])];
  report.intake = await inTurn(candidates, seconds, rounds);
}
if (isWanted("drain")) {
  await inTurn([drainOnSqlite(), ...(mariadb ? [drainOnServer(mariadb)] : [])], DRAINED_SECONDS, 1);
  report.drains = drains;
}
if (isWanted("latency")) {
  process.stderr.write("voucher latency\n");
  report.latency = await measureVoucherLatency(bench);
}
if (isWanted("footprint")) {
  process.stderr.write("start and memory\n");
  report.footprint = await measureFootprint(bench);
}
if (isWanted("lease")) {
  process.stderr.write("leasing from a full store\n");
  report.leases = await measureLease(bench, mariadb);
}
if (isWanted("jobs")) {
  report.jobs = await measureJobs(bench, mariadb, hasProgram("redis-server"), rounds);
}
if (isWanted("import")) {
  report.import = await measureImport(bench);
}
if (isWanted("timers")) {
  process.stderr.write("timers of many bookings\n");
  report.timers = await measureTimers(bench, mariadb);
}
if (isWanted("books")) {
  report.books = await measureBooks(bench, hasProgram("trytond") && hasProgram("trytond-admin"));
}
if (isWanted("sync")) {
  process.stderr.write("all bookings to a target\n");
  report.sync = await measureSync(bench);
}
await mariadb?.stop();
rmSync(folder, { recursive: true, force: true });

writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
printReport(report, json);
const { intake = [], sync } = report;
const isMissing =
  intake.some(({ missing }) => missing > 0) ||
  (report.import?.wrong ?? 0) > 0 ||
  (sync !== undefined && sync.members !== sync.guests);
process.exitCode = isMissing ? 1 : 0;
