import { expect, it, vi } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { LEASE_MS } from "../../src/dispatch/lane-store.ts";
import { onEachBreakableStore } from "../harness/stores.ts";
import { eventOf, openWorkshop } from "../harness/workshop.ts";

interface LaneRow {
  token: string | null;
  losses: number;
  due_at: number;
}

async function lane(db: Database): Promise<LaneRow> {
  const row: unknown = await db.knex("lanes").first("token", "losses", "due_at");
  return row as LaneRow;
}

vi.setConfig({ testTimeout: 60_000 });

/** As long as a busy machine may need. */
const PATIENT = { timeout: 20_000, interval: 50 };

onEachBreakableStore((store) => {
  it("a process never takes over a booking that it is working on itself", async () => {
    const db = await store.open();
    let running = 0;
    let most = 0;
    const shop = openWorkshop(db, {
      handle: async () => {
        most = Math.max(most, (running += 1));
        await new Promise((resolve) => setTimeout(resolve, 900));
        running -= 1;
        return { done: "ok" };
      },
    });
    await shop.tell(eventOf("1201"));
    const worker = shop.newWorker();
    await worker.start();
    await vi.waitFor(() => {
      expect(running).toBe(1);
    }, PATIENT);

    await db.knex("lanes").update({ due_at: 0 });
    await vi.waitFor(async () => {
      expect(await shop.states()).toEqual(["done ok"]);
    }, PATIENT);
    await worker.stop(1_000);

    expect(most).toBe(1);
    expect(await lane(db)).toMatchObject({ losses: 0, token: null });
  });

  it("a process that lost its lease and lives on has not died: nothing is held against the job", async () => {
    const db = await store.open();
    let finish: () => void = () => undefined;
    const shop = openWorkshop(db, {
      handle: () => new Promise((resolve) => (finish = () => resolve({ done: "late" }))),
    });
    await shop.tell(eventOf("1201"));
    const worker = shop.newWorker();
    await worker.start();
    await vi.waitFor(async () => {
      expect((await lane(db)).token).not.toBeNull();
    }, PATIENT);

    await db.knex("lanes").update({ due_at: 0 });
    const [taken] = await shop.lanes.lease("shop/handler1", 1, false);
    finish();
    await vi.waitFor(() => {
      expect(shop.log.lines.some((line) => line.startsWith("lease lost"))).toBe(true);
    }, PATIENT);
    await worker.stop(1_000);

    expect(taken).toMatchObject({ losses: 1, attempt: 2 });
    expect(await lane(db)).toMatchObject({ losses: 0, token: taken?.token });
    expect(await shop.states()).toEqual(["leased"]);
  });

  it("an effect that begins after another process took the booking over is not performed", async () => {
    const db = await store.open();
    let performed = 0;
    let goOn: () => void = () => undefined;
    const shop = openWorkshop(db, {
      handle: async (_, { effect }) => {
        await new Promise<void>((resolve) => (goOn = resolve));
        const perform = () => Promise.resolve({ externalId: String((performed += 1)) });
        await effect("invoice:1", { perform });
        return { done: "posted" };
      },
    });
    await shop.tell(eventOf("1201"));
    const worker = shop.newWorker();
    await worker.start();
    await vi.waitFor(async () => {
      expect((await lane(db)).token).not.toBeNull();
    }, PATIENT);

    await db.knex("lanes").update({ due_at: 0 });
    await shop.lanes.lease("shop/handler1", 1, false);
    goOn();
    await vi.waitFor(() => {
      expect(worker.isIdle).toBe(true);
    }, PATIENT);
    await worker.stop(1_000);

    expect(performed).toBe(0);
    expect(await db.knex("effects").select("id")).toEqual([]);
  });

  it("what a stopping process hands back is taken up at once, and costs the job nothing", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, { handle: () => new Promise(() => undefined) });
    await shop.tell(eventOf("1201"));
    const worker = shop.newWorker();
    await worker.start();
    await vi.waitFor(() => {
      expect(worker.isIdle).toBe(false);
    }, PATIENT);

    await worker.stop(50);

    expect(await shop.states()).toEqual(["ready handed back: this process stops"]);
    expect(await lane(db)).toMatchObject({ losses: 0, token: null });
    expect(await shop.lanes.nextDueInMs(["shop/handler1"])).toBeLessThanOrEqual(0);
  });

  it(
    "a database that goes away stops the handler before its lease ends, and no job is given up for it",
    { timeout: 60_000 },
    async (test) => {
      const { server } = store;
      test.skip(server === undefined, "a file does not go away");
      const db = await store.open();
      let abortedAfterMs = 0;
      let tries = 0;
      const shop = openWorkshop(db, {
        handle: async ({ subject }, { signal }) => {
          tries += 1;
          if (tries > 2) return { done: `${subject} at last` };
          const startedAtMs = performance.now();
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
          abortedAfterMs = performance.now() - startedAtMs;
          throw new Error("stopped");
        },
      });
      await shop.tell(eventOf("1201"), eventOf("1202"));
      const worker = shop.newWorker();
      await worker.start();
      await vi.waitFor(() => {
        expect(tries).toBe(2);
      }, PATIENT);

      await server?.kill();
      await vi.waitFor(() => {
        expect(abortedAfterMs).toBeGreaterThan(0);
      }, PATIENT);
      await server?.restart();
      await vi.waitFor(async () => {
        expect(await shop.states()).toEqual(["done 1201 at last", "done 1202 at last"]);
      }, PATIENT);
      await worker.stop(1_000);

      expect(abortedAfterMs).toBeLessThan(LEASE_MS);
      expect(await lane(db)).toMatchObject({ losses: 0 });
      const attempts = await db.knex("attempts").where({ attempt: 1 }).select("outcome", "reason");
      expect(attempts).toEqual(
        Array.from({ length: 2 }, () => ({
          outcome: "ready",
          reason: "handed back: the lease could not be renewed in time",
        })),
      );
    },
  );
});
