import type { DrainRow } from "./drain.ts";
import type { FootprintRow } from "./footprint.ts";
import type { IntakeRow } from "./intake.ts";
import type { LatencyRow } from "./latency.ts";

export interface Report {
  rounds: number;
  seconds: number;
  intake: readonly IntakeRow[];
  drains: readonly DrainRow[];
  latency: LatencyRow;
  footprint: FootprintRow;
}

/** Prints medians over the rounds; the first candidate is what the others are compared with. */
export function printReport(report: Report, json: string): void {
  const lines = [
    "",
    `Intake: 64 connections, 1.5 kB form, ${report.rounds} rounds of ${report.seconds} s, medians`,
    row(["", "req/s", "x (a)", "p50 ms", "p99 ms", "missing"]),
    ...intakeLines(report.intake),
    "",
    "Drain after the burst (delivery to event to job done)",
    row(["", "deliveries", "events", "jobs", "seconds", "events/s"]),
    ...report.drains.map(({ name, deliveries, events, jobs, seconds, eventsPerSecond }) =>
      row([name, deliveries, events, jobs, seconds, eventsPerSecond]),
    ),
    "",
    `Voucher, POST to mail server at idle: median ${report.latency.medianMs} ms, p95 ${report.latency.p95Ms} ms (${report.latency.mails} mails; aim below 250 ms)`,
    `Start to ready on an empty store: ${report.footprint.startToReadyMs} ms (aim below 2000 ms)`,
    `Memory after ${report.footprint.deliveries} deliveries: ${report.footprint.memoryMiB} MiB (aim below 200 MiB)`,
    "",
    `All rounds as JSON: ${json}`,
    "",
  ];
  process.stdout.write(lines.join("\n"));
}

function intakeLines(rows: readonly IntakeRow[]): string[] {
  const names = [...new Set(rows.map(({ name }) => name))];
  const median = (name: string, read: (row: IntakeRow) => number) => {
    const values = rows.filter((one) => one.name === name).map(read);
    return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  };
  const base = median(names[0] ?? "", ({ requestsPerSecond }) => requestsPerSecond);
  return names.map((name) => {
    const speed = median(name, ({ requestsPerSecond }) => requestsPerSecond);
    const missing = rows
      .filter((one) => one.name === name)
      .reduce((sum, one) => sum + one.missing, 0);
    return row([
      name,
      speed,
      (speed / base).toFixed(2),
      median(name, ({ p50Ms }) => p50Ms),
      median(name, ({ p99Ms }) => p99Ms),
      missing,
    ]);
  });
}

function row([name = "", ...figures]: readonly (string | number)[]): string {
  return `  ${String(name).padEnd(44)}${figures.map((figure) => String(figure).padStart(11)).join("")}`;
}
