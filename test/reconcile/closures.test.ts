import { expect, it } from "vitest";

import { onEachStore } from "../harness/stores.ts";
import { benches, closure, type ReconcileBench } from "./world.ts";

const SINCE = { since: Date.now() - 86_400_000 };

const open = benches();

onEachStore((store) => {
  it("a closure that nobody told of is found, and told as gone when the list leaves it out", async () => {
    const bench = await open(store);
    const { world } = bench;
    world.records = [closure("7", { from: "1" }), closure("8", { from: "2" })];
    await bench.compare(SINCE);

    world.records = [closure("8", { from: "2" })];
    await bench.compare(SINCE);
    await bench.compare(SINCE);

    expect(await bench.told()).toEqual([
      "vacation:7 availability.changed adopted",
      "vacation:8 availability.changed adopted",
      "vacation:7 availability.changed reconciled",
    ]);
    expect(await bench.differences()).toEqual([
      "vacation:7 missing adopted",
      "vacation:8 missing adopted",
      "vacation:7 extra repaired unannounced",
    ]);
    expect(await recordOf(bench, "vacation:7")).toEqual({ from: "1", state: "removed" });
  });

  it("one that is listed again is new", async () => {
    const bench = await open(store);
    const { world } = bench;
    for (const records of [[closure("7", { from: "1" })], [], [closure("7", { from: "1" })]]) {
      world.records = records;
      await bench.compare(SINCE);
    }

    expect(await recordOf(bench, "vacation:7")).toEqual({ from: "1" });
    expect(await bench.told()).toHaveLength(3);
  });

  it("a list that leaves one out only once, while it is read, removes nothing", async () => {
    const bench = await open(store);
    const { world } = bench;
    const records = [closure("7", { from: "1" }), closure("8", { from: "2" })];
    world.records = records;
    await bench.compare(SINCE);
    const { length } = await bench.told();
    const shown = [records.slice(1)];
    Object.defineProperty(world, "records", { get: () => shown.shift() ?? records });

    await bench.compare(SINCE);

    expect(shown).toEqual([]);
    expect(await bench.told()).toHaveLength(length);
    expect(await recordOf(bench, "vacation:7")).toEqual({ from: "1" });
  });

  it("a list that shows none at all where many are known is not believed", async () => {
    const bench = await open(store);
    const { world } = bench;
    world.records = Array.from({ length: 11 }, (_, id) => closure(String(id), { from: "1" }));
    await bench.compare(SINCE);
    const { length } = await bench.told();
    world.records = [];

    await bench.compare(SINCE);

    expect(length).toBe(11);
    expect(await bench.told()).toHaveLength(length);
  });
});

async function recordOf({ db }: ReconcileBench, subject: string): Promise<unknown> {
  const row: unknown = await db.knex("subjects").where({ subject }).first("state");
  return JSON.parse((row as { state: Buffer }).state.toString()) as unknown;
}
