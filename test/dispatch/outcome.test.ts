import { describe, expect, it } from "vitest";

import { backoffMs } from "../../src/dispatch/backoff.ts";
import { outcomeOfError, outcomeOfResult } from "../../src/dispatch/outcome.ts";
import { ConfigurationError, PermanentError, RetryableError } from "../../src/sdk/errors.ts";

const giveUpAfterMs = 3 * 24 * 3_600_000;
const young = { attempt: 1, ageMs: 1_000, giveUpAfterMs };
const old = { attempt: 40, ageMs: 4 * 24 * 3_600_000, giveUpAfterMs };

describe("an error says what becomes of the job", () => {
  it("a missing setting holds it", () => {
    expect(outcomeOfError(new ConfigurationError("401"), old)).toEqual({
      state: "held",
      reason: "401",
    });
  });

  it("what will fail again needs a person", () => {
    expect(outcomeOfError(new PermanentError("422"), young)).toEqual({
      state: "dead",
      reason: "422",
    });
  });

  it("what may pass is tried again, at the earliest when the other side asks for it", () => {
    const error = new RetryableError("429", { retryAfterMs: 90_000 });

    expect(outcomeOfError(error, young)).toMatchObject({ state: "ready", delayMs: 90_000 });
  });

  it("what one job alone waits for is looked at again later, until it is too old", () => {
    const error = new RetryableError("a draft", { waitsAloneMs: 3_600_000 });

    expect(outcomeOfError(error, young)).toEqual({
      ...{ state: "ready", reason: "a draft", delayMs: 3_600_000, isAlone: true },
    });
    expect(outcomeOfError(error, old).state).toBe("dead");
  });

  it("what nobody expected is tried again too", () => {
    expect(outcomeOfError(new TypeError("x is undefined"), young).state).toBe("ready");
    expect(outcomeOfError("text", young)).toMatchObject({ state: "ready", reason: "text" });
    expect(outcomeOfError(undefined, young).state).toBe("ready");
  });

  it("after three days it is given up, by age and not by count", () => {
    expect(outcomeOfError(new RetryableError("503"), old)).toEqual({
      state: "dead",
      reason: "gave up after 40 attempts: 503",
    });
    expect(outcomeOfError(new RetryableError("503"), { ...young, attempt: 1_000 }).state).toBe(
      "ready",
    );
  });

  it("an error of another copy of the SDK is understood by its kind", () => {
    expect(outcomeOfError({ kind: "permanent", message: "no" }, young).state).toBe("dead");
  });
});

it("a result says whether something was done", () => {
  expect(outcomeOfResult({ done: "invoice 7" })).toEqual({ state: "done", reason: "invoice 7" });
  expect(outcomeOfResult({ skipped: "free" })).toEqual({ state: "skipped", reason: "free" });
  expect(outcomeOfResult({} as never).state).toBe("dead");
});

it("the first retry comes within 5 s, later ones ever later, none after more than 15 minutes", () => {
  const longest = (attempt: number) => backoffMs(attempt, () => 1);

  expect(longest(1)).toBeLessThanOrEqual(5_000);
  expect(longest(2)).toBe(2 * longest(1));
  expect(longest(50)).toBe(15 * 60_000);
  expect(backoffMs(3, () => 0)).toBeGreaterThan(0);
});
