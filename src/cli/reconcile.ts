import { type Command, Option } from "commander";

import type { Comparison, Wanted } from "../reconcile/comparison.ts";
import { daysAfter, isBefore } from "../reconcile/days.ts";
import { dayOf } from "../reconcile/difference.ts";
import { openDifferences } from "../queries/reconciliations.ts";
import { messageOf } from "../sdk/errors.ts";
import {
  type Comparable,
  comparable,
  compareToTheEnd,
  StoppedError,
  todayOf,
  unknownConnection,
} from "./compare-run.ts";
import { day } from "./days-option.ts";
import { type OpenBellhop, withBellhop, withStore } from "./open.ts";
import { REPORT_FORMATS, type ReportFormat, writeReport } from "./reconcile-report.ts";
import type { Shell } from "./shell.ts";

interface ReconcileOptions {
  since?: string;
  dryRun?: true;
  report?: true;
  format: ReportFormat;
}

/** So far back is looked, and reported, unless told otherwise. */
const USUAL_DAYS = 7;

/** `bellhop reconcile [connection] [--since] [--dry-run] [--report --format text|csv|json]` */
export function addReconcileCommand(program: Command, shell: Shell): void {
  const command = program
    .command("reconcile")
    .argument("[connection]", "a connection of the configuration; without it all")
    .description("compare bookings with the booking system now, and repair what differs")
    .option("--since <date>", `changes since this day (default: ${USUAL_DAYS} days ago)`, day)
    .option("--dry-run", "only say what differs")
    .option("--report", "compare nothing: show what comparisons have found, since that day")
    .addOption(
      new Option("--format <format>", "how the report is written")
        .choices([...REPORT_FORMATS])
        .default("text"),
    )
    .addHelpText("after", ABOUT)
    .action(async (id: string | undefined, options: ReconcileOptions) => {
      // Somewhere on earth it is tomorrow already.
      if (options.since !== undefined && isBefore(daysAfter(dayOf(Date.now()), 1), options.since)) {
        command.error("error: --since is in the future");
      }
      await (options.report ? report(shell, id, options) : reconcile(shell, id, options));
    });
}

const ABOUT = `
Compares what has changed since that day, and every booking to come. Bellhop does the same by itself:
see reconcile in bellhop.yaml.

Exit codes: 0 all agree, 1 differences remain, 2 wrong usage.
`;

async function report(
  shell: Shell,
  connection: string | undefined,
  { since, format }: ReconcileOptions,
): Promise<void> {
  await withStore(shell, async ({ db, settings }) => {
    const from = since ?? daysAfter(dayOf(Date.now()), -USUAL_DAYS);
    const isThere = await writeReport(shell, db, {
      connections: [connection],
      since: from,
      format,
    });
    // What a connection has shown can be read when it is configured no more.
    const known = Object.keys(settings.config.connections);
    if (!isThere && connection !== undefined && !known.includes(connection)) {
      throw new Error(unknownConnection(connection, known));
    }
    const remaining = await openDifferences(db, connection);
    complainIfAny(remaining, `"bellhop reconcile" repairs what it can`);
  });
}

async function reconcile(
  shell: Shell,
  id: string | undefined,
  options: ReconcileOptions,
): Promise<void> {
  await withBellhop(
    shell,
    async (bellhop) => {
      const all =
        id === undefined ? everyComparable(shell, bellhop) : [comparable(bellhop.registry, id)];
      const compared = await compareEach(shell, bellhop, all, options);
      const connections = compared.map(({ connection }) => connection);
      if (connections.length > 0) {
        const since = dayOf(Math.min(...compared.map(({ createdAt }) => createdAt)));
        await writeReport(shell, bellhop.db, { connections, since, format: options.format });
      }
      if (options.dryRun) shell.writeError("Nothing was changed.\n");
      if (compared.length < all.length) {
        const left = all.length - compared.length;
        throw new Error(`${left} of ${all.length} connections could not be compared`);
      }
      complainIfAny(await openIn(bellhop, connections), whatNext(options));
    },
    "error",
  );
}

/** One that cannot be compared is told of, and keeps no other from it. */
async function compareEach(
  shell: Shell,
  bellhop: OpenBellhop,
  all: readonly Comparable[],
  options: ReconcileOptions,
): Promise<Comparison[]> {
  const compared: Comparison[] = [];
  for (const one of all) {
    try {
      compared.push(await compareOne(shell, bellhop, one, options));
    } catch (error) {
      if (all.length === 1 || error instanceof StoppedError) throw error;
      shell.writeError(`bellhop: ${messageOf(error)}\n`);
    }
  }
  return compared;
}

function compareOne(
  shell: Shell,
  bellhop: OpenBellhop,
  one: Comparable,
  { since, dryRun }: ReconcileOptions,
): Promise<Comparison> {
  const today = todayOf(one, bellhop);
  const from = since ?? daysAfter(today, -USUAL_DAYS);
  const wanted: Wanted = {
    since: Date.parse(`${from}T00:00:00Z`),
    isDaily: true,
    days: { from: today, to: daysAfter(today, bellhop.settings.config.reconcile.daysAhead) },
    ...(dryRun && { isDry: true }),
  };
  return compareToTheEnd(shell, bellhop, one, { kind: "reconcile", wanted });
}

/** @throws when there is none. */
function everyComparable(shell: Shell, { registry }: OpenBellhop): Comparable[] {
  const ids = [...registry.connections.keys()];
  const all = ids.flatMap((id) => {
    try {
      return [comparable(registry, id)];
    } catch (error) {
      shell.writeError(`left out: ${messageOf(error)}\n`);
      return [];
    }
  });
  if (all.length > 0) return all;
  throw new Error(
    ids.length > 0
      ? "no connection can be compared"
      : "there is no connection yet: bellhop init adds one",
  );
}

async function openIn({ db }: OpenBellhop, connections: readonly string[]): Promise<number> {
  let open = 0;
  for (const connection of connections) open += await openDifferences(db, connection);
  return open;
}

function whatNext({ dryRun }: ReconcileOptions): string {
  return dryRun
    ? "the same command without --dry-run repairs what it can"
    : 'why says "bellhop list deliveries --state failed", or --state held';
}

/** @throws when there are any: the exit code tells scripts. */
function complainIfAny(remaining: number, whatNext: string): void {
  if (remaining === 0) return;
  const words = remaining === 1 ? "1 difference remains" : `${remaining} differences remain`;
  throw new Error(`${words}: ${whatNext}`);
}
