import type { BooksRow } from "./books.ts";
import type { DrainRow } from "./drain.ts";
import type { FootprintRow } from "./footprint.ts";
import type { ImportRow } from "./import.ts";
import type { IntakeRow } from "./intake.ts";
import type { JobsRow } from "./jobs.ts";
import type { LatencyRow } from "./latency.ts";
import type { LeaseRow } from "./lease.ts";
import type { SyncRow } from "./sync.ts";
import type { TimersRow } from "./timers.ts";

export interface Report {
  rounds: number;
  seconds: number;
  intake?: readonly IntakeRow[];
  drains?: readonly DrainRow[];
  latency?: LatencyRow;
  footprint?: FootprintRow;
  leases?: readonly LeaseRow[];
  jobs?: readonly JobsRow[];
  import?: ImportRow;
  timers?: readonly TimersRow[];
  books?: readonly BooksRow[];
  sync?: SyncRow;
}

/** Prints what was measured: medians over the rounds, the first candidate as what others are held against. */
export function printReport(report: Report, json: string): void {
  const parts = [
    intakePart(report),
    drainPart(report),
    idlePart(report),
    leasePart(report),
    jobsPart(report),
    importPart(report),
    timersPart(report),
    booksPart(report),
    syncPart(report),
    [`All rounds as JSON: ${json}`],
  ];
  const lines = parts.filter((part) => part.length > 0).flatMap((part) => ["", ...part]);
  process.stdout.write(`${lines.join("\n")}\n\n`);
}

function intakePart({ intake, rounds, seconds }: Report): string[] {
  if (!intake) return [];
  return [
    `Intake: 64 connections, 1.5 kB form, ${rounds} rounds of ${seconds} s, medians`,
    row(["", "req/s", "x (a)", "p50 ms", "p99 ms", "missing"]),
    ...intakeLines(intake),
  ];
}

function drainPart({ drains }: Report): string[] {
  if (!drains) return [];
  return [
    "Drain after the burst (delivery to event to job done)",
    row(["", "deliveries", "events", "jobs", "seconds", "events/s"]),
    ...drains.map(({ name, deliveries, events, jobs, seconds, eventsPerSecond }) =>
      row([name, deliveries, events, jobs, seconds, eventsPerSecond]),
    ),
  ];
}

function idlePart({ latency, footprint }: Report): string[] {
  const lines: string[] = [];
  if (latency) {
    const { medianMs, p95Ms, mails } = latency;
    lines.push(
      `Voucher, POST to mail server at idle: median ${medianMs} ms, p95 ${p95Ms} ms (${mails} mails; aim below 250 ms)`,
    );
  }
  if (footprint) {
    const { startToReadyMs, deliveries, memoryMiB } = footprint;
    lines.push(
      `Start to ready on an empty store: ${startToReadyMs} ms (aim below 2000 ms)`,
      `Memory after ${deliveries} deliveries: ${memoryMiB} MiB (aim below 200 MiB)`,
    );
  }
  return lines;
}

function leasePart({ leases }: Report): string[] {
  if (!leases) return [];
  return [
    "Leasing one job: empty store, against 1,000,000 settled and 100,000 waiting jobs, medians",
    row(["", "empty us", "full us", "ratio", "aim"]),
    ...leases.map(({ name, emptyUs, fullUs, ratio }) =>
      row([name, emptyUs, fullUs, ratio.toFixed(2), "<= 1.50"]),
    ),
  ];
}

function jobsPart({ jobs }: Report): string[] {
  if (!jobs) return [];
  const names = [...new Set(jobs.map(({ name }) => name))];
  const speedOf = (name: string) =>
    median(jobs.filter((one) => one.name === name).map(({ jobsPerSecond }) => jobsPerSecond));
  const base = speedOf(names[0] ?? "");
  return [
    "No-op jobs run and settled, durable, in order, medians",
    row(["", "jobs/s", "x BullMQ"]),
    ...names.map((name) => row([name, speedOf(name), (speedOf(name) / base).toFixed(2)])),
  ];
}

function importPart({ import: imported }: Report): string[] {
  if (!imported) return [];
  const { there, known, wrong, mails, kills, seconds, earlyMiB, lateMiB } = imported;
  const perSecond = Math.round(known / Math.max(1, seconds));
  return [
    `Import of ${there} bookings, killed ${kills} times: ${known} known, ${wrong} otherwise than at ` +
      `the source, ${mails} mails`,
    `  ${seconds} s, ${perSecond} bookings/s (the source's limit lifted)`,
    `  memory ${earlyMiB} MiB early, ${lateMiB} MiB late, ratio ` +
      `${(lateMiB / earlyMiB).toFixed(2)} (aim <= 1.20)`,
  ];
}

function timersPart({ timers }: Report): string[] {
  if (!timers) return [];
  return [
    "Timers: empty store, against 200,000 bookings with 3 timers each, medians",
    row(["", "empty", "full", "ratio", "aim"]),
    ...timers.map(({ name, empty, full, ratio, aim }) =>
      row([name, empty, full, ratio.toFixed(2), aim]),
    ),
  ];
}

function booksPart({ books }: Report): string[] {
  if (!books) return [];
  return [
    "Documents that have waited for the books, posted a second",
    row(["", "documents", "ours/s", "bare/s", "ratio", "aim"]),
    ...books.map(({ name, documents, perSecond, barePerSecond, ratio, aim }) =>
      row([name, documents, perSecond, barePerSecond, ratio.toFixed(2), aim]),
    ),
  ];
}

function syncPart({ sync }: Report): string[] {
  if (!sync) return [];
  const { bookings, guests, kills, members, again, refused } = sync;
  const { seconds, earlyMiB, lateMiB } = sync;
  return [
    `Sync of ${bookings} bookings of ${guests} guests, killed ${kills} times: ${members} on the list, ` +
      `${again} written again`,
    `  ${seconds} s, ${Math.round(bookings / Math.max(1, seconds))} bookings a second; the target takes ` +
      `10 calls at once, and refused ${refused}`,
    `  memory ${earlyMiB} MiB early, ${lateMiB} MiB late, ratio ` +
      `${(lateMiB / earlyMiB).toFixed(2)} (aim <= 1.20)`,
  ];
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function intakeLines(rows: readonly IntakeRow[]): string[] {
  const names = [...new Set(rows.map(({ name }) => name))];
  const medianOf = (name: string, read: (row: IntakeRow) => number) =>
    median(rows.filter((one) => one.name === name).map(read));
  const base = medianOf(names[0] ?? "", ({ requestsPerSecond }) => requestsPerSecond);
  return names.map((name) => {
    const speed = medianOf(name, ({ requestsPerSecond }) => requestsPerSecond);
    const missing = rows
      .filter((one) => one.name === name)
      .reduce((sum, one) => sum + one.missing, 0);
    return row([
      name,
      speed,
      (speed / base).toFixed(2),
      medianOf(name, ({ p50Ms }) => p50Ms),
      medianOf(name, ({ p99Ms }) => p99Ms),
      missing,
    ]);
  });
}

function row([name = "", ...figures]: readonly (string | number)[]): string {
  return `  ${String(name).padEnd(44)}${figures.map((figure) => String(figure).padStart(11)).join("")}`;
}
