import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { Database } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { InboxStore } from "../../src/inbox/inbox-store.ts";
import { type GaleraCluster, hasGalera, startGalera } from "../harness/galera.ts";

const NODES = 3;

describe.runIf(hasGalera())("on a Galera cluster of three nodes", () => {
  let cluster: GaleraCluster;
  let nodes: Database[] = [];

  beforeAll(async () => {
    cluster = await startGalera(NODES);
  }, 120_000);
  afterAll(() => cluster.stop());
  beforeEach(async () => {
    const urls = await cluster.newDatabase();
    nodes = await Promise.all(urls.map((mysqlUrl) => Database.open({ mysqlUrl })));
    // Each through a node of its own, at once, as processes do that start together.
    await Promise.all(nodes.map(migrate));
  });
  afterEach(async () => {
    await Promise.all(nodes.map((db) => db.close()));
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
      await untilSeen(here, 100);
    });

    expect(runs).toBe(2);
    expect(await here.knex("owners").select("name", "until")).toEqual([{ name: "a", until: 101 }]);
  });

  it("statements that stand alone all get through, however often the nodes collide", async () => {
    await first(nodes).knex("owners").insert({ name: "a", token: "", until: 0 });

    await Promise.all(
      nodes.flatMap(({ knex }) =>
        Array.from({ length: 4 }, async () => {
          for (let n = 0; n < 10; n += 1) {
            await knex("owners")
              .where({ name: "a" })
              .update({ until: knex.raw("until + 1") });
          }
        }),
      ),
    );

    await untilSeen(first(nodes), 120);
  });
});

function first([db]: readonly Database[]): Database {
  if (!db) throw new Error("no node");
  return db;
}

function second([, db]: readonly Database[]): Database {
  return first(db ? [db] : []);
}

async function untilSeen({ knex }: Database, until: number): Promise<void> {
  await expect
    .poll(async () => (await knex("owners").first("until")) as unknown, { timeout: 5_000 })
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
