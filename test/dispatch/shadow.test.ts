import { expect, it } from "vitest";

import { FactStore } from "../../src/db/fact-store.ts";
import type { Database } from "../../src/db/database.ts";
import { Shadow } from "../../src/dispatch/shadow.ts";
import { RetryableError } from "../../src/sdk/errors.ts";
import type { Handler } from "../../src/sdk/integration.ts";
import { vendorServer } from "../../src/sdk/testing.ts";
import type { Mode } from "../../src/settings/config-schema.ts";
import { onEachStore } from "../harness/stores.ts";
import { eventOf, openWorkshopIn } from "../harness/workshop.ts";

type Handle = Handler<unknown>["handle"];

const MINUTE_MS = 60_000;

onEachStore((store) => {
  /** A process that starts with such a configuration at such a moment. */
  async function started(db: Database, mode: Mode, now: number): Promise<Shadow> {
    const shadow = new Shadow({
      db,
      facts: new FactStore(db),
      clock: { now: () => now },
      connections: new Map([["fjord", mode]]),
      instances: new Map([["shop", "live"]]),
    });
    await shadow.start();
    return shadow;
  }

  const happenedAt = (time: number) => ({
    connection: "fjord",
    time: new Date(time).toISOString(),
  });

  function workshop(db: Database, mode: Mode, handle: Handle) {
    return openWorkshopIn(mode, db, { whenUnsure: "ask", handle: handle as never });
  }

  it("of a connection that went live, what happened before stays in shadow for good", async () => {
    const db = await store.open();
    const wentLive = Date.now();
    await started(db, "shadow", wentLive - 60 * MINUTE_MS);
    await started(db, "live", wentLive);

    const later = await started(db, "live", wentLive + 60 * MINUTE_MS);

    expect(later.covers({ instance: "shop" }, happenedAt(wentLive - 1))).toBe(true);
    expect(later.covers({ instance: "shop" }, happenedAt(wentLive + 1))).toBe(false);
  });

  it("a connection that was never in shadow acts on all that it hears of", async () => {
    const shadow = await started(await store.open(), "live", Date.now());

    expect(shadow.covers({ instance: "shop" }, happenedAt(0))).toBe(false);
  });

  it("one that goes back into shadow acts on nothing, until it goes live anew", async () => {
    const db = await store.open();
    const now = Date.now();
    for (const mode of ["shadow", "live", "shadow"] as const) await started(db, mode, now);

    const back = await started(db, "shadow", now + MINUTE_MS);
    const again = await started(db, "live", now + 2 * MINUTE_MS);

    expect(back.covers({ instance: "shop" }, happenedAt(now + MINUTE_MS))).toBe(true);
    expect(again.covers({ instance: "shop" }, happenedAt(now + MINUTE_MS))).toBe(true);
    expect(again.covers({ instance: "shop" }, happenedAt(now + 3 * MINUTE_MS))).toBe(false);
  });

  it("an invoice in shadow is noted, counts among those noted, and is posted once live", async () => {
    const db = await store.open();
    const posted: string[] = [];
    const seen: string[][] = [];
    const handle: Handle = async (_, { effect, ledger }) => {
      seen.push(ledger.map(({ key, state }) => `${key} ${state}`));
      const key = `invoice:${ledger.filter(({ state }) => state === "done").length + 1}`;
      await effect(key, {
        plan: `post ${key}`,
        data: { net: 240 },
        perform: () => Promise.resolve({ externalId: `INV-${posted.push(key)}` }),
      });
      return { done: key };
    };
    const shadowed = workshop(db, "shadow", handle);
    await shadowed.tell(eventOf("1201"));
    await shadowed.runUntilIdle();
    await shadowed.tell(eventOf("1201"));
    await shadowed.runUntilIdle();
    const noted: unknown = await db
      .knex("effects")
      .orderBy("effect_key")
      .select("effect_key", "state", "progress", "summary");
    const postedInShadow = posted.length;
    const live = workshop(db, "live", handle);
    await live.runUntilIdle();
    await live.tell(eventOf("1201"));

    await live.runUntilIdle();

    expect(postedInShadow).toBe(0);
    expect(noted).toEqual(
      [1, 2].map((number) => ({
        effect_key: `invoice:${number}`,
        state: "done",
        progress: "would do",
        summary: `would post invoice:${number}`,
      })),
    );
    expect(seen).toEqual([[], ["invoice:1 done"], ["invoice:1 would", "invoice:2 would"]]);
    expect(posted).toEqual(["invoice:1"]);
    expect(await shadowed.states()).toEqual([
      "done shadow: invoice:1",
      "done shadow: invoice:2",
      "done invoice:1",
    ]);
    const row: unknown = await db.knex("effects").where({ effect_key: "invoice:1" }).first();
    expect(row).toMatchObject({ state: "done", progress: null, external_id: "INV-1", data: null });
  });

  it("an invoice whose posting broke off before the shadow is still looked for after it", async () => {
    const db = await store.open();
    const found: string[] = [];
    const broken = workshop(db, "live", async (_, { effect }) => {
      await effect("invoice:1", { perform: () => Promise.reject(new Error("cut off")) });
      return { done: "posted" };
    });
    await broken.tell(eventOf("1201"));
    await broken.runUntilIdle();
    await db.knex("lanes").where("due_at", "<", 9e12).update({ due_at: 0 });
    const again: Handle = async (_, { effect }) => {
      await effect("invoice:1", {
        find: (key) => Promise.resolve({ externalId: `found ${found.push(key)}` }),
        perform: () => Promise.reject(new Error("twice")),
      });
      return { done: "posted" };
    };
    const shadowed = workshop(db, "shadow", again);
    await shadowed.runUntilIdle();
    const foundInShadow = found.length;
    const live = workshop(db, "live", again);
    await live.runUntilIdle();
    await live.tell(eventOf("1201"));

    await live.runUntilIdle();

    expect(foundInShadow).toBe(0);
    expect(await live.states()).toEqual(["done shadow: posted", "done posted"]);
    expect(found).toHaveLength(1);
  });

  it("a call in shadow reaches nobody, and its job is not tried for ever", async () => {
    const db = await store.open();
    const server = await vendorServer(() => ({ status: 200, body: "{}" }));
    const shop = workshop(db, "shadow", async (_, { http, mail }) => {
      await mail.send({ to: "ana@example.com", subject: "Hello", text: "Hello" }, "key");
      await http.send({ method: "POST", url: `${server.url}/invoices` }).catch((cause: unknown) => {
        throw new RetryableError("the ledger is away", { cause });
      });
      return { done: "posted" };
    });
    await shop.tell(eventOf("1201"));

    await shop.runUntilIdle();

    const { host } = new URL(server.url);
    expect(await shop.states()).toEqual([`skipped shadow: would call ${host}`]);
    expect(server.requests).toEqual([]);
    await server.close();
  });

  it("what fails in shadow by itself is tried again, as it would be live", async () => {
    const shop = workshop(await store.open(), "shadow", () =>
      Promise.reject(new RetryableError("no price yet")),
    );
    await shop.tell(eventOf("1201"));

    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["ready no price yet"]);
  });
});
