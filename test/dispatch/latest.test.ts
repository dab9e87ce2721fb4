import { expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { PermanentError } from "../../src/sdk/errors.ts";
import { onEachStore } from "../harness/stores.ts";
import { eventOf, openWorkshop } from "../harness/workshop.ts";

/** A mirror that fails for good once, as long as the test wants. */
function mirrorAt(db: Database) {
  const mirror = { isBroken: true, ran: [] as string[] };
  const shop = openWorkshop(db, {
    only: "latest",
    handle: ({ id }) => {
      mirror.ran.push(id);
      if (mirror.isBroken) return Promise.reject(new PermanentError("no such account"));
      return Promise.resolve({ done: "ok" });
    },
  });
  return { mirror, shop };
}

async function deadJob(db: Database): Promise<string> {
  const row: unknown = await db.knex("jobs").where({ state: "dead" }).first("id");
  return (row as { id: string }).id;
}

async function waiting(db: Database): Promise<number> {
  const row: unknown = await db.knex("lanes").first("waiting");
  return (row as { waiting: number }).waiting;
}

onEachStore((store) => {
  it("behind a dead job even the newest waits; skipping the dead one lets it run", async () => {
    const db = await store.open();
    const { mirror, shop } = mirrorAt(db);
    await shop.tell(eventOf("1201"));
    await shop.runUntilIdle();
    mirror.isBroken = false;
    const newer = [eventOf("1201"), eventOf("1201")];
    await shop.tell(...newer);
    await shop.runUntilIdle();
    const whileBlocked = await shop.states();

    await shop.jobs.skip(await deadJob(db), "not needed");
    await shop.runUntilIdle();

    expect(whileBlocked).toEqual(["dead no such account", "ready", "ready"]);
    expect(await shop.states()).toEqual([
      "skipped not needed",
      "superseded overtaken by newer",
      "done ok",
    ]);
    expect(mirror.ran.at(-1)).toBe(newer.at(-1)?.id);
    expect(await waiting(db)).toBe(0);
  });

  it("replaying the dead one lets the newest run for all", async () => {
    const db = await store.open();
    const { mirror, shop } = mirrorAt(db);
    await shop.tell(eventOf("1201"));
    await shop.runUntilIdle();
    mirror.isBroken = false;
    await shop.tell(eventOf("1201"));

    await shop.jobs.replay(await deadJob(db));
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["superseded overtaken by newer", "done ok"]);
    expect(mirror.ran).toHaveLength(2);
    expect(await waiting(db)).toBe(0);
  });

  it("what came while the newest ran has its own turn", async () => {
    const db = await store.open();
    const later = eventOf("1201");
    const ran: string[] = [];
    const shop = openWorkshop(db, {
      only: "latest",
      handle: async ({ id }) => {
        ran.push(id);
        if (ran.length === 1) await shop.tell(later);
        return { done: "ok" };
      },
    });
    const first = [eventOf("1201"), eventOf("1201")];
    await shop.tell(...first);

    await shop.runUntilIdle();

    expect(ran).toEqual([first.at(-1)?.id, later.id]);
    expect(await shop.states()).toEqual(["superseded overtaken by newer", "done ok", "done ok"]);
  });

  it("a settling lane gives its newest job its turn, five waits after the first at the latest", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, { settle: "60s", only: "latest" });
    await shop.tell(eventOf("1201"));
    for (let call = 0; call < 8; call += 1) {
      const half = db.knex.raw("settling_since - 45000");
      await db.knex("lanes").update({ settling_since: half, due_at: 1 });
      await shop.tell(eventOf("1201"));
    }

    const dueInMs = await shop.lanes.nextDueInMs(["shop/handler1"]);
    await shop.runUntilIdle();

    expect(dueInMs).toBeLessThan(0);
    expect((await shop.states()).at(-1)).toBe("done ok");
    expect(new Set((await shop.states()).slice(0, -1))).toEqual(
      new Set(["superseded overtaken by newer"]),
    );
  });
});
