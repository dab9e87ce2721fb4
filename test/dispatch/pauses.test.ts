import { expect, it, vi } from "vitest";

import { openMs } from "../../src/dispatch/breaker.ts";
import type { Database } from "../../src/db/database.ts";
import type { Worker } from "../../src/dispatch/worker.ts";
import { RetryableError } from "../../src/sdk/errors.ts";
import { onEachStore } from "../harness/stores.ts";
import { eventOf, openWorkshop } from "../harness/workshop.ts";

/** A shop whose other side is down until the test lets it answer. */
function shopAt(db: Database) {
  const otherSide = { isDown: true, asked: [] as string[] };
  const shop = openWorkshop(db, {
    handle: ({ subject }) => {
      otherSide.asked.push(subject);
      if (otherSide.isDown) return Promise.reject(new RetryableError("503 from the other side"));
      return Promise.resolve({ done: "ok" });
    },
  });
  return { shop, otherSide };
}

async function paused(db: Database): Promise<{ kind: string; ms: number; reason: string }[]> {
  const ms = db.knex.raw(`until - ${db.dialect.nowMs} AS ms`);
  return db.knex("pauses").select("kind", ms, "reason");
}

async function whileWorking(worker: Worker, work: () => Promise<void>): Promise<void> {
  await worker.start();
  try {
    await work();
  } finally {
    await worker.stop(1_000);
  }
}

const bookings = (count: number) =>
  Array.from({ length: count }, (_, index) => eventOf(String(2000 + index)));

vi.setConfig({ testTimeout: 60_000 });

/** As long as a busy machine may need. */
const PATIENT = { timeout: 20_000, interval: 50 };

onEachStore((store) => {
  it("bookings that wait for a person keep no others waiting, however many they are", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, {
      handle: ({ subject }) =>
        Number(subject) < 2006
          ? Promise.reject(new RetryableError("it is a draft", { waitsAloneMs: 3_600_000 }))
          : Promise.resolve({ done: "ok" }),
    });
    await shop.tell(...bookings(8));

    await shop.runUntilIdle();

    expect(await shop.states()).toEqual([
      ...Array.from({ length: 6 }, () => "ready it is a draft"),
      ...["done ok", "done ok"],
    ]);
    expect(await paused(db)).toEqual([]);
  });

  it("a vendor that asks to wait is left alone by all bookings, and each keeps its place", async () => {
    const db = await store.open();
    let tries = 0;
    const shop = openWorkshop(db, {
      concurrency: 1,
      handle: () => {
        tries += 1;
        throw new RetryableError("429 too many calls", { retryAfterMs: 60_000 });
      },
    });
    await shop.tell(...bookings(3));

    await whileWorking(shop.newWorker(), async () => {
      await vi.waitFor(async () => {
        expect(await paused(db)).toHaveLength(1);
      }, PATIENT);
    });

    const [pause] = await paused(db);
    expect(pause).toMatchObject({ kind: "limit", reason: "429 too many calls" });
    expect(pause?.ms).toBeGreaterThan(50_000);
    expect(tries).toBeLessThan(3);
    expect((await shop.states()).every((state) => state.startsWith("ready"))).toBe(true);
  });

  it("when the time that a vendor asked for is over, work goes on by itself", async () => {
    const db = await store.open();
    const { shop, otherSide } = shopAt(db);
    otherSide.isDown = false;
    await shop.pauses.pause("shop/handler1", "limit", "429", 1);
    await shop.tell(...bookings(3));

    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["done ok", "done ok", "done ok"]);
    expect(await paused(db)).toEqual([]);
  });

  it("after five bookings in a row have failed nobody is tried for 30 s, and it says why", async () => {
    const db = await store.open();
    const { shop } = shopAt(db);
    await shop.tell(...bookings(12));

    await whileWorking(shop.newWorker(), async () => {
      await vi.waitFor(async () => {
        expect(await paused(db)).toHaveLength(1);
      }, PATIENT);
    });

    const [pause] = await paused(db);
    expect(pause).toMatchObject({ kind: "breaker" });
    expect(pause?.reason).toMatch(
      /^5 bookings in a row failed, one tries next at \d\d:\d\d:\d\d UTC: 503 from the other side$/,
    );
    expect(pause?.ms).toBeGreaterThan(20_000);
    expect(pause?.ms).toBeLessThanOrEqual(30_000);
  });

  it("then one booking tries; it fails, and the wait gets longer", async () => {
    const db = await store.open();
    const { shop, otherSide } = shopAt(db);
    await shop.pauses.pause("shop/handler1", "breaker", "503", 0, 1);
    await shop.tell(...bookings(12));

    await whileWorking(shop.newWorker(), async () => {
      await vi.waitFor(async () => {
        expect((await paused(db))[0]?.reason).toContain("2 times");
      }, PATIENT);
    });

    expect(otherSide.asked).toHaveLength(1);
    expect((await paused(db))[0]?.ms).toBeGreaterThan(45_000);
  });

  it("then one booking tries; it gets through, and the others follow", async () => {
    const db = await store.open();
    const { shop, otherSide } = shopAt(db);
    otherSide.isDown = false;
    await shop.pauses.pause("shop/handler1", "breaker", "503", 0, 3);
    await shop.tell(...bookings(6));

    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(Array.from({ length: 6 }, () => "done ok"));
    expect(await paused(db)).toEqual([]);
  });

  it("of two processes one tries", async () => {
    const db = await store.open();
    const { shop, otherSide } = shopAt(db);
    await shop.pauses.pause("shop/handler1", "breaker", "503", 0, 1);
    await shop.tell(...bookings(6));

    await whileWorking(shop.newWorker(), async () =>
      whileWorking(shop.newWorker(), async () => {
        await vi.waitFor(async () => {
          expect((await paused(db))[0]?.reason).toContain("2 times");
        }, PATIENT);
      }),
    );

    expect(otherSide.asked).toHaveLength(1);
  });

  it("one booking that fails again and again is its own affair", async () => {
    const db = await store.open();
    const { shop, otherSide } = shopAt(db);
    await shop.tell(eventOf("1201"));

    await whileWorking(shop.newWorker(), async () => {
      for (let tries = 1; tries <= 7; tries += 1) {
        await vi.waitFor(async () => {
          expect(otherSide.asked.length).toBeGreaterThanOrEqual(tries);
          expect(await db.knex("lanes").whereNull("token").select("id")).toHaveLength(1);
        }, PATIENT);
        await db.knex("lanes").whereNull("token").update({ due_at: 0 });
      }
    });

    expect(await paused(db)).toEqual([]);
  });

  it("what a person has paused stays so, whatever else happens", async () => {
    const db = await store.open();
    const { pauses } = openWorkshop(db, {});
    await pauses.pause("shop/handler1", "breaker", "503", 1_000);
    await pauses.pause("shop/handler1", "person", "year-end closing");

    await pauses.pause("shop/handler1", "limit", "429", 1_000);
    await pauses.closeAfterProbe("shop/handler1");

    expect(await pauses.all()).toMatchObject([{ kind: "person", reason: "year-end closing" }]);
  });
});

it("the breaker waits 30 s, then twice as long each time, never more than 15 minutes", () => {
  expect([1, 2, 3, 6, 50].map(openMs)).toEqual([30_000, 60_000, 120_000, 900_000, 900_000]);
});
