import type { BooksInstance } from "../books/books-instances.ts";
import { countByServiceDay, type Wanted } from "../books/candidates.ts";
import { type Repair, repairAll, type RepairCounts, repairOf } from "../books/repair.ts";
import { BooksTotals } from "../books/totals.ts";
import { createProgress, type Progress } from "../simulate/progress.ts";
import { booksNamed } from "./books-instance.ts";
import { type BooksFormat, type BooksReport, booksReport } from "./books-report.ts";
import { stopSignal, unknownConnection } from "./compare-run.ts";
import type { OpenBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";

export interface CheckRun {
  instance: string | undefined;
  connection?: string;
  /** `YYYY-MM-DD` */
  since: string;
  until?: string;
  format: BooksFormat;
  isOffline: boolean;
  /** Asked: a person is asked before anything is done. */
  repair?: "asked" | "yes";
}

interface Found {
  instance: BooksInstance;
  repairs: Repair[];
}

/** Compares, tells, and repairs if that is wanted. @throws while differences remain. */
export async function checkBooks(shell: Shell, bellhop: OpenBellhop, run: CheckRun): Promise<void> {
  const instances = booksNamed(bellhop.handlers, run.instance);
  const known = [...bellhop.registry.connections.keys()];
  if (run.connection !== undefined && !known.includes(run.connection)) {
    throw new Error(unknownConnection(run.connection, known));
  }
  const totals = new BooksTotals();
  const report = booksReport(shell, run.format, titleOf(instances, run));
  const found: Found[] = [];
  for (const instance of instances) {
    found.push(await checkOne(shell, bellhop, instance, { run, totals, report }));
  }
  report.end(totals);
  if (run.repair !== undefined) await repairFound(shell, bellhop, found, run.repair === "yes");
  complain(totals, found, run);
}

interface CheckParts {
  run: CheckRun;
  totals: BooksTotals;
  report: BooksReport;
}

async function checkOne(
  shell: Shell,
  { db, books }: OpenBellhop,
  instance: BooksInstance,
  { run, totals, report }: CheckParts,
): Promise<Found> {
  const wanted = wantedOf(instance, run);
  const found: Found = { instance, repairs: [] };
  const total = await countByServiceDay(db, wanted);
  const [progress, stopped] = [progressOf(shell), stopSignal()];
  const [before, options] = [totals.bookings, { isOffline: run.isOffline, signal: stopped.signal }];
  try {
    for await (const rows of books.rows(instance, wanted, options)) {
      for (const row of rows) {
        totals.add(row);
        const repair = repairOf(row);
        if (repair) found.repairs.push(repair);
      }
      report.rows(rows);
      const finished = totals.bookings - before;
      progress.update({ finished, total: Math.max(finished, total) });
    }
  } finally {
    progress.end();
    stopped.forget();
  }
  return found;
}

function wantedOf({ when }: BooksInstance, { connection, since, until }: CheckRun): Wanted {
  const own = when.connections;
  const isOwn = connection === undefined || own === undefined || own.includes(connection);
  const some = connection === undefined ? own : [connection];
  return {
    connections: isOwn ? some : [],
    since,
    ...(until !== undefined && { until }),
  };
}

async function repairFound(
  shell: Shell,
  bellhop: OpenBellhop,
  found: readonly Found[],
  isSure: boolean,
): Promise<void> {
  const all = found.filter(({ repairs }) => repairs.length > 0);
  if (all.length === 0) shell.writeError("There is nothing that doing again would repair.\n");
  for (const { instance, repairs } of all) {
    const gone = repairs.reduce((sum, one) => sum + one.gone.length, 0);
    const again = gone === 0 ? "" : `, and post ${documents(gone)} again under the same numbers`;
    const question = `Do ${bookings(repairs.length)} of ${instance.id} again${again}?`;
    if (!isSure && !(await shell.confirm(question))) {
      shell.writeError(`Nothing of ${instance.id} was repaired.\n`);
      continue;
    }
    const progress = progressOf(shell);
    const counts = await repairAll(bellhop, instance, repairs, (finished) => {
      progress.update({ finished, total: repairs.length });
    });
    progress.end();
    shell.writeError(`${instance.id}: ${repairWords(counts)}\n`);
  }
}

function repairWords({ again, told, reopened, left }: RepairCounts): string {
  const parts = [
    ...(again > 0 ? [`${bookings(again)} back in line`] : []),
    ...(told > 0 ? [`${bookings(told)} told for the first time`] : []),
    ...(reopened > 0 ? [`${documents(reopened)} looked for and posted again`] : []),
    ...(left > 0
      ? [`${bookings(left)} left alone: being worked on, or the books hear no such event`]
      : []),
  ];
  return `${parts.join(", ")}. A running Bellhop takes them up; then check again.`;
}

/** @throws while differences remain: the exit code tells scripts. */
function complain(totals: BooksTotals, found: readonly Found[], { repair }: CheckRun): void {
  const { differences } = totals;
  if (differences === 0) return;
  const repairs = found.reduce((sum, one) => sum + one.repairs.length, 0);
  const words = differences === 1 ? "1 difference remains" : `${differences} differences remain`;
  if (repair === undefined && repairs > 0) {
    throw new Error(`${words}: the same command with --repair does ${bookings(repairs)} again`);
  }
  throw new Error(repair === undefined ? words : `${words} until it is done: run the check again`);
}

function titleOf(instances: readonly BooksInstance[], run: CheckRun): string {
  const ids = instances.map(({ id }) => id).join(", ");
  const until = run.until === undefined ? "on" : `to ${run.until}`;
  const asked = run.isOffline ? "by our own records" : "asked of the books themselves";
  return `${ids}: services and documents from ${run.since} ${until}, ${asked}`;
}

function progressOf({ isTerminal, columns, writeError }: Shell): Progress {
  return createProgress("bookings", { isTTY: isTerminal, columns, write: writeError });
}

function bookings(count: number): string {
  return count === 1 ? "1 booking" : `${count} bookings`;
}

function documents(count: number): string {
  return count === 1 ? "1 document" : `${count} documents`;
}
