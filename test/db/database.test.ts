import { expect, it } from "vitest";

import { insertMany, updateMany } from "../../src/db/bulk.ts";
import { CounterStore } from "../../src/db/counter-store.ts";
import { StaleStateError } from "../../src/db/database.ts";
import { FactStore } from "../../src/db/fact-store.ts";
import { onEachStore } from "../harness/stores.ts";

onEachStore((store) => {
  it("keys that differ by case, accent or a trailing blank are four keys", async () => {
    const db = await store.open();
    const facts = new FactStore(db);
    const names = ["a1", "A1", "a1 ", "á1"];

    for (const name of names) await facts.getOrSet(name, `value of ${name}`);

    for (const name of names) expect(await facts.get(name)).toBe(`value of ${name}`);
  });

  it("what is remembered first stays", async () => {
    const db = await store.open();
    const facts = new FactStore(db);

    await facts.getOrSet("since:fjord", "first");

    expect(await facts.getOrSet("since:fjord", "second")).toBe("first");
  });

  it("a decision on stale state is taken again, on fresh data", async () => {
    const db = await store.open();
    let runs = 0;

    const result = await db.transaction(async (trx) => {
      runs += 1;
      await trx("facts").insert({ name: `run${runs}`, value: Buffer.from("x") });
      if (runs < 3) throw new StaleStateError();
      return runs;
    });

    expect(result).toBe(3);
    const names: { name: string }[] = await db.knex("facts").select("name");
    expect(names).toEqual([{ name: "run3" }]);
  });

  it("an error inside a transaction leaves nothing behind and is passed on", async () => {
    const db = await store.open();

    const failing = db.transaction(async (trx) => {
      await trx("facts").insert({ name: "half", value: Buffer.from("x") });
      throw new Error("out of ink");
    });

    await expect(failing).rejects.toThrow("out of ink");
    expect(await new FactStore(db).get("half")).toBeUndefined();
  });

  it("a key that is there already is a duplicate, and the message shows no bound values", async () => {
    const db = await store.open();
    await db.knex("facts").insert({ name: "one", value: Buffer.from("x") });

    const error: unknown = await db
      .knex("facts")
      .insert({ name: "one", value: Buffer.from("secret of a guest") })
      .catch((cause: unknown) => cause);

    expect(db.failureOf(error)).toBe("duplicate");
    expect(String(error)).not.toContain("secret of a guest");
  });

  it("many rows get different values at once, and a guard or a fence holds others back", async () => {
    const db = await store.open();
    const written = await db.transaction(async (trx) => {
      await insertMany(
        trx,
        "owners",
        Array.from({ length: 450 }, (_, n) => ({ name: `n${n}`, token: "t", until: n })),
      );
      const updates = [1, 2, 3].map((n) => ({
        key: `n${n}`,
        values: { until: trx.raw("until * ?", [100]), token: `t${n}` },
      }));
      const guarded = await updateMany(trx, "owners", "name", updates, "until < 3");
      const fenced = updates.map((update) => ({ ...update, fence: { token: "t2" } }));
      return [guarded, await updateMany(trx, "owners", "name", fenced)];
    });

    expect(written).toEqual([2, 1]);
    const rows: unknown = await db
      .knex("owners")
      .whereIn("name", ["n1", "n2", "n3", "n4"])
      .orderBy("name")
      .select("until");
    expect(rows).toEqual([{ until: 100 }, { until: 20_000 }, { until: 3 }, { until: 4 }]);
  });

  it("counters of several processes add up", async () => {
    const db = await store.open();
    const [here, there] = [new CounterStore(db), new CounterStore(db)];

    for (const counters of [here, there, here]) {
      await db.transaction((trx) =>
        counters.add(
          trx,
          new Map([
            ["events", 2],
            ["jobs.done", 0],
          ]),
        ),
      );
    }

    expect(Object.fromEntries(await here.totals())).toEqual({ events: 6 });
  });

  it("the database's clock counts milliseconds of UTC", async () => {
    const db = await store.open();

    const difference = Math.abs((await db.now()) - Date.now());

    expect(difference).toBeLessThan(2_000);
  });

  it("transactions that write the same rows at the same time all get through", async () => {
    const db = await store.open();
    await db.knex("owners").insert([
      { name: "a", token: "", until: 0 },
      { name: "b", token: "", until: 0 },
    ]);

    // In opposite orders, so that MySQL runs into deadlocks.
    await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        db.transaction(async (trx) => {
          const names = index % 2 === 0 ? ["a", "b"] : ["b", "a"];
          for (const name of names) {
            await trx("owners")
              .where({ name })
              .update({ until: trx.raw("until + 1") });
          }
        }),
      ),
    );

    expect(await db.knex("owners").orderBy("name").select("name", "until")).toEqual([
      { name: "a", until: 60 },
      { name: "b", until: 60 },
    ]);
  });
});
