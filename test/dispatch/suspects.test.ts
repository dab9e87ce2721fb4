import { setTimeout as sleep } from "node:timers/promises";

import { expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { countHang } from "../../src/watchdog/hang-store.ts";
import { onEachStore } from "../harness/stores.ts";
import { eventOf, openWorkshop } from "../harness/workshop.ts";

const HANDLER = "shop/handler1";

async function leasesRunOut({ knex }: Database): Promise<void> {
  await knex("lanes").update({ due_at: 0 });
}

onEachStore((store) => {
  it("a job that made its process hang three times is dead, and has three more once a person replays it", async () => {
    const db = await store.open();
    let runs = 0;
    const shop = openWorkshop(db, {
      handle: () => {
        runs += 1;
        return Promise.resolve({ done: "ok" });
      },
    });
    await shop.tell(eventOf("1201"));

    for (let death = 0; death < 3; death += 1) {
      const [job] = await shop.lanes.lease(HANDLER, 1, false);
      if (!job) throw new Error("nothing leased");
      await countHang(db, { handler: HANDLER, jobId: job.id, laneId: job.laneId, isSuspect: true });
      await leasesRunOut(db);
    }
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["dead did not come back, and ended the process 3 times"]);
    expect(runs).toBe(0);

    const [job] = await db.knex<{ id: string }>("jobs").select("id");
    await shop.jobs.replay(job?.id ?? "");
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["done ok"]);
  });

  it("a hang of a job that has been settled meanwhile is not counted against its booking", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, {});
    await shop.tell(eventOf("1201"));
    const [job] = await shop.lanes.lease(HANDLER, 1, false);
    if (!job) throw new Error("nothing leased");
    await leasesRunOut(db);
    await shop.runUntilIdle();

    await countHang(db, { handler: HANDLER, jobId: job.id, laneId: job.laneId, isSuspect: false });

    expect(await db.knex("lanes").select("hangs")).toEqual([{ hangs: 0 }]);
  });

  it("jobs that were lost twice with their process run one at a time, others beside them", async () => {
    const db = await store.open();
    const running = new Set<string>();
    const together: string[][] = [];
    const shop = openWorkshop(db, {
      concurrency: 10,
      handle: async ({ subject }) => {
        running.add(subject);
        together.push([...running]);
        await sleep(20);
        running.delete(subject);
        return { done: "ok" };
      },
    });
    const suspects = ["1", "2", "3", "4"];
    await shop.tell(...suspects.map((subject) => eventOf(subject)));
    for (let death = 0; death < 2; death += 1) {
      await shop.lanes.lease(HANDLER, 10, false);
      await leasesRunOut(db);
      // One of its jobs at a time is leased while they are suspects.
      await db.knex("lanes").update({ losses: death, token: "of a dead process" });
    }
    await shop.tell(...["5", "6", "7"].map((subject) => eventOf(subject)));

    await shop.runUntilIdle();

    const suspectsAtOnce = together.map((names) => names.filter((name) => Number(name) <= 4));
    expect(Math.max(...suspectsAtOnce.map((names) => names.length))).toBe(1);
    expect(Math.max(...together.map((names) => names.length))).toBeGreaterThan(2);
    expect(await shop.states()).toEqual(Array.from({ length: 7 }, () => "done ok"));
  });

  it("after one death of its process everything is taken up at once", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, {});
    await shop.tell(...["1", "2", "3"].map((subject) => eventOf(subject)));
    await shop.lanes.lease(HANDLER, 10, false);
    await leasesRunOut(db);

    const again = await shop.lanes.lease(HANDLER, 10, false);

    expect(again).toHaveLength(3);
  });
});
