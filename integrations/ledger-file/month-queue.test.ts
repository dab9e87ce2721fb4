import { setImmediate as turn } from "node:timers/promises";

import { expect, it } from "vitest";

import { MonthQueue } from "./month-queue.ts";

/** Work whose runs end when the test says so. */
function stoppedWork() {
  const ends: { succeed: () => void; fail: (error: Error) => void }[] = [];
  const work = () =>
    new Promise<void>((succeed, fail) => {
      ends.push({ succeed, fail });
    });
  return { ends, work };
}

it("whoever asks while a run is under way shares the next one, which begins after that", async () => {
  const queue = new MonthQueue();
  const { ends, work } = stoppedWork();
  const done: string[] = [];
  const ask = async (who: string) => {
    await queue.run("2026-03", work);
    done.push(who);
  };

  const all = [ask("first"), ask("second"), ask("third"), ask("fourth")];
  await turn();
  expect(ends.length).toBe(1);
  ends[0]?.succeed();
  await turn();

  expect(done).toEqual(["first"]);
  expect(ends.length).toBe(2);
  ends[1]?.succeed();
  await Promise.all(all);
  expect(done).toEqual(["first", "second", "third", "fourth"]);
  expect(ends.length).toBe(2);
});

it("an error is told to those whose run it was, and the next run is tried all the same", async () => {
  const queue = new MonthQueue();
  const { ends, work } = stoppedWork();

  const first = queue.run("2026-03", work);
  const next = [queue.run("2026-03", work), queue.run("2026-03", work)];
  ends[0]?.fail(new Error("the disk is full"));
  await expect(first).rejects.toThrow("the disk is full");
  await turn();
  ends[1]?.fail(new Error("still full"));
  const ended = await Promise.allSettled(next);
  const later = queue.run("2026-03", work);
  ends[2]?.succeed();
  await later;

  expect(ended.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

it("months do not wait for each other", async () => {
  const queue = new MonthQueue();
  const { ends, work } = stoppedWork();

  const both = [queue.run("2026-03", work), queue.run("2026-04", work)];

  expect(ends.length).toBe(2);
  for (const { succeed } of ends) succeed();
  await Promise.all(both);
});
