import { expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { LaneStore } from "../../src/dispatch/lane-store.ts";
import { Lease } from "../../src/dispatch/lease.ts";
import { type EffectOwner, EffectStore } from "../../src/effects/effect-store.ts";
import type { Fence } from "../../src/effects/fence.ts";
import { type EffectRules, performEffect } from "../../src/effects/perform-effect.ts";
import type { EffectResult, EffectSteps } from "../../src/sdk/context.ts";
import { PermanentError, RetryableError } from "../../src/sdk/errors.ts";
import { onEachStore } from "../harness/stores.ts";

const owner: EffectOwner = {
  handler: "books/issue-invoice",
  scope: "fjord/1201",
  connection: "fjord",
  subject: "1201",
  jobId: "job-1",
  version: 3,
};

/** The ledger, and a lane that somebody holds. */
async function openLedger(db: Database) {
  const effects = new EffectStore(db);
  const lanes = new LaneStore(db);
  const { handler, scope } = owner;
  const lane = { handler, scope, waiting: 1, due_at: 1, token: "token-1" };
  await db.knex("lanes").insert(lane);
  const row: unknown = await db.knex("lanes").first("id");
  const { id: laneId } = row as { id: number };
  const leaseOf = (token: string, askedAtMs = performance.now()) =>
    new Lease(lanes, { laneId, token }, askedAtMs);
  const lease = leaseOf("token-1");
  const rules = (whenUnsure: EffectRules["whenUnsure"] = "ask", by = lease): EffectRules => ({
    whenUnsure,
    fence: by,
    signal: by.signal,
  });
  return {
    effects,
    lease,
    rules,
    /** Another process takes the lane, because ours seems to be dead. */
    takeOver: async () => {
      await db.knex("lanes").update({ token: "token-2" });
      return leaseOf("token-2");
    },
    leaseOf,
    entries: async () => (await effects.entries(handler, [scope])).get(scope),
  };
}

/** The other side: counts how often it was really done. */
function otherSide(found?: EffectResult | "unknown") {
  const keys: string[] = [];
  const steps: EffectSteps = {
    find: () => Promise.resolve(found),
    perform: (key) => {
      keys.push(key);
      return Promise.resolve({ externalId: `INV-${keys.length}`, data: { cents: 100 } });
    },
  };
  return { keys, steps };
}

const breaking = (error: Error): EffectSteps => ({ perform: () => Promise.reject(error) });

onEachStore((store) => {
  it("a try that broke off keeps what it was begun with, also when the next one wants something else", async () => {
    const { effects, rules, entries } = await openLedger(await store.open());
    const lost = breaking(new RetryableError("no answer", { mayHaveHappened: true }));
    const begun = { ...lost, intent: { cents: 100 }, period: "2026-11" };
    await performEffect(effects, owner, rules(), "invoice:1", begun).catch(() => undefined);

    expect(await entries()).toEqual([{ key: "invoice:1", state: "started", data: { cents: 100 } }]);

    const again = { ...lost, intent: { cents: 200 }, find: () => Promise.resolve(undefined) };
    await performEffect(effects, owner, rules(), "invoice:1", again).catch(() => undefined);
    expect(await entries()).toMatchObject([{ state: "started", data: { cents: 100 } }]);

    const whole = { ...again, perform: () => Promise.resolve({ externalId: "INV-1" }) };
    await performEffect(effects, owner, rules(), "invoice:1", whole);
    expect(await entries()).toMatchObject([{ state: "done", data: { cents: 100 } }]);
  });

  it("a try that certainly failed leaves nothing to go by", async () => {
    const { effects, rules, entries } = await openLedger(await store.open());
    const refused = { ...breaking(new PermanentError("closed")), intent: { cents: 100 } };
    await performEffect(effects, owner, rules(), "invoice:1", refused).catch(() => undefined);
    const { steps } = otherSide();

    await performEffect(effects, owner, rules(), "invoice:1", { ...steps, intent: { cents: 200 } });

    expect(await entries()).toMatchObject([{ state: "done", data: { cents: 100 } }]);
  });

  it("effects of a period are read together, in the order in which they were begun", async () => {
    const { effects, rules } = await openLedger(await store.open());
    const { steps } = otherSide();
    for (let n = 1; n <= 3; n += 1) {
      const period = n === 2 ? "2026-10" : "2026-11";
      await performEffect(effects, owner, rules(), `invoice:${n}`, { ...steps, period });
    }

    const found: string[] = [];
    const handlers = ["books/issue-invoice", "books/other"];
    for await (const { key } of effects.inPeriod(handlers, "2026-11")) found.push(key);
    for await (const { key } of effects.inPeriod(["other/handler"], "2026-11")) found.push(key);

    expect(found).toEqual(["invoice:1", "invoice:3"]);
  });

  it("an effect is done once, and its result is remembered", async () => {
    const { effects, rules, entries } = await openLedger(await store.open());
    const { keys, steps } = otherSide();

    const first = await performEffect(effects, owner, rules(), "invoice:1", steps);
    const second = await performEffect(effects, owner, rules(), "invoice:1", steps);

    expect(keys).toEqual(["books/issue-invoice|fjord/1201|invoice:1"]);
    expect(second).toEqual(first);
    expect(await entries()).toEqual([
      { key: "invoice:1", state: "done", externalId: "INV-1", data: { cents: 100 } },
    ]);
  });

  it("the next document of a kind is another effect", async () => {
    const { effects, rules } = await openLedger(await store.open());
    const { keys, steps } = otherSide();

    await performEffect(effects, owner, rules(), "invoice:1", steps);
    await performEffect(effects, owner, rules(), "invoice:2", steps);

    expect(keys).toHaveLength(2);
  });

  it("after a crash between call and commit, what the other side has is taken over", async () => {
    const { effects, lease, rules } = await openLedger(await store.open());
    await effects.start(owner, "invoice:1", lease);
    const { keys, steps } = otherSide({ externalId: "INV-77" });

    const result = await performEffect(effects, owner, rules(), "invoice:1", steps);

    expect(result).toEqual({ externalId: "INV-77" });
    expect(keys).toEqual([]);
  });

  it("after a crash, what the other side does not have is done", async () => {
    const { effects, lease, rules } = await openLedger(await store.open());
    await effects.start(owner, "invoice:1", lease);
    const { keys, steps } = otherSide(undefined);

    await performEffect(effects, owner, rules(), "invoice:1", steps);

    expect(keys).toHaveLength(1);
  });

  it("when nobody can say, a person is asked", async () => {
    const { effects, lease, rules } = await openLedger(await store.open());
    await effects.start(owner, "invoice:1", lease);
    const { keys, steps } = otherSide("unknown");

    const unsure = performEffect(effects, owner, rules("ask"), "invoice:1", steps);

    await expect(unsure).rejects.toThrow("may have got through");
    expect(keys).toEqual([]);
  });

  it("when nobody can say and the handler prefers twice to never, it is done again", async () => {
    const { effects, lease, rules } = await openLedger(await store.open());
    await effects.start(owner, "voucher:v1", lease);
    const { keys, steps } = otherSide("unknown");

    await performEffect(effects, owner, rules("resend"), "voucher:v1", steps);

    expect(keys).toHaveLength(1);
  });

  it("a refusal is a failure for certain: the next try asks nobody", async () => {
    const { effects, rules } = await openLedger(await store.open());
    const refused = breaking(new PermanentError("422: no such tax code"));

    await expect(performEffect(effects, owner, rules(), "invoice:1", refused)).rejects.toThrow();
    const { keys, steps } = otherSide("unknown");
    await performEffect(effects, owner, rules("ask"), "invoice:1", steps);

    expect(keys).toHaveLength(1);
  });

  it("a time-out after sending is of unknown outcome: the next try asks first", async () => {
    const { effects, rules } = await openLedger(await store.open());
    const lost = breaking(new RetryableError("timed out", { mayHaveHappened: true }));

    await expect(performEffect(effects, owner, rules(), "invoice:1", lost)).rejects.toThrow();
    const { keys, steps } = otherSide({ externalId: "INV-5" });
    const result = await performEffect(effects, owner, rules(), "invoice:1", steps);

    expect(result.externalId).toBe("INV-5");
    expect(keys).toEqual([]);
  });

  it("nothing is begun once the lease is lost", async () => {
    const { effects, lease, rules, entries } = await openLedger(await store.open());
    lease.end("another process has the job");
    const { keys, steps } = otherSide();

    const late = performEffect(effects, owner, rules(), "invoice:1", steps);

    await expect(late).rejects.toThrow("another process has the job");
    expect(keys).toEqual([]);
    expect(await entries()).toEqual([]);
  });

  it("a process that does not know yet that another has its lane does nothing outside", async () => {
    const { effects, rules, entries, takeOver } = await openLedger(await store.open());
    await takeOver();
    const { keys, steps } = otherSide();

    const late = performEffect(effects, owner, rules(), "invoice:1", steps);

    await expect(late).rejects.toThrow("another process has the job");
    expect(keys).toEqual([]);
    expect(await entries()).toEqual([]);
  });

  it("a lease that ended while the other side was asked is not acted upon", async () => {
    const { effects, lease, rules } = await openLedger(await store.open());
    await effects.start(owner, "invoice:1", lease);
    const { keys, steps } = otherSide();
    const slow: EffectSteps = {
      ...steps,
      find: () => {
        lease.end("the lease could not be renewed in time");
        return Promise.resolve(undefined);
      },
    };

    const late = performEffect(effects, owner, rules(), "invoice:1", slow);

    await expect(late).rejects.toThrow("could not be renewed in time");
    expect(keys).toEqual([]);
  });

  it("a process that stood still since it asked the database does not act", async () => {
    const { effects, leaseOf, rules } = await openLedger(await store.open());
    const lease = leaseOf("token-1");
    const fence: Fence = {
      token: lease.token,
      hold: (trx) => lease.hold(trx),
      renewed: () => undefined,
      remainingMs: () => lease.remainingMs() - 20_000,
    };
    const { keys, steps } = otherSide();
    const standing: EffectRules = { ...rules(), fence };

    const late = performEffect(effects, owner, standing, "invoice:1", steps);

    await expect(late).rejects.toThrow("the lease is over");
    expect(keys).toEqual([]);
  });

  it("beginning an effect prolongs the lease", async () => {
    const db = await store.open();
    const { effects, rules } = await openLedger(db);
    const { steps } = otherSide();

    await performEffect(effects, owner, rules(), "invoice:1", steps);

    const row: unknown = await db.knex("lanes").first("due_at");
    expect((row as { due_at: number }).due_at).toBeGreaterThan((await db.now()) + 5_000);
  });

  it("a call that outlives the lease is given up, and noted when it ends after all", async () => {
    const { effects, lease, rules, entries } = await openLedger(await store.open());
    let answer: (result: EffectResult) => void = () => undefined;
    const hanging: EffectSteps = {
      perform: () => new Promise((resolve) => (answer = resolve)),
    };

    const given = performEffect(effects, owner, rules(), "invoice:1", hanging);
    await expect.poll(entries).toEqual([{ key: "invoice:1", state: "started" }]);
    lease.end("the lease could not be renewed in time");
    await expect(given).rejects.toThrow("could not be renewed");
    answer({ externalId: "INV-9" });

    await expect.poll(entries).toEqual([{ key: "invoice:1", state: "done", externalId: "INV-9" }]);
  });

  it("how a late try ended does not cover what its successor has begun", async () => {
    const { effects, lease, takeOver, entries } = await openLedger(await store.open());
    await effects.start(owner, "invoice:1", lease);
    const successor = await takeOver();
    await effects.start(owner, "invoice:1", successor);

    await effects.fail(owner, "invoice:1", lease, "late");
    await effects.finish(owner, "invoice:1", lease, { externalId: "LATE" });
    const afterLate = await entries();
    await effects.finish(owner, "invoice:1", successor, { externalId: "INV-1" });

    expect(afterLate).toEqual([{ key: "invoice:1", state: "started" }]);
    expect(await entries()).toEqual([{ key: "invoice:1", state: "done", externalId: "INV-1" }]);
  });
});
