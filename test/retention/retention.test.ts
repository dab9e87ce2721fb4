import { setTimeout as sleep } from "node:timers/promises";

import { expect, it } from "vitest";

import { CounterStore } from "../../src/db/counter-store.ts";
import type { Database } from "../../src/db/database.ts";
import { Counts } from "../../src/queries/counts.ts";
import { InboxStore, type NewDelivery } from "../../src/inbox/inbox-store.ts";
import { IntakeLoad } from "../../src/inbox/intake-load.ts";
import { Retention } from "../../src/retention/retention.ts";
import { RetentionStore } from "../../src/retention/retention-store.ts";
import { PermanentError } from "../../src/sdk/errors.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { onEachStore } from "../harness/stores.ts";
import { eventOf, openWorkshop } from "../harness/workshop.ts";
import { fullScans, statementsOf } from "../api/query-plans.ts";

const HANDLER = "shop/handler1";
const DAY_MS = 24 * 60 * 60_000;

function retentionOf(db: Database): Retention {
  return new Retention({
    store: new RetentionStore(db),
    load: new IntakeLoad(),
    log: memoryLog(),
    deliveriesDays: 90,
    jobsDays: 30,
  });
}

let deliveries = 0;

function deliveryOf(daysOld: number): NewDelivery {
  deliveries += 1;
  return {
    id: `delivery-${deliveries}`,
    connection: "fjord",
    receivedAt: Date.now() - daysOld * DAY_MS,
    method: "POST",
    query: "",
    rawHeaders: [],
    body: Buffer.from("a=1"),
  };
}

async function count({ knex }: Database, table: string): Promise<number> {
  const [row] = await knex<{ n: number }>(table).count({ n: "*" });
  return Number(row?.n);
}

/** Lets everything so far have happened so many days earlier. */
async function passDays({ knex }: Database, days: number): Promise<void> {
  const before = { run_at: knex.raw(`run_at - ${days * DAY_MS}`) };
  await knex("jobs").update(before);
}

