import type { Status } from "./aftermath.ts";
import type { MishapCounts } from "./mishaps.ts";
import type { Tally } from "./player.ts";

type Row = readonly [name: string, value: string | number];

/** What was sent and answered, and what went wrong on purpose, as a table for people. */
export function tallyTable(tally: Tally, seconds: number, mishaps: MishapCounts): string {
  const answers = [...tally.answers].sort().map(([status, count]) => `${status} × ${count}`);
  const again = tally.repeats > 0 ? `, ${tally.repeats} of them for the second time` : "";
  return table([
    ["calls", `${tally.calls}${again}`],
    ["about", `${tally.subjects} bookings, coupons, customers …`],
    ["answers", answers.join(", ") || "none"],
    ...rowIfAny("not taken", tally.lost),
    ...rowIfAny("lost on purpose", mishaps.lost, "never sent, beside the calls above"),
    ...rowIfAny("late", mishaps.late, "came after many others"),
    ...rowIfAny("changed untold", mishaps.silentChanges, "by staff, without a call"),
    ["time", `${seconds.toFixed(1)} s, ${(tally.calls / Math.max(seconds, 0.001)).toFixed(0)}/s`],
  ]);
}

/**
 * Says which command finds what no call told. Empty when calls told everything.
 *
 * @param stays The simulated systems go on answering; without their answers nothing is found.
 */
export function reconcileHint({ untold }: MishapCounts, stays: boolean): string {
  if (untold.size === 0) return "";
  const commands = [...untold].sort().map((connection) => `bellhop reconcile ${connection}`);
  const condition = stays ? "" : ", while the system still answers: add --stay";
  return `  What no call told is found by ${commands.join(" and ")}${condition}\n`;
}

/**
 * What became of the calls.
 *
 * @param before What Bellhop said before them, or why it said nothing.
 * @param refused Calls to the simulated APIs that were over their limit.
 */
export function outcomeTable(
  before: Status | string | undefined,
  after: Status | string,
  refused: number,
): string {
  const refusals = rowIfAny("API calls refused", refused, "over the limit of an hour");
  if (typeof before === "object" && typeof after === "object") {
    return statusTable(before, after, refusals);
  }
  const why = [before, after].find((word) => typeof word === "string") ?? "";
  return `  ${why}\n${table(refusals)}`;
}

/** What Bellhop has done since then: totals are shown as differences, queues as they are. */
function statusTable(before: Status, after: Status, more: readonly Row[]): string {
  const job = (state: string) => (after.jobs[state] ?? 0) - (before.jobs[state] ?? 0);
  const stillToDo = (after.jobs["ready"] ?? 0) + (after.jobs["leased"] ?? 0);
  const rows = table([
    ["accepted", after.accepted - before.accepted],
    ["events", after.events - before.events],
    ["jobs done", job("done")],
    ["skipped", job("skipped") + job("superseded")],
    ["to do", stillToDo],
    ["waiting", after.waiting],
    ["held", after.held + (after.jobs["held"] ?? 0)],
    ["failed", after.failed - before.failed],
    ["dead", job("dead")],
    ...more,
  ]);
  return rows + waitingNote(after) + heldNote(after);
}

function heldNote({ held, jobs }: Status): string {
  const lists = [
    ...(held > 0 ? ["bellhop list deliveries --state held"] : []),
    ...((jobs["held"] ?? 0) > 0 ? ["bellhop list jobs --state held"] : []),
  ];
  if (lists.length === 0) return "";
  return `  Held is what waits for a setting: see ${lists.join(" and ")}\n`;
}

/** Why some may still wait when all else is done: fast stories are ahead of who asks about them. */
function waitingNote({ waiting }: Status): string {
  if (waiting === 0) return "";
  return (
    "  Waiting are calls whose booking had gone on before Bellhop looked it up, and calls that come\n" +
    "  faster than it may ask. It looks again after 10 s, 1 min and 10 min. A lower --rate has fewer.\n"
  );
}

function rowIfAny(name: string, count: number, remark?: string): Row[] {
  if (count === 0) return [];
  return [[name, remark === undefined ? count : `${count}, ${remark}`]];
}

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`).join("");
}
