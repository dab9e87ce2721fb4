import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { FetchBudget } from "../../src/normalize/fetch-budget.ts";

const signal = new AbortController().signal;

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

it("there is room while fewer calls run than may run at once", async () => {
  const budget = new FetchBudget({ perHour: 3_600, concurrency: 2 });
  let end: (() => void) | undefined;
  const running = budget.run(() => new Promise<void>((resolve) => (end = resolve)), signal);
  await vi.advanceTimersByTimeAsync(1);

  expect(budget.hasRoom).toBe(true);
  void budget.run(() => new Promise(() => undefined), signal);
  expect(budget.hasRoom).toBe(false);
  end?.();
  await running;
  expect(budget.hasRoom).toBe(true);
});

it("a call that fails gives its place back", async () => {
  const budget = new FetchBudget({ perHour: 3_600, concurrency: 1 });

  await expect(budget.run(() => Promise.reject(new Error("away")), signal)).rejects.toThrow("away");

  expect(budget.hasRoom).toBe(true);
});
