import { describe, expect, it } from "vitest";

import type { Status } from "../../src/simulate/aftermath.ts";
import type { MishapCounts } from "../../src/simulate/mishaps.ts";
import { outcomeTable, reconcileHint, tallyTable } from "../../src/simulate/summary.ts";

const BEFORE: Status = {
  accepted: 10,
  waiting: 0,
  held: 0,
  failed: 0,
  events: 8,
  jobs: { ready: 0, leased: 0, done: 4, skipped: 1, superseded: 0, held: 0, dead: 0 },
};

const AFTER: Status = {
  accepted: 25,
  waiting: 3,
  held: 1,
  failed: 2,
  events: 20,
  jobs: { ready: 2, leased: 1, done: 9, skipped: 2, superseded: 3, held: 1, dead: 1 },
};

const NO_MISHAPS: MishapCounts = { lost: 0, late: 0, silentChanges: 0, untold: new Set() };

function untold(...connections: readonly string[]): MishapCounts {
  return { ...NO_MISHAPS, untold: new Set(connections) };
}

describe("the table of calls", () => {
  const answers = new Map([
    ["503", 2],
    ["200", 8],
  ]);
  const tally = { calls: 10, repeats: 1, subjects: 4, taken: 8, lost: 2, answers };

  it("names answers by status, and what nobody took", () => {
    expect(tallyTable(tally, 2, NO_MISHAPS)).toBe(
      [
        "  calls      10, 1 of them for the second time",
        "  about      4 bookings, coupons, customers …",
        "  answers    200 × 8, 503 × 2",
        "  not taken  2",
        "  time       2.0 s, 5/s",
        "",
      ].join("\n"),
    );
  });

  it("keeps apart what nobody took and what went wrong on purpose", () => {
    const mishaps = { lost: 5, late: 4, silentChanges: 3, untold: new Set(["fjord"]) };

    expect(tallyTable(tally, 2, mishaps)).toBe(
      [
        "  calls            10, 1 of them for the second time",
        "  about            4 bookings, coupons, customers …",
        "  answers          200 × 8, 503 × 2",
        "  not taken        2",
        "  lost on purpose  5, never sent, beside the calls above",
        "  late             4, came after many others",
        "  changed untold   3, by staff, without a call",
        "  time             2.0 s, 5/s",
        "",
      ].join("\n"),
    );
  });
});

describe("the table of what became of the calls", () => {
  function rowsOf(text: string): string[][] {
    const lines = text.split("\n").filter((line) => /^ {2}\S.* {2}/.test(line));
    return lines.map((line) => line.trim().split(/\s{2,}/));
  }

  it("shows what has been added since, and the queues as they are now", () => {
    expect(rowsOf(outcomeTable(BEFORE, AFTER, 0))).toEqual([
      ["accepted", "15"],
      ["events", "12"],
      ["jobs done", "5"],
      ["skipped", "4"],
      ["to do", "3"],
      ["waiting", "3"],
      ["held", "2"],
      ["failed", "2"],
      ["dead", "1"],
    ]);
  });

  it("says why calls may still wait, when any do", () => {
    expect(outcomeTable(BEFORE, AFTER, 0)).toContain("looks again after 10 s");
    expect(outcomeTable(BEFORE, BEFORE, 0)).not.toContain("looks again");
  });

  it("says where it is seen for which setting something is held", () => {
    const { jobs, ...rest } = AFTER;
    const calls = { ...rest, jobs: { ...jobs, held: 0 } };

    expect(outcomeTable(BEFORE, calls, 0)).toContain("see bellhop list deliveries --state held\n");
    expect(outcomeTable(BEFORE, AFTER, 0)).toContain("and bellhop list jobs --state held\n");
    expect(outcomeTable(BEFORE, BEFORE, 0)).not.toContain("Held is");
  });

  it("counts the questions that were over the limit of the API", () => {
    const [last] = rowsOf(outcomeTable(BEFORE, AFTER, 7)).slice(-1);

    expect(last).toEqual(["API calls refused", "7, over the limit of an hour"]);
  });

  it("gives the reason instead of figures that there are not, and still counts what was refused", () => {
    const [unasked, refused] = ["set BELLHOP_API_TOKEN", "/api/v1/status answered 401"];

    expect(outcomeTable(undefined, unasked, 0)).toBe(`  ${unasked}\n`);
    expect(outcomeTable(refused, AFTER, 0)).toBe(`  ${refused}\n`);
    expect(outcomeTable(undefined, unasked, 7)).toBe(
      `  ${unasked}\n  API calls refused  7, over the limit of an hour\n`,
    );
  });
});

describe("the command that finds what no call told", () => {
  it("is not named when calls told everything", () => {
    expect(reconcileHint({ ...NO_MISHAPS, late: 3 }, true)).toBe("");
  });

  it("is named for each connection of which something was lost or changed", () => {
    expect(reconcileHint(untold("fjord"), true)).toBe(
      "  What no call told is found by bellhop reconcile fjord\n",
    );
    expect(reconcileHint(untold("fjord", "bikes"), true)).toBe(
      "  What no call told is found by bellhop reconcile bikes and bellhop reconcile fjord\n",
    );
  });

  it("needs systems that stay", () => {
    expect(reconcileHint(untold("fjord"), false)).toContain(
      "bellhop reconcile fjord, while the system still answers: add --stay",
    );
  });
});
