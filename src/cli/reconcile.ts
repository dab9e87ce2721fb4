import { type Command, Option } from "commander";

import type { Wanted } from "../reconcile/comparison.ts";
import { daysAfter } from "../reconcile/days.ts";
import { dayOf } from "../reconcile/difference.ts";
import { openDifferences } from "../queries/reconciliations.ts";
import { type Comparable, comparable, compareToTheEnd, todayOf } from "./compare-run.ts";
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
  program
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
  await withStore(shell, async ({ db }) => {
    const from = since ?? daysAfter(dayOf(Date.now()), -USUAL_DAYS);
    await writeReport(shell, db, { connection, since: from, format });
    complainIfAny(await openDifferences(db, connection));
  });
}

async function reconcile(
  shell: Shell,
  id: string | undefined,
  options: ReconcileOptions,
): Promise<void> {
  await withBellhop(shell, async (bellhop) => {
    const all =
      id === undefined ? everyComparable(shell, bellhop) : [comparable(bellhop.registry, id)];
    let remaining = 0;
    for (const one of all) {
      await reconcileOne(shell, bellhop, one, options);
      remaining += await openDifferences(bellhop.db, one.connection.id);
    }
    complainIfAny(remaining);
  });
}

/** @throws when there is none. */
function everyComparable(shell: Shell, { registry }: OpenBellhop): Comparable[] {
  const reasons: string[] = [];
  const all = [...registry.connections.keys()].flatMap((id) => {
    try {
      return [comparable(registry, id)];
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
      return [];
    }
  });
  if (all.length === 0) {
    throw new Error(
      reasons.length > 0 ? reasons.join("; ") : "there is no connection yet: bellhop init adds one",
    );
  }
  for (const reason of reasons) shell.writeError(`left out: ${reason}\n`);
  return all;
}

async function reconcileOne(
  shell: Shell,
  bellhop: OpenBellhop,
  one: Comparable,
  { since, dryRun, format }: ReconcileOptions,
): Promise<void> {
  const today = todayOf(one, bellhop);
  const from = since ?? daysAfter(today, -USUAL_DAYS);
  const wanted: Wanted = {
    since: Date.parse(`${from}T00:00:00Z`),
    isDaily: true,
    days: { from: today, to: daysAfter(today, bellhop.settings.config.reconcile.daysAhead) },
    ...(dryRun && { isDry: true }),
  };
  const ended = await compareToTheEnd(shell, bellhop, one, { kind: "reconcile", wanted });
  const connection = one.connection.id;
  await writeReport(shell, bellhop.db, { connection, since: dayOf(ended.createdAt), format });
  if (dryRun) shell.writeError("Nothing was changed.\n");
}

/** @throws when there are any: the exit code tells scripts. */
function complainIfAny(remaining: number): void {
  if (remaining === 0) return;
  const words = remaining === 1 ? "1 difference remains" : `${remaining} differences remain`;
  throw new Error(`${words}: without a repair by itself see bellhop list incidents`);
}
