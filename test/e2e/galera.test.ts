import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { Database } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { type EffectOwner, EffectStore } from "../../src/effects/effect-store.ts";
import type { Fence } from "../../src/effects/fence.ts";
import { InboxStore } from "../../src/inbox/inbox-store.ts";
import {
  type EchoInstallation,
  echoInstallation,
  expectKeptPromises,
  startCalling,
  untilAllGoOn,
} from "../harness/echo-bookings.ts";
import { type GaleraCluster, hasGalera, startGalera } from "../harness/galera.ts";
import { eventOf, openWorkshop } from "../harness/workshop.ts";

const NODES = 3;

describe.runIf(hasGalera())("on a Galera cluster of three nodes", () => {
  let cluster: GaleraCluster;
  let nodes: Database[] = [];
  let urls: string[] = [];
  let installation: EchoInstallation | undefined;

  beforeAll(async () => {
    cluster = await startGalera(NODES);
    urls = await cluster.newDatabase();
    nodes = await Promise.all(urls.map((mysqlUrl) => Database.open({ mysqlUrl })));
    // Each through a node of its own, at once, as processes do that start together.
    await Promise.all(nodes.map(migrate));
  }, 180_000);
  afterAll(async () => {
    await installation?.stop();
    await Promise.all(nodes.map((db) => db.close()));
    await (cluster as GaleraCluster | undefined)?.stop(); // absent when it did not start
  });

  it("calls that a sender makes one after the other get rising positions, whichever node answers", async () => {
    const inboxes = nodes.map((db) => new InboxStore(db));
    // Others write at the same time, so that the nodes have something to catch up on.
    let isOver = false;
    const others = inboxes.map(async (inbox, node) => {
      for (let n = 0; !isOver; n += 1) await inbox.append([delivery(`other-${node}-${n}`)]);
    });

    for (let n = 0; n < 300; n += 1) {
      await inboxes[n % NODES]?.append([delivery(`mine-${n}`)]);
    }
    isOver = true;
    await Promise.all(others);

    const kept: { id: string }[] = await first(nodes)
      .knex("deliveries")
      .where("id", "like", "mine-%")
      .orderBy("position")
      .select("id");
    expect(kept.map(({ id }) => id)).toEqual(Array.from({ length: 300 }, (_, n) => `mine-${n}`));
  });

  it("a transaction that fails at its COMMIT, because another node was faster, runs again", async () => {
    const [here, there] = [first(nodes), second(nodes)];
    await here.knex("owners").insert({ name: "a", token: "", until: 0 });
    await untilSeen(there, "a", 0);
    let runs = 0;

    await here.transaction(async (trx) => {
      runs += 1;
      const row: unknown = await trx("owners").where({ name: "a" }).first("until");
      await trx("owners")
        .where({ name: "a" })
        .update({ until: (row as { until: number }).until + 1 });
      if (runs > 1) return;
      await there.knex("owners").where({ name: "a" }).update({ until: 100 });
      // The next statement after this closure is the COMMIT.
      await untilSeen(here, "a", 100);
    });

    expect(runs).toBe(2);
    await untilSeen(there, "a", 101);
  });

  it("statements that stand alone all get through, however often the nodes collide", async () => {
    await first(nodes).knex("owners").insert({ name: "b", token: "", until: 0 });
    for (const node of nodes) await untilSeen(node, "b", 0);

    await Promise.all(
      nodes.flatMap(({ knex }) =>
        Array.from({ length: 4 }, async () => {
          for (let n = 0; n < 10; n += 1) {
            await knex("owners")
              .where({ name: "b" })
              .update({ until: knex.raw("until + 1") });
          }
        }),
      ),
    );

    await untilSeen(first(nodes), "b", 120);
  });

  it("workers on three nodes run the jobs of a booking in order, each once", async () => {
    const ran: string[] = [];
    const handler = {
      handle: async (event: { subject: string; version: number }) => {
        await Promise.resolve();
        ran.push(`${event.subject} ${event.version}`);
        return { done: "ok" };
      },
    };
    const shops = nodes.map((db) => openWorkshop(db, handler as never));
    const events = Array.from({ length: 60 }, (_, n) => eventOf(`booking-${n % 6}`));
    for (const [n, event] of events.entries()) await shops[n % NODES]?.tell(event);

    const workers = shops.map((shop) => shop.newWorker());
    await Promise.all(workers.map((worker) => worker.start()));
    await expect.poll(() => ran.length, { timeout: 15_000 }).toBeGreaterThanOrEqual(60);
    await Promise.all(workers.map((worker) => worker.stop(5_000)));

    const inOrder = events.map(({ subject, version }) => `${subject} ${version}`);
    expect(ran.toSorted()).toEqual(inOrder.toSorted());
    for (const { subject } of events.slice(0, 6)) {
      const isOfBooking = (text: string) => text.startsWith(`${subject} `);
      expect(ran.filter(isOfBooking)).toEqual(inOrder.filter(isOfBooking));
    }
  });

  it("an effect that another node has finished is not begun again where the news is late", async () => {
    const [here, there] = [first(nodes), second(nodes)];
    await new EffectStore(here).start(INVOICE, "invoice:1", fenceOf("here"));
    await expect.poll(() => there.knex("effects").first("state")).toEqual({ state: "started" });
    let begun: Promise<unknown> = Promise.resolve();

    // A node with locked tables takes nothing over from the others.
    await there.knex.transaction(async (locked) => {
      await locked.raw("FLUSH TABLES WITH READ LOCK");
      await new EffectStore(here).finish(INVOICE, "invoice:1", fenceOf("here"), {
        externalId: "R-1",
      });
      begun = new EffectStore(there).start(INVOICE, "invoice:1", fenceOf("there"));
      await sleep(500);
      await locked.raw("UNLOCK TABLES");
    });

    expect(await begun).toMatchObject({ state: "done", externalId: "R-1" });
    expect(await here.knex("effects").first("state")).toEqual({ state: "done" });
  });

  it(
    "a node is killed and comes back: nothing is lost, twice or out of order, and all processes go on",
    { timeout: 120_000 },
    async () => {
      const [a = "", b = "", c = ""] = await cluster.newDatabase();
      const echo = (installation = echoInstallation());
      const onKilled = [await echo.start("receive", a), await echo.start("work", a)] as const;
      const receivers = [onKilled[0], await echo.start("receive", b)];
      const lastWorker = await echo.start("work", c);
      const calls = startCalling(receivers, 6, 400);
      await expect.poll(() => echo.lines().length, { timeout: 20_000 }).toBeGreaterThan(30);

      await cluster.kill(0);
      const killedAt = Date.now();
      await untilAllGoOn(echo, calls.answered);
      const takeoverMs = Date.now() - killedAt;
      await cluster.restart(0);
      const isReady = () => fetch(`${onKilled[0].url}/readyz`).then(({ ok }) => ok);
      await expect.poll(isReady, { timeout: 20_000 }).toBe(true);
      // What is left is the worker whose node was away.
      const exit = await lastWorker.stop();
      await untilAllGoOn(echo, calls.answered);
      await calls.stop();

      const db = await Database.open({ mysqlUrl: b });
      await expectKeptPromises(db, echo, calls.answered).finally(() => db.close());
      // Of these the cluster itself stands still for about seven, until it has put the node out.
      expect(takeoverMs).toBeLessThan(20_000);
      expect(exit).toBe(0);
    },
  );

  it(
    "a node that has lost all the others counts as away, also for what was under way",
    { timeout: 60_000 },
    async () => {
      const db = first(nodes);
      const failureOf = (asked: PromiseLike<unknown>) =>
        asked.then(
          () => "none",
          (error: unknown) => db.failureOf(error),
        );
      await db.knex("owners").insert({ name: "c", token: "", until: 0 });

      await Promise.all([cluster.kill(1), cluster.kill(2)]);
      const lone = failureOf(db.knex("owners").where({ name: "c" }).update({ until: 1 }));
      const inTransaction = failureOf(
        db.transaction((trx) => trx("owners").insert({ name: "d", token: "", until: 0 })),
      );

      expect([await lone, await inTransaction]).toEqual(["unavailable", "unavailable"]);
      // It may have given those two up before it has seen that it is alone.
      await expect
        .poll(() => failureOf(db.knex("owners").first("name")), { timeout: 20_000 })
        .toBe("unavailable");
    },
  );
});

const INVOICE: EffectOwner = {
  handler: "books/issue-invoice",
  scope: "A-1",
  connection: "echo",
  subject: "A-1",
  jobId: "job-1",
  version: 1,
};

function first([db]: readonly Database[]): Database {
  if (!db) throw new Error("no node");
  return db;
}

function second([, db]: readonly Database[]): Database {
  return first(db ? [db] : []);
}

async function untilSeen({ knex }: Database, name: string, until: number): Promise<void> {
  await expect
    .poll(async () => (await knex("owners").where({ name }).first("until")) as unknown, {
      timeout: 5_000,
    })
    .toEqual({ until });
}

function delivery(id: string) {
  return {
    id,
    connection: "echo",
    receivedAt: Date.now(),
    method: "POST",
    query: "",
    rawHeaders: [],
    body: Buffer.from("{}"),
  };
}

/** Whoever has it believes to have the lane. */
function fenceOf(token: string): Fence {
  return {
    token,
    hold: () => Promise.resolve(),
    renewed: () => undefined,
    remainingMs: () => 60_000,
  };
}
