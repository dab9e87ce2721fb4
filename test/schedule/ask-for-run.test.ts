import { expect, it } from "vitest";

import { askForRun } from "../../src/schedule/ask-for-run.ts";
import { type Clockwork, HOURLY } from "../../src/schedule/clocks.ts";
import { onEachStore } from "../harness/stores.ts";
import { DAY_MS, HOUR_MS, openTime } from "./time-bench.ts";

const TICK: Clockwork = { ...HOURLY, id: "shop/tick" };
const schedules = [
  { id: "tick", every: "hour", handle: () => Promise.resolve({ done: "ok" }) },
] as const;

onEachStore((store) => {
  async function open() {
    const db = await store.open();
    const time = openTime(db, { schedules });
    const ask = () => askForRun({ db, occurrences: time.store }, TICK);
    const windows = async () =>
      (await time.events("schedule.due")).map(({ schedule }) => schedule?.window);
    return { db, time, ask, windows };
  }

  it("a run by hand looks back to where the last one ended, and the next one begins there", async () => {
    const { db, time, ask, windows } = await open();
    await time.tick();
    const begun = Date.now() - 3 * HOUR_MS;
    await db.knex("occurrences").update({ reference_at: begun });

    const asked = await ask();
    await time.tick();

    expect(await windows()).toEqual([{ since: begun, until: asked.dueAt }]);
    const next = (await time.store.newest(TICK.id)).find(({ state }) => state === "planned");
    expect(next?.referenceAt).toBe(asked.dueAt);
    expect(await time.jobs()).toEqual(["shop/tick clock"]);
  });

  it("the very first run looks back as far as two moments are apart", async () => {
    const { ask } = await open();

    const { dueAt, referenceAt } = await ask();

    expect(dueAt - referenceAt).toBe(HOUR_MS);
  });

  it("a run by hand stands for a moment that has passed unseen", async () => {
    const { db, time, ask, windows } = await open();
    await time.tick();
    const slot = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 2 * HOUR_MS;
    const late = { slot: String(slot), due_at: slot, reference_at: slot - HOUR_MS };
    await db.knex("occurrences").update(late);

    const asked = await ask();
    await time.tick();

    expect(await windows()).toEqual([{ since: slot - HOUR_MS, until: asked.dueAt }]);
    const states = (await time.occurrences()).map((line) => line.replace(/(hand:)?\d{10,}/, "…"));
    expect(states).toEqual([
      "shop/tick … skipped a run that was asked for by hand stands for it",
      "shop/tick … done asked for by hand",
      "shop/tick … planned",
    ]);
  });

  it("many that ask at once get windows that follow each other", async () => {
    const { time, ask, windows } = await open();
    await time.tick();

    await Promise.all([ask(), ask(), ask(), ask()]);
    await time.tick();

    const told = (await windows()).toSorted((a, b) => (a?.since ?? 0) - (b?.since ?? 0));
    expect(told).toHaveLength(4);
    for (const [index, window] of told.slice(1).entries()) {
      expect(window?.since).toBe(told[index]?.until);
    }
    const planned = (await time.store.newest(TICK.id)).filter(({ state }) => state === "planned");
    expect(planned.map(({ referenceAt }) => referenceAt)).toEqual([told.at(-1)?.until]);
    expect((planned[0]?.dueAt ?? 0) - Date.now()).toBeLessThan(DAY_MS);
  });
});