onEachStore((store) => {
  it("ended deliveries go when they are old; waiting and held ones stay, and so do the totals", async () => {
    const db = await store.open();
    const inbox = new InboxStore(db);
    const states = ["done", "duplicate", "failed", "waiting", "held"];
    await inbox.append([...states.map(() => deliveryOf(91)), ...states.map(() => deliveryOf(89))]);
    const rows = await db.knex<{ position: number }>("deliveries").orderBy("position");
    for (const [index, { position }] of rows.entries()) {
      const state = states[index % states.length] ?? "";
      await db.knex("deliveries").where({ position }).update({ state });
    }
    const counters = new CounterStore(db);
    await db.transaction((trx) => counters.add(trx, new Map([["deliveries.done", 2]])));

    await retentionOf(db).sweep();

    const left = await db
      .knex<{ state: string; position: number }>("deliveries")
      .orderBy("position");
    expect(left.map(({ state }) => state)).toEqual(["waiting", "held", ...states]);
    expect((await Counts.read(db)).of("counter", "deliveries.done")).toBe(2);
  });

  it("settled jobs go with their attempts and empty lanes; dead ones, events and the ledger stay", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, {
      handle: async ({ subject }, { effect }) => {
        if (subject === "1203") throw new PermanentError("no such account");
        if (subject === "1202") return { skipped: "nothing to do" };
        await effect("invoice:1", { perform: () => Promise.resolve({ externalId: "7" }) });
        return { done: "ok" };
      },
    });
    await shop.tell(eventOf("1201"), eventOf("1202"), eventOf("1203"), eventOf("1203"));
    await shop.runUntilIdle();
    await passDays(db, 31);
    await shop.tell(eventOf("1202"));
    await shop.runUntilIdle();

    const deleted = await retentionOf(db).sweep();

    expect(deleted).toEqual({ jobs: 2 });
    expect(await shop.states()).toEqual(["dead no such account", "ready", "skipped nothing to do"]);
    const lanes: { scope: string }[] = await db.knex("lanes").orderBy("scope").select("scope");
    expect(lanes.map(({ scope }) => scope)).toEqual(["fjord/1202", "fjord/1203"]);
    expect(await count(db, "attempts")).toBe(2);
    expect(await count(db, "events")).toBe(5);
    expect(await count(db, "effects")).toBe(1);
  });

  it("a worker that comes back late cannot settle on the lane that took the place of its own", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, {});
    await shop.tell(eventOf("1201"));
    const [late] = await shop.lanes.lease(HANDLER, 1, false);
    if (!late) throw new Error("nothing leased");
    await db.knex("lanes").update({ due_at: 0 });
    await shop.runUntilIdle();
    await passDays(db, 31);
    await retentionOf(db).sweep();
    expect(await count(db, "lanes")).toBe(0);
    await shop.tell(eventOf("1201"));
    const [current] = await shop.lanes.lease(HANDLER, 1, false);

    const outcome = { state: "done" as const, reason: "late" };
    const run = { handler: HANDLER, outcome, startedAt: 1, finishedAt: 2, supersedesOlder: false };
    const lost = await shop.settle.settle([{ ...run, job: late }]);

    expect(lost).toHaveLength(1);
    expect(current?.laneId).not.toBe(late.laneId);
    expect(await shop.states()).toEqual(["leased"]);
  });

  it(
    "deletes while deliveries come and jobs run, and loses none of them",
    { timeout: 60_000 },
    async () => {
      const db = await store.open();
      const inbox = new InboxStore(db);
      const shop = openWorkshop(db, {});
      const subjects = Array.from({ length: 150 }, (_, number) => String(number));
      for (let round = 0; round < 3; round += 1) {
        await shop.tell(...subjects.map((subject) => eventOf(subject)));
        await inbox.append(subjects.map(() => deliveryOf(91)));
      }
      await shop.runUntilIdle();
      await passDays(db, 31);
      await db.knex("deliveries").update({ state: "done" });
      const worker = shop.newWorker();
      await worker.start();
      let isSwept = false;
      const news = async () => {
        let told = 0;
        // The same bookings again: their lanes go and come back.
        for (; !isSwept || told < 100; told += 10) {
          const some = subjects.slice(told % 150, (told % 150) + 10);
          await shop.tell(...some.map((subject) => eventOf(subject)));
          await inbox.append([deliveryOf(0)]);
          await sleep(5);
        }
        return told;
      };

      const [told, deleted] = await Promise.all([
        news(),
        retentionOf(db)
          .sweep()
          .finally(() => (isSwept = true)),
      ]);
      await expect
        .poll(async () => (await shop.states()).filter((state) => state !== "done ok"), {
          timeout: 30_000,
        })
        .toEqual([]);
      await worker.stop(1_000);

      expect(deleted).toEqual({ deliveries: 450, jobs: 450 });
      expect(await count(db, "jobs")).toBe(told);
      expect(await count(db, "deliveries")).toBe(told / 10);
      expect(await db.knex("lanes").where("waiting", "<>", 0)).toEqual([]);
    },
  );

  it("old incidents, replays and hourly counts go once they are over", async () => {
    const db = await store.open();
    const old = Date.now() - 500 * DAY_MS;
    const incident = { name: "n", kind: "silent", reason: "", opened_at: old };
    await db.knex("incidents").insert([
      { ...incident, id: "over", closed_at: old },
      { ...incident, id: "open", open_name: "n", closed_at: null },
    ]);
    const times = { created_at: old, updated_at: old };
    const replay = { kind: "jobs", below: 1, filters: Buffer.from("{}"), ...times };
    await db.knex("replays").insert([
      { ...replay, id: "over", state: "done" },
      { ...replay, id: "goes on", state: "running" },
    ]);
    const hour = Math.floor(Date.now() / (60 * 60_000));
    await db.knex("hourly_counts").insert([
      { name: "a", hour: 1, shard: 1, value: 1 },
      { name: "a", hour: 2, shard: 1, value: 1 },
      { name: "a", hour, shard: 1, value: 1 },
    ]);

    const deleted = await retentionOf(db).sweep();

    expect(deleted).toEqual({ incidents: 1, replays: 1, hourlyCounts: 2 });
    expect(await db.knex("incidents").select("id")).toEqual([{ id: "open" }]);
    expect(await db.knex("replays").select("id")).toEqual([{ id: "goes on" }]);
    expect(await db.knex("hourly_counts").select("hour")).toEqual([{ hour }]);
  });

  it("no step reads a whole table", async () => {
    const db = await store.open();
    const inbox = new InboxStore(db);
    const shop = openWorkshop(db, {});
    for (let batch = 0; batch < 6; batch += 1) {
      const events = Array.from({ length: 200 }, (_, n) => eventOf(`${batch}-${n}`));
      await shop.tell(...events);
      await inbox.append(events.map(() => deliveryOf(0)));
    }
    // Few of them are old: of a large part of a table MariaDB rather reads it all, and is right.
    await db.knex("jobs").where("position", "<=", 20).update({ state: "done", run_at: 0 });
    await db.knex("lanes").update({ waiting: 0 });
    const aged = { state: "done", received_at: 0 };
    await db.knex("deliveries").where("position", "<=", 20).update(aged);
    const yesterday = Date.now() - DAY_MS;

    const retention = new RetentionStore(db);
    const statements = await statementsOf(db, async () => {
      await retention.deliveries(0, yesterday);
      await retention.jobs(0, yesterday);
    });

    const scans: string[] = [];
    for (const statement of statements) {
      if (/^(select|delete)/i.test(statement.sql)) scans.push(...(await fullScans(db, statement)));
    }
    expect(statements.length).toBeGreaterThan(5);
    expect(scans).toEqual([]);
  });
});
