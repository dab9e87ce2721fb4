import { expect, it } from "vitest";

import { type EffectOwner, EffectStore } from "../../src/effects/effect-store.ts";
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

const rules = (whenUnsure: EffectRules["whenUnsure"] = "ask"): EffectRules => ({
  whenUnsure,
  signal: new AbortController().signal,
});

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
  it("an effect is done once, and its result is remembered", async () => {
    const effects = new EffectStore(await store.open());
    const { keys, steps } = otherSide();

    const first = await performEffect(effects, owner, rules(), "invoice:1", steps);
    const second = await performEffect(effects, owner, rules(), "invoice:1", steps);

    expect(keys).toEqual(["books/issue-invoice|fjord/1201|invoice:1"]);
    expect(second).toEqual(first);
    expect((await effects.entries(owner.handler, [owner.scope])).get(owner.scope)).toEqual([
      { key: "invoice:1", state: "done", externalId: "INV-1", data: { cents: 100 } },
    ]);
  });

  it("the next document of a kind is another effect", async () => {
    const effects = new EffectStore(await store.open());
    const { keys, steps } = otherSide();

    await performEffect(effects, owner, rules(), "invoice:1", steps);
    await performEffect(effects, owner, rules(), "invoice:2", steps);

    expect(keys).toHaveLength(2);
  });

  it("after a crash between call and commit, what the other side has is taken over", async () => {
    const effects = new EffectStore(await store.open());
    await effects.start(owner, "invoice:1");
    const { keys, steps } = otherSide({ externalId: "INV-77" });

    const result = await performEffect(effects, owner, rules(), "invoice:1", steps);

    expect(result).toEqual({ externalId: "INV-77" });
    expect(keys).toEqual([]);
  });

  it("after a crash, what the other side does not have is done", async () => {
    const effects = new EffectStore(await store.open());
    await effects.start(owner, "invoice:1");
    const { keys, steps } = otherSide(undefined);

    await performEffect(effects, owner, rules(), "invoice:1", steps);

    expect(keys).toHaveLength(1);
  });

  it("when nobody can say, a person is asked", async () => {
    const effects = new EffectStore(await store.open());
    await effects.start(owner, "invoice:1");
    const { keys, steps } = otherSide("unknown");

    const unsure = performEffect(effects, owner, rules("ask"), "invoice:1", steps);

    await expect(unsure).rejects.toThrow("may have got through");
    expect(keys).toEqual([]);
  });

  it("when nobody can say and the handler prefers twice to never, it is done again", async () => {
    const effects = new EffectStore(await store.open());
    await effects.start(owner, "voucher:v1");
    const { keys, steps } = otherSide("unknown");

    await performEffect(effects, owner, rules("resend"), "voucher:v1", steps);

    expect(keys).toHaveLength(1);
  });

  it("a refusal is a failure for certain: the next try asks nobody", async () => {
    const effects = new EffectStore(await store.open());
    const refused = breaking(new PermanentError("422: no such tax code"));

    await expect(performEffect(effects, owner, rules(), "invoice:1", refused)).rejects.toThrow();
    const { keys, steps } = otherSide("unknown");
    await performEffect(effects, owner, rules("ask"), "invoice:1", steps);

    expect(keys).toHaveLength(1);
  });

  it("a time-out after sending is of unknown outcome: the next try asks first", async () => {
    const effects = new EffectStore(await store.open());
    const lost = breaking(new RetryableError("timed out", { mayHaveHappened: true }));

    await expect(performEffect(effects, owner, rules(), "invoice:1", lost)).rejects.toThrow();
    const { keys, steps } = otherSide({ externalId: "INV-5" });
    const result = await performEffect(effects, owner, rules(), "invoice:1", steps);

    expect(result.externalId).toBe("INV-5");
    expect(keys).toEqual([]);
  });

  it("nothing is begun once the lease is lost", async () => {
    const effects = new EffectStore(await store.open());
    const aborted: EffectRules = {
      whenUnsure: "ask",
      signal: AbortSignal.abort(new Error("lost")),
    };
    const { keys, steps } = otherSide();

    await expect(performEffect(effects, owner, aborted, "invoice:1", steps)).rejects.toThrow(
      "lost",
    );

    expect(keys).toEqual([]);
    expect((await effects.entries(owner.handler, [owner.scope])).get(owner.scope)).toEqual([]);
  });
});
