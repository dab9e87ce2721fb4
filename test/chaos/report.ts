import type { Finding } from "./verdict.ts";

export interface Report {
  store: string;
  seed: number;
  seconds: number;
  /** Until nothing moved any more after the last fault; null when that did not come. */
  secondsToQuiet: number | null;
  processes: string;
  faults: Readonly<Record<string, number>>;
  load: Readonly<Record<string, number>>;
  findings: readonly Finding[];
  isSound: boolean;
}

/** The table for people. */
export function tableOf(report: Report): string {
  const { store, seed, seconds, secondsToQuiet, processes, findings } = report;
  const quiet = secondsToQuiet === null ? "never quiet" : `quiet after ${secondsToQuiet} s`;
  const lines = [
    "",
    `Chaos on ${store}, seed ${seed}: ${seconds} s, then ${quiet}; ${processes}`,
    `  faults   ${inWords(report.faults)}`,
    `  load     ${inWords(report.load)}`,
    "",
    ...findings.flatMap(lineOf),
    "",
    report.isSound
      ? "Verdict: sound. Nothing lost, nothing twice, nothing out of order."
      : "Verdict: NOT sound. See the lines marked with !",
    "",
  ];
  return lines.join("\n");
}

function lineOf({ name, count, mustBeNone, examples }: Finding): string[] {
  const mark = mustBeNone && count > 0 ? "!" : " ";
  const must = mustBeNone ? "must be 0" : "";
  const line = `${mark} ${name.padEnd(48)}${String(count).padStart(9)}  ${must}`.trimEnd();
  return [line, ...examples.map((example) => `      ${example.slice(0, 160)}`)];
}

function inWords(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(", ");
}
