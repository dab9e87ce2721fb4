import { expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { ConfigurationError, PermanentError, RetryableError } from "../../src/sdk/errors.ts";
import { eventually } from "../harness/eventually.ts";
import { onEachStore } from "../harness/stores.ts";
import { eventOf, openWorkshop } from "../harness/workshop.ts";

onEachStore((store) => {
  it("the jobs of a booking run in the order of its events, other bookings beside them", async () => {
    const seen: string[] = [];
    const shop = openWorkshop(await store.open(), {
      handle: async ({ subject, ordinal }) => {
        await new Promise((resolve) => setTimeout(resolve, subject === "1201" ? 15 : 1));
        seen.push(`${subject}:${ordinal}`);
        return { done: "ok" };
      },
    });
    const events = ["1201", "1202", "1201", "1203", "1201"].map((subject) => eventOf(subject));

    await shop.tell(...events);
    await shop.runUntilIdle();

    const of1201 = events
      .filter(({ subject }) => subject === "1201")
      .map((e) => `1201:${e.ordinal}`);
    expect(seen.filter((entry) => entry.startsWith("1201"))).toEqual(of1201);
    expect(seen.at(-1)).toBe(of1201.at(-1));
    expect(await shop.states()).toEqual(Array.from({ length: 5 }, () => "done ok"));
  });

  it("the same booking number of two connections has two lanes", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, {});

    await shop.tell(eventOf("1201"), { ...eventOf("1201"), connection: "gulf" });

    expect(await db.knex("lanes").count({ n: "*" })).toEqual([{ n: 2 }]);
  });

  it("a job that fails is tried again within 5 s, and later jobs of its booking wait for it", async () => {
    const db = await store.open();
    let tries = 0;
    const shop = openWorkshop(db, {
      handle: () => {
        tries += 1;
        if (tries === 1) throw new RetryableError("the other side is busy");
        return Promise.resolve({ done: `try ${tries}` });
      },
    });

    await shop.tell(eventOf("1201"), eventOf("1201"));
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["ready the other side is busy", "ready"]);
    const delay = (await shop.lanes.nextDueInMs(["shop/handler1"])) ?? Infinity;
    expect(delay).toBeGreaterThan(0);
    expect(delay).toBeLessThanOrEqual(5_000);

    await db.knex("lanes").update({ due_at: 0 });
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["done try 2", "done try 3"]);
    const attempts: unknown = await db.knex("attempts").select("attempt", "outcome", "reason");
    expect(attempts).toEqual(
      expect.arrayContaining([
        { attempt: 1, outcome: "ready", reason: "the other side is busy" },
        { attempt: 2, outcome: "done", reason: "try 2" },
      ]),
    );
  });

  it("the other side's Retry-After is honoured", async () => {
    const shop = openWorkshop(await store.open(), {
      handle: () => Promise.reject(new RetryableError("429", { retryAfterMs: 60_000 })),
    });

    await shop.tell(eventOf("1201"));
    await shop.runUntilIdle();

    expect(await shop.lanes.nextDueInMs(["shop/handler1"])).toBeGreaterThan(55_000);
  });

  it("a job that cannot work blocks only its own booking, until it is replayed or skipped", async () => {
    const db = await store.open();
    let isFixed = false;
    const shop = openWorkshop(db, {
      handle: ({ subject }) => {
        if (subject === "1201" && !isFixed) throw new PermanentError("no such account");
        return Promise.resolve({ done: "ok" });
      },
    });

    await shop.tell(eventOf("1201"), eventOf("1201"), eventOf("1202"));
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["dead no such account", "ready", "done ok"]);

    isFixed = true;
    const dead = await deadJob(db);
    expect(await shop.jobs.replay(dead.id)).toBe(true);
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["done ok", "done ok", "done ok"]);
  });

  it("a skipped job lets its lane go on", async () => {
    const db = await store.open();
    let runs = 0;
    const shop = openWorkshop(db, {
      handle: () => {
        runs += 1;
        if (runs === 1) throw new PermanentError("broken");
        return Promise.resolve({ done: "ok" });
      },
    });
    await shop.tell(eventOf("1201"), eventOf("1201"));
    await shop.runUntilIdle();

    const dead = await deadJob(db);
    expect(await shop.jobs.skip(dead.id, "the office did it by hand")).toBe(true);
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["skipped the office did it by hand", "done ok"]);
    expect(await shop.jobs.skip(dead.id, "again")).toBe(false);
  });

  it("refused credentials hold the job and pause the handler; one try later all follow", async () => {
    const db = await store.open();
    let isRefused = true;
    const tried: string[] = [];
    const shop = openWorkshop(db, {
      handle: ({ subject }) => {
        tried.push(subject);
        if (isRefused) throw new ConfigurationError("401: set a new password");
        return Promise.resolve({ done: "ok" });
      },
      concurrency: 1,
    });
    await shop.tell(eventOf("1201"), eventOf("1202"), eventOf("1203"));
    const worker = shop.newWorker();
    await worker.start();
    await eventually(async () => {
      expect(await shop.pauses.all()).toHaveLength(1);
    });
    await worker.stop(1_000);

    expect(await shop.pauses.all()).toMatchObject([
      { handler: "shop/handler1", kind: "refused", reason: "401: set a new password" },
    ]);
    expect((await shop.states()).filter((state) => state.startsWith("held")).length).toBe(
      tried.length,
    );

    isRefused = false;
    await db.knex("pauses").update({ until: 0 });
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["done ok", "done ok", "done ok"]);
    expect(await shop.pauses.all()).toEqual([]);
  });

  it("a handler paused by a person takes nothing until it is resumed", async () => {
    const shop = openWorkshop(await store.open(), {});
    await shop.pauses.pause("shop/handler1", "person", "year-end closing");
    await shop.tell(eventOf("1201"));

    const worker = shop.newWorker();
    await worker.start();
    await new Promise((resolve) => setTimeout(resolve, 400));
    await worker.stop(1_000);

    expect(await shop.states()).toEqual(["ready"]);
    expect(await shop.pauses.resume("shop/handler1")).toBe(true);
    await shop.runUntilIdle();
    expect(await shop.states()).toEqual(["done ok"]);
  });

  it("of a handler that only wants the latest, the newest job runs and the older are superseded", async () => {
    const seen: number[] = [];
    const shop = openWorkshop(await store.open(), {
      only: "latest",
      handle: ({ ordinal }) => {
        seen.push(ordinal);
        return Promise.resolve({ done: "ok" });
      },
    });
    const events = [eventOf("1201"), eventOf("1201"), eventOf("1201")];

    await shop.tell(...events);
    await shop.runUntilIdle();

    expect(seen).toEqual([events.at(-1)?.ordinal]);
    expect(await shop.states()).toEqual([
      "superseded overtaken by newer",
      "superseded overtaken by newer",
      "done ok",
    ]);
  });

  it("a settling lane waits after its last event, but not for ever", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, { settle: "60s" });
    const dueInMs = async () => (await shop.lanes.nextDueInMs(["shop/handler1"])) ?? Infinity;

    await shop.tell(eventOf("1201"));
    expect(await dueInMs()).toBeGreaterThan(55_000);

    await db
      .knex("lanes")
      .update({ due_at: 1, settling_since: db.knex.raw("settling_since - 30000") });
    await shop.tell(eventOf("1201"));
    expect(await dueInMs()).toBeGreaterThan(55_000);

    await db.knex("lanes").update({ settling_since: db.knex.raw("settling_since - 260000") });
    await shop.tell(eventOf("1201"));
    expect(await dueInMs()).toBeLessThan(15_000);
  });

  it("a handler that returns nonsense, hangs or throws something odd harms only its own job", async () => {
    const shop = openWorkshop(
      await store.open(),
      { handle: () => Promise.resolve(undefined as never) },
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what odd plug-ins do
      { handle: () => Promise.reject("just text") },
      { handle: () => new Promise(() => undefined), timeoutMs: 50 },
      { handle: () => Promise.resolve({ done: "fine" }) },
    );

    await shop.tell(eventOf("1201"));
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual([
      "dead the handler returned neither { done } nor { skipped }",
      "ready just text",
      "ready took longer than 50 ms",
      "done fine",
    ]);
  });

  it("a late worker whose lease is lost writes nothing", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, {});
    await shop.tell(eventOf("1201"));
    const [late] = await shop.lanes.lease("shop/handler1", 1, false);
    await db.knex("lanes").update({ due_at: 0 });
    const [fast] = await shop.lanes.lease("shop/handler1", 1, false);
    if (!late || !fast) throw new Error("nothing leased");
    const ended = { handler: "shop/handler1", startedAt: 1, finishedAt: 2, supersedesOlder: false };

    const lost = await shop.settle.settle([
      { ...ended, job: late, outcome: { state: "dead", reason: "late" } },
    ]);
    await shop.settle.settle([{ ...ended, job: fast, outcome: { state: "done", reason: "fast" } }]);

    expect(lost).toHaveLength(1);
    expect(await shop.states()).toEqual(["done fast"]);
    expect(fast).toMatchObject({ attempt: 2, losses: 1 });
  });

  it("a job put back in line while a later one runs has its turn, even if that one is held", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, {});
    await shop.tell(eventOf("1201"), eventOf("1201"));
    const [early] = await idsOf(db);
    await shop.jobs.skip(early ?? "", "by hand");
    const [later] = await shop.lanes.lease("shop/handler1", 1, false);
    if (!early || !later) throw new Error("nothing leased");

    await shop.jobs.replay(early);
    const moments = { startedAt: 1, finishedAt: 2, supersedesOlder: false };
    const outcome = { state: "held" as const, reason: "refused" };
    await shop.settle.settle([{ ...moments, handler: "shop/handler1", job: later, outcome }]);

    expect(await shop.lanes.lease("shop/handler1", 1, false)).toMatchObject([{ id: early }]);
  });

  it("two processes that lease the same lane: one gets it", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, {});
    await shop.tell(...Array.from({ length: 20 }, (_, n) => eventOf(String(n))));

    const leased = await Promise.all(
      Array.from({ length: 5 }, () => shop.lanes.lease("shop/handler1", 8, false)),
    );

    const ids = leased.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(7);
  });

  it("a job that ended its process ten times is given up", async () => {
    const db = await store.open();
    const shop = openWorkshop(db, {});
    await shop.tell(eventOf("1201"));

    for (let loss = 0; loss < 10; loss += 1) {
      await shop.lanes.lease("shop/handler1", 1, false);
      await db.knex("lanes").update({ due_at: 0 });
    }
    await shop.runUntilIdle();

    expect(await shop.states()).toEqual(["dead ended the process 10 times"]);
  });

  it("stopping lets a running job end and hands nothing to another process twice", async () => {
    const shop = openWorkshop(await store.open(), {
      handle: async () => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        return { done: "ended in time" };
      },
    });
    await shop.tell(eventOf("1201"));
    const worker = shop.newWorker();
    await worker.start();
    await eventually(() => {
      expect(worker.isIdle).toBe(false);
    });

    await worker.stop(5_000);

    expect(await shop.states()).toEqual(["done ended in time"]);
  });
});

async function deadJob(db: Database): Promise<{ id: string }> {
  const row: unknown = await db.knex("jobs").where({ state: "dead" }).first("id");
  return row as { id: string };
}

async function idsOf(db: Database): Promise<string[]> {
  const rows: { id: string }[] = await db.knex("jobs").orderBy("position").select("id");
  return rows.map(({ id }) => id);
}
