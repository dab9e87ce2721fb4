import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Trouble } from "../../src/process/trouble.ts";

beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => vi.useRealTimers());

const away = (statement: string) =>
  Object.assign(new Error(`${statement} - connect ECONNREFUSED`), { code: "ECONNREFUSED" });

it("a fault that comes four times a second is spoken of every 30 seconds", () => {
  const said: unknown[] = [];
  const trouble = new Trouble((error) => said.push(error));

  for (let ms = 0; ms < 120_000; ms += 250) {
    trouble.note(away(ms % 500 === 0 ? "select 1" : "update 2"));
    vi.advanceTimersByTime(250);
  }

  expect(said.length).toBe(4);
});

it("another fault is spoken of at once", () => {
  const said: string[] = [];
  const trouble = new Trouble((error) => said.push((error as Error).message));

  trouble.note(new Error("away"));
  trouble.note(new Error("away"));
  trouble.note(new Error("full"));

  expect(said).toEqual(["away", "full"]);
});
