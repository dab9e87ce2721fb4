import { expect, it } from "vitest";

import { GroupCommit } from "../../src/inbox/group-commit.ts";

interface Row {
  name: string;
  bytes: number;
}

function groups(options: { fail?: (rows: readonly Row[]) => Error | undefined } = {}) {
  const written: string[][] = [];
  const settled: string[] = [];
  const commit = new GroupCommit<Row>({
    write: async (rows) => {
      await new Promise((resolve) => setImmediate(resolve));
      const error = options.fail?.(rows);
      if (error) throw error;
      written.push(rows.map(({ name }) => name));
    },
    isUnavailable: (error) => (error as Error).message === "away",
    bytesOf: ({ bytes }) => bytes,
    onFault: (error) => {
      throw error;
    },
  });
  const add = (name: string, bytes = 1) => {
    commit.add({ name, bytes }, (error) =>
      settled.push(error === undefined ? name : `${name}: ${(error as Error).message}`),
    );
  };
  return { written, settled, commit, add };
}

it("rows of one turn share a commit, those that come meanwhile share the next", async () => {
  const { written, settled, commit, add } = groups();

  add("a");
  add("b");
  await new Promise((resolve) => setImmediate(resolve));
  add("c");
  add("d");
  await commit.drained();

  expect(written).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
  expect(settled).toEqual(["a", "b", "c", "d"]);
});

it("a group ends at 256 rows", async () => {
  const { written, commit, add } = groups();

  for (let n = 0; n < 600; n += 1) add(String(n));
  await commit.drained();

  expect(written.map((group) => group.length)).toEqual([256, 256, 88]);
});

it("a group ends at one mebibyte, but a row that is larger alone goes through", async () => {
  const { written, commit, add } = groups();

  add("small", 100_000);
  add("large", 1_000_000);
  add("huge", 5_000_000);
  add("last", 10);
  await commit.drained();

  expect(written).toEqual([["small"], ["large"], ["huge"], ["last"]]);
});

it("one row that the store refuses does not take the others down", async () => {
  const { written, settled, commit, add } = groups({
    fail: (rows) => (rows.some(({ name }) => name === "bad") ? new Error("refused") : undefined),
  });

  for (const name of ["a", "bad", "b"]) add(name);
  await commit.drained();

  expect(written).toEqual([["a"], ["b"]]);
  expect(settled).toEqual(["a", "bad: refused", "b"]);
});

it("a store that is away fails the group at once, row by row trying would only take time", async () => {
  let tries = 0;
  const { settled, commit, add } = groups({
    fail: () => {
      tries += 1;
      return new Error("away");
    },
  });

  for (const name of ["a", "b"]) add(name);
  await commit.drained();

  expect(tries).toBe(1);
  expect(settled).toEqual(["a: away", "b: away"]);
});

it("a caller that fails while it is told does not keep the others from being told", async () => {
  const faults: unknown[] = [];
  const told: string[] = [];
  const commit = new GroupCommit<Row>({
    write: () => Promise.resolve(),
    isUnavailable: () => false,
    bytesOf: () => 1,
    onFault: (error) => faults.push(error),
  });
  const fault = new Error("the socket is gone");

  commit.add({ name: "a", bytes: 1 }, () => {
    throw fault;
  });
  commit.add({ name: "b", bytes: 1 }, () => told.push("b"));
  await commit.drained();

  expect(told).toEqual(["b"]);
  expect(faults).toEqual([fault]);
});
