import { expect, it } from "vitest";

import { createProgress, type ProgressOutput } from "../../src/simulate/progress.ts";

function watch(output: Omit<ProgressOutput, "write">) {
  const written: string[] = [];
  let now = 0;
  const progress = createProgress(
    "bookings",
    { ...output, write: (text) => written.push(text) },
    () => now,
  );
  const at = (seconds: number, finished: number, calls: number) => {
    now = seconds * 1000;
    progress.update({ finished, total: 100, calls });
  };
  const advance = (seconds: number) => (now += seconds * 1000);
  return { written, at, advance, progress };
}

it("in a file there is a line every five seconds, with rate and time left", () => {
  const { written, at, progress } = watch({});

  for (let second = 1; second <= 11; second += 1) at(second, second, second * 3);
  progress.end();

  expect(written).toEqual([
    "5 of 100 bookings, 15 calls, 3/s, 95 s left\n",
    "10 of 100 bookings, 30 calls, 3/s, 90 s left\n",
  ]);
});

it("on a terminal a bar is drawn over itself, and is gone at the end", () => {
  const { written, at, progress } = watch({ isTTY: true, columns: 120 });

  at(1, 50, 150);
  at(1.05, 51, 151);
  at(2, 100, 300);
  progress.end();

  expect(written).toEqual([
    `\r[${"#".repeat(12)}${"-".repeat(12)}] 50 of 100 bookings, 150 calls, 150/s, 1 s left\u001b[K`,
    `\r[${"#".repeat(24)}] 100 of 100 bookings, 300 calls, 150/s, 0 s left\u001b[K`,
    "\r\u001b[K",
  ]);
});

it.each([
  [40, 39],
  [0, 79],
])("a bar fits into %i columns", (columns, most) => {
  const { written, at } = watch({ isTTY: true, columns });

  at(1, 1, 100_000_000_000_000);

  const text = written.join("").replace("\r", "").replace("\u001b[K", "");
  expect(text.length).toBe(most);
});

it("work that goes on where it was stopped has the speed of now, and its errors are counted", () => {
  const { written, advance, progress } = watch({});

  advance(10);
  progress.update({ finished: 80, total: 100, before: 70, errors: 2 });

  expect(written).toEqual(["80 of 100 bookings, 2 errors, 1/s, 20 s left\n"]);
});
