import { expect, it } from "vitest";

import { PermanentError } from "../../src/sdk/errors.ts";
import { onEachStore } from "../harness/stores.ts";
import { benches } from "./world.ts";

const DAYS = { from: "2026-12-01", to: "2026-12-31" };

const open = benches();

onEachStore((store) => {
  it("what could not be repaired is tried again when a person asks, once each time", async () => {
    const bench = await open(store);
    const { world } = bench;
    world.put("1201", { status: "confirmed", start: { date: "2026-12-24", timeZone: "UTC" } });
    world.lookFault = new PermanentError("such a booking cannot be read");
    const wanted = { days: DAYS, since: Date.now() - 86_400_000 };
    const { failed } = (await bench.compare(wanted)).progress;
    const remaining = await bench.differences();
    const looks = world.calls.filter((call) => call === "show:1201");
    world.lookFault = undefined;

    await bench.compare(wanted);

    expect([failed, looks]).toEqual([1, ["show:1201"]]);
    expect(remaining).toEqual(["1201 missing open failed"]);
    expect(await bench.differences()).toEqual(["1201 missing repaired failed"]);
    expect(await bench.told()).toEqual(["1201 booking.confirmed reconciled"]);
  });
});
