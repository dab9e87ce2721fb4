import { expect, it, vi } from "vitest";

import { onEachStore } from "../harness/stores.ts";
import { eventOf, openWorkshop, type Workshop } from "../harness/workshop.ts";

const bookings = (count: number) =>
  Array.from({ length: count }, (_, index) => eventOf(String(3000 + index)));

/** Starts a process of the installation; stopping it frees what it owns. */
async function startProcess(shop: Workshop) {
  const { worker, ownership } = shop.newProcess();
  await ownership.start();
  await worker.start();
  return async () => {
    await ownership.stop();
    await worker.stop(2_000);
  };
}

vi.setConfig({ testTimeout: 60_000 });

/** As long as a busy machine may need. */
const PATIENT = { timeout: 20_000, interval: 50 };

onEachStore((store) => {
  it("one posting at a time, whatever the booking and however many processes", async () => {
    const db = await store.open();
    let running = 0;
    let most = 0;
    const shop = openWorkshop(db, {
      limit: { atOnce: 1 },
      handle: async () => {
        most = Math.max(most, (running += 1));
        await new Promise((resolve) => setTimeout(resolve, 20));
        running -= 1;
        return { done: "posted" };
      },
    });
    await shop.tell(...bookings(8));

    const stops = [await startProcess(shop), await startProcess(shop)];
    await vi.waitFor(async () => {
      expect(await shop.states()).toEqual(Array.from({ length: 8 }, () => "done posted"));
    }, PATIENT);
    for (const stop of stops) await stop();

    expect(most).toBe(1);
  });

  it("the next owner counts what the one before is still running", async () => {
    const db = await store.open();
    let runs = 0;
    const shop = openWorkshop(db, {
      limit: { atOnce: 1 },
      handle: () => {
        runs += 1;
        return Promise.resolve({ done: "posted" });
      },
    });
    await shop.tell(...bookings(2));
    const [elsewhere] = await shop.lanes.lease("shop/handler1", 1, false);

    const stop = await startProcess(shop);
    await new Promise((resolve) => setTimeout(resolve, 600));
    const whileItRuns = runs;
    await db.knex("lanes").where({ id: elsewhere?.laneId }).update({ due_at: 0 });
    await vi.waitFor(() => {
      expect(runs).toBe(2);
    }, PATIENT);
    await stop();

    expect(whileItRuns).toBe(0);
  });

  it("so many a minute begin, and the rest wait for their turn", async () => {
    const db = await store.open();
    const startedAtMs: number[] = [];
    const shop = openWorkshop(db, {
      limit: { perMinute: 120 },
      handle: () => {
        startedAtMs.push(performance.now());
        return Promise.resolve({ done: "ok" });
      },
    });
    await shop.tell(...bookings(5));

    const stop = await startProcess(shop);
    await vi.waitFor(() => {
      expect(startedAtMs).toHaveLength(5);
    }, PATIENT);
    await stop();

    // 90 a minute after a first one: 4 more take at least 2.6 s.
    expect((startedAtMs.at(-1) ?? 0) - (startedAtMs[0] ?? 0)).toBeGreaterThan(2_000);
  });

  it("a limited handler waits for the process that owns it", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, { limit: { atOnce: 1 } });
    await shop.tell(...bookings(1));
    await db
      .knex("owners")
      .insert({ name: "handler:shop/handler1", token: "other", until: Date.now() + 60_000 });

    const stop = await startProcess(shop);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await stop();

    expect(await shop.states()).toEqual(["ready"]);
  });
});
