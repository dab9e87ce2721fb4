import type { Status } from "./aftermath.ts";
import type { Tally } from "./player.ts";

type Row = readonly [name: string, value: string | number];

/** What was sent and answered, as a table for people. */
export function tallyTable(tally: Tally, seconds: number): string {
  const answers = [...tally.answers].sort().map(([status, count]) => `${status} × ${count}`);
  const again = tally.repeats > 0 ? `, ${tally.repeats} of them for the second time` : "";
  return table([
    ["calls", `${tally.calls}${again}`],
    ["about", `${tally.subjects} bookings, coupons, customers …`],
    ["answers", answers.join(", ") || "none"],
    ...(tally.lost > 0 ? [["not taken", tally.lost] as const] : []),
    ["time", `${seconds.toFixed(1)} s, ${(tally.calls / Math.max(seconds, 0.001)).toFixed(0)}/s`],
  ]);
}

/** What Bellhop has done since then: totals are shown as differences, queues as they are. */
export function statusTable(before: Status, after: Status): string {
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
  ]);
  return rows + waitingNote(after);
}

/** Why some may still wait when all else is done: fast stories are ahead of who asks about them. */
function waitingNote({ waiting }: Status): string {
  if (waiting === 0) return "";
  return (
    "  Waiting are calls whose booking had gone on before Bellhop looked it up, and calls that come\n" +
    "  faster than it may ask. It looks again after 10 s, 1 min and 10 min. A lower --rate has fewer.\n"
  );
}

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`).join("");
}
