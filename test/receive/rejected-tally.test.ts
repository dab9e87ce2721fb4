import { afterEach, expect, it } from "vitest";

import { HourlyCounts } from "../../src/db/hourly-counts.ts";
import { UNKNOWN_NAMES } from "../../src/receive/receive-stats.ts";
import { RejectedTally, rejectedOf } from "../../src/receive/rejected-tally.ts";
import { type ReceiverUnderTest, startReceiver } from "../harness/receiver.ts";
import { onEachStore } from "../harness/stores.ts";

let receiver: ReceiverUnderTest | undefined;
afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});

onEachStore((store) => {
  it("calls with a wrong token are counted by connection, those to made-up names together", async () => {
    const db = await store.open();
    receiver = await startReceiver(db);
    const { url, port, stats, log } = receiver;
    const hourly = new HourlyCounts(db);
    const tally = new RejectedTally({ stats, hourly, log });
    const hooks = `http://127.0.0.1:${port}/hooks`;
    const call = async (address: string) => (await fetch(address)).status;

    for (let n = 0; n < 30; n += 1) expect(await call(`${hooks}/made-up-${n}/token`)).toBe(404);
    expect(await call(`${hooks}/fjord/wrong?event=x`)).toBe(404);
    expect(await call(`${hooks}/fjord`)).toBe(404);
    expect(await call(url)).toBe(200);
    await tally.flush();
    expect(await call(`${hooks}/fjord/wrong`)).toBe(404);
    await tally.flush();
    await tally.flush();

    const counted = async (name: string) =>
      [...(await hourly.byHour(rejectedOf(name), 0)).values()].reduce((a, b) => a + b, 0);
    expect([await counted("fjord"), await counted(UNKNOWN_NAMES)]).toEqual([3, 30]);
    const names: unknown[] = await db.knex("hourly_counts").distinct("name").pluck("name");
    expect(names.toSorted()).toEqual(["rejected:fjord", `rejected:${UNKNOWN_NAMES}`]);
  });

  it("what cannot be added while the store is away is added later, also at a stop", async () => {
    const db = await store.open();
    receiver = await startReceiver(db);
    const { stats, log } = receiver;
    const hourly = new HourlyCounts(db);
    let isAway = true;
    const tally = new RejectedTally({
      stats,
      log,
      roundMs: 60_000,
      hourly: {
        add: (amounts) => (isAway ? Promise.reject(new Error("away")) : hourly.add(amounts)),
      },
    });
    tally.begin();
    stats.noteRejected("fjord", 7);

    await tally.flush();
    stats.noteRejected("fjord");
    isAway = false;
    await tally.end();

    expect([...(await hourly.byHour(rejectedOf("fjord"), 0)).values()]).toEqual([8]);
  });
});
