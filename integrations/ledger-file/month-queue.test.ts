import { setImmediate as turn } from "node:timers/promises";

import { expect, it } from "vitest";

import { MonthQueue, type Upkeep } from "./month-queue.ts";

/** A month whose writings end when the test says so. `ledger` is what has been begun. */
class StoppedMonth implements Upkeep<readonly string[]> {
  ledger: string[] = [];
  reads = 0;
  readonly written: string[] = [];
  readonly ends: { succeed: () => void; fail: (error: Error) => void }[] = [];

  read = () => {
    this.reads += 1;
    return Promise.resolve([...this.ledger]);
  };

  write = (numbers: readonly string[]) => {
    this.written.push(numbers.join(" "));
    return new Promise<void>((succeed, fail) => {
      this.ends.push({ succeed, fail });
    });
  };

  differences = (one: readonly string[], other: readonly string[]) =>
    [...one, ...other].filter((number) => !one.includes(number) || !other.includes(number));

  /** Ends the writing that is under way, and lets what waits for it happen. */
  async end(error?: Error): Promise<void> {
    const last = this.ends.at(-1);
    if (error) last?.fail(error);
    else last?.succeed();
    for (let turns = 0; turns < 5; turns += 1) await turn();
  }
}

/** Notes who is done, and how. */
class Office {
  readonly queue = new MonthQueue();
  readonly done: string[] = [];
  readonly month: StoppedMonth;

  constructor(month: StoppedMonth) {
    this.month = month;
  }

  /** Begins a document and asks for it to be written. */
  async post(number: string): Promise<void> {
    this.month.ledger.push(number);
    await this.queue.run("2026-03", number, this.month).then(
      () => this.done.push(number),
      (error: unknown) => this.done.push(`${number}: ${(error as Error).message}`),
    );
  }
}

function openOffice() {
  const month = new StoppedMonth();
  return { month, office: new Office(month) };
}

it("who asks while a month is written shares the next writing, and no month is read twice for it", async () => {
  const { month, office } = openOffice();

  const all = [office.post("a")];
  await turn();
  all.push(office.post("b"), office.post("c"));
  await month.end();

  expect(office.done).toEqual(["a"]);
  await month.end();
  await Promise.all(all);
  expect(month.written).toEqual(["a", "a b c"]);
  expect(month.reads).toBe(3);
});

it("a document is not done before what another process has begun meanwhile is written", async () => {
  const { month, office } = openOffice();

  const posted = office.post("a");
  await turn();
  month.ledger.push("of another process");
  await month.end();

  expect(office.done).toEqual([]);
  await month.end();
  await posted;
  expect(month.written).toEqual(["a", "a of another process"]);
});

it("what is no longer to be written is taken out before anything is done", async () => {
  const { month, office } = openOffice();
  month.ledger.push("failed later");

  const posted = office.post("a");
  await turn();
  month.ledger = ["a"];
  await month.end();
  expect(office.done).toEqual([]);
  await month.end();
  await posted;

  expect(month.written).toEqual(["failed later a", "a"]);
});

it("an error is told to those whose writing it was, and the next one is tried all the same", async () => {
  const { month, office } = openOffice();

  const first = office.post("a");
  await turn();
  const next = [office.post("b"), office.post("c")];
  await month.end(new Error("the disk is full"));
  await first;
  expect(office.done).toEqual(["a: the disk is full"]);
  await month.end(new Error("still full"));
  await Promise.all(next);
  const later = office.post("d");
  await turn();
  await month.end();
  await later;

  expect(office.done.slice(1)).toEqual(["b: still full", "c: still full", "d"]);
});

it("months do not wait for each other", async () => {
  const { month, office } = openOffice();
  const other = new StoppedMonth();

  const posted = office.post("a");
  const elsewhere = office.queue.run("2026-04", "b", other);
  await turn();

  expect([month.ends.length, other.ends.length]).toEqual([1, 1]);
  await Promise.all([month.end(), other.end()]);
  await Promise.all([posted, elsewhere]);
});
