import { expect, it } from "vitest";

import type { LedgerEntry, PeriodEntry } from "../../../src/sdk/context.ts";
import { Turn } from "../../../src/sdk/crm/keep.ts";
import { readStanding, writtenAs } from "../../../src/sdk/crm/standing.ts";

const place = { handler: "toy/contact", connection: "fjord", subject: "1" };

/** Something that a lane wrote, or tried to. */
function entry(position: number, lane: string, parts: Partial<PeriodEntry>): PeriodEntry {
  const data = writtenAs("there", { name: `${position}` }, { lane });
  return { ...place, key: `contact:p:${position}`, state: "done", position, at: 0, data, ...parts };
}

function contextOf(entries: readonly PeriodEntry[], lane = "mine") {
  const ledger: LedgerEntry[] = entries.filter(({ data }) => data?.["lane"] === lane);
  return {
    ...{ lane, ledger, clock: { now: () => 10_000_000 } },
    effect: () => Promise.reject(new Error("nothing is written here")),
    async *entriesOf() {
      yield* entries;
      await Promise.resolve();
    },
  };
}

it("what ended last was written last, whatever was begun first", async () => {
  const late = entry(1, "mine", { at: 30, externalId: "late" });
  const early = entry(2, "other", { at: 20, externalId: "early" });

  const { last } = await readStanding(contextOf([late, early]), "person:p");

  expect(last?.remote?.externalId).toBe("late");
});

it("of two that ended at once the one begun later was written last", async () => {
  const entries = [entry(2, "other", { externalId: "b" }), entry(1, "mine", { externalId: "a" })];

  const { last } = await readStanding(contextOf(entries), "person:p");

  expect(last?.remote?.externalId).toBe("b");
});

it("a failed try is gone on with only as long as nobody has written since", async () => {
  const failed = entry(1, "mine", { state: "failed", at: 10 });
  const keyAfter = async (entries: PeriodEntry[]) => {
    const turn = new Turn(contextOf(entries), "contact", "p");
    await turn.begin();
    return turn.key;
  };

  expect(await keyAfter([failed])).toBe("contact:p:1");
  expect(await keyAfter([failed, entry(2, "other", { at: 20 })])).toBe("contact:p:3");
});
