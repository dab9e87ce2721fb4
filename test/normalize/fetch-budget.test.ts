import { setMaxListeners } from "node:events";

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { FetchBudget } from "../../src/normalize/fetch-budget.ts";

const signal = new AbortController().signal;
setMaxListeners(0, signal); // many calls in line, each of which may be stopped

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance", "setTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** How many calls have started after so much time. */
async function startedAfter(budget: FetchBudget, calls: number, ms: number): Promise<number> {
  let started = 0;
  for (let call = 0; call < calls; call += 1) {
    void budget.run(() => {
      started += 1;
      return Promise.resolve();
    }, signal);
  }
  for (let passed = 0; passed < ms; passed += 1_000) await vi.advanceTimersByTimeAsync(1_000);
  return started;
}

it("in any hour no more calls start than the source allows", async () => {
  const budget = new FetchBudget({ perHour: 300, concurrency: 4 });

  const started = await startedAfter(budget, 1_000, 3_600_000);

  expect(started).toBeLessThanOrEqual(300);
  expect(started).toBeGreaterThan(250);
});

it("a third of the hour may start at once, for a busy minute", async () => {
  const budget = new FetchBudget({ perHour: 300, concurrency: 4 });

  expect(await startedAfter(budget, 1_000, 1_000)).toBeGreaterThanOrEqual(100);
});

it("calls are spaced where the source asks for it", async () => {
  const budget = new FetchBudget({ perHour: 3_600, concurrency: 1, spacingMs: 1_000 });

  expect(await startedAfter(budget, 100, 10_000)).toBeLessThanOrEqual(11);
});

it("what the source says is left counts more than what we think", async () => {
  const budget = new FetchBudget({ perHour: 3_600, concurrency: 4 });
  budget.noteRemaining(2);

  expect(await startedAfter(budget, 100, 1_000)).toBeLessThanOrEqual(4);
});

it("no more calls run at once than the source allows", async () => {
  const budget = new FetchBudget({ perHour: 3_600, concurrency: 2 });
  const ends: (() => void)[] = [];
  const runs = [1, 2, 3].map(() =>
    budget.run(() => new Promise<void>((resolve) => ends.push(resolve)), signal),
  );
  await vi.advanceTimersByTimeAsync(1);

  expect(ends).toHaveLength(2);
  ends[0]?.();
  await runs[0];
  await vi.advanceTimersByTimeAsync(1);
  expect(ends).toHaveLength(3);
});

it("a call that fails gives its place to the next", async () => {
  const budget = new FetchBudget({ perHour: 3_600, concurrency: 1 });
  const failing = budget.run(() => Promise.reject(new Error("away")), signal);
  const next = budget.run(() => Promise.resolve("here"), signal);

  await expect(failing).rejects.toThrow("away");

  expect(await next).toBe("here");
});

it("who waits for a place when all is stopped goes home", async () => {
  const budget = new FetchBudget({ perHour: 3_600, concurrency: 1 });
  const stopping = new AbortController();
  void budget.run(() => new Promise(() => undefined), signal);
  const waiting = budget.run(() => Promise.resolve(), stopping.signal);

  stopping.abort(new Error("stopping"));

  await expect(waiting).rejects.toThrow("stopping");
});
