import { rmSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Database } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { temporaryFolder } from "../harness/servers.ts";

const HOUR = 3_600_000;
const NEVER = Date.UTC(9999, 0, 1);

const trueNow = Date.now;
let offsetMs: number;
let folder: string;
let one: Database;
let other: Database;

beforeEach(async () => {
  folder = temporaryFolder();
  one = await open();
  await migrate(one);
  other = await open();
  // Only what the clock on the wall says; elapsed time and timers stay true.
  offsetMs = 0;
  vi.spyOn(Date, "now").mockImplementation(() => trueNow() + offsetMs);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all([one.close(), other.close()]);
  rmSync(folder, { recursive: true, force: true });
});

function open(): Promise<Database> {
  return Database.open({ sqliteFile: join(folder, "bellhop.sqlite") });
}

/** The machine's clock is set, and the store has noticed. */
async function setClock(byMs: number): Promise<void> {
  offsetMs += byMs;
  await vi.waitFor(
    async () => {
      expect(Math.abs((await one.now()) - Date.now())).toBeLessThan(2_000);
    },
    { timeout: 10_000 },
  );
}

async function addLane(dueInMs: number): Promise<void> {
  await one.knex("lanes").insert([
    { handler: "books/post", scope: "B1", due_at: (await one.now()) + dueInMs, waiting: 1 },
    { handler: "books/post", scope: "B2", due_at: NEVER, waiting: 0 },
  ]);
}

async function dueInMs(): Promise<number> {
  const row: unknown = await other.knex("lanes").where({ scope: "B1" }).first("due_at as dueAt");
  return (row as { dueAt: number }).dueAt - (await other.now());
}

it.each([
  ["put back", -HOUR],
  ["put forward", HOUR],
])("a lease lasts as long as before when the clock is %s an hour", async (_, byMs) => {
  await addLane(10_000);

  await setClock(byMs);

  expect(await dueInMs()).toBeGreaterThan(-60_000);
  expect(await dueInMs()).toBeLessThan(10_001);
  expect(await other.knex("lanes").where({ scope: "B2" }).first("due_at")).toEqual({
    due_at: NEVER,
  });
});

it("an owner's term and a delivery's wait end in time when the clock is put back an hour", async () => {
  const until = (await one.now()) + 5_000;
  await one.knex("owners").insert({ name: "normalize:bikes", token: "t", until });
  await one.knex("deliveries").insert({
    ...{ id: "d1", connection: "bikes", received_at: 0, method: "GET", due_at: until },
    ...{ query: Buffer.alloc(0), headers: Buffer.from("[]"), body: Buffer.alloc(0) },
  });

  await setClock(-HOUR);

  const owner: unknown = await one.knex("owners").first("until as at");
  const delivery: unknown = await one.knex("deliveries").first("due_at as at");
  for (const row of [owner, delivery]) {
    expect((row as { at: number }).at - (await one.now())).toBeLessThan(5_001);
  }
});

it("the store's time follows the clock, and all processes agree on it", async () => {
  await setClock(HOUR);

  expect(Math.abs((await other.now()) - (await one.now()))).toBeLessThan(100);
});

it("waits go on over a restart of the machine", async () => {
  await addLane(10_000);
  await one.knex("clock").update({ boot: "the start before", base: 0 });

  await other.close();
  other = await open();

  expect(Math.abs((await other.now()) - Date.now())).toBeLessThan(2_000);
  // However long the test itself takes on a busy machine: not pushed on.
  expect(await dueInMs()).toBeLessThan(10_001);
  expect(await dueInMs()).toBeGreaterThan(-60_000);
});
