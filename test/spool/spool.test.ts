import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, it } from "vitest";

import type { NewDelivery } from "../../src/inbox/inbox-store.ts";
import { newId } from "../../src/process/new-id.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { Spool, SpoolError } from "../../src/spool/spool.ts";
import { temporaryFolder } from "../harness/servers.ts";

const folders: string[] = [];
const opened: Spool[] = [];
afterEach(() => {
  for (const spool of opened.splice(0)) spool.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function dataFolder(): string {
  const folder = temporaryFolder();
  folders.push(folder);
  return folder;
}

/** The spool as a process has it that starts now. */
function start(folder: string, maxBytes = 1024 * 1024): Spool {
  const spool = new Spool(folder, maxBytes, memoryLog());
  opened.push(spool);
  spool.open();
  return spool;
}

function call(name: string, receivedAt = Date.now()): NewDelivery {
  return {
    id: newId(),
    connection: "bikes",
    receivedAt,
    method: "POST",
    query: "a=%E9&b=\u00e9",
    rawHeaders: ["Content-Type", "text/plain"],
    body: Buffer.from(name),
  };
}

const namesIn = (spool: Spool) =>
  spool.toDrain.flatMap((file) =>
    file.first(100, 1_000_000).map(({ delivery }) => delivery.body.toString()),
  );

it("what was kept comes out byte for byte, in the order in which it came", () => {
  const spool = start(dataFolder());
  const calls = [call("b"), call("a"), call("c")];

  spool.append(calls.slice(0, 2));
  spool.append(calls.slice(2));

  const kept = spool.toDrain[0]?.first(100, 1_000_000).map(({ delivery }) => delivery);
  expect(kept).toEqual(calls);
  expect(spool.rows).toBe(3);
});

it("two processes on one data folder hold a file each", () => {
  const folder = dataFolder();
  const [one, other] = [start(folder), start(folder)];

  one.append([call("mine")]);
  other.append([call("yours")]);
  one.takeLeft();

  expect(namesIn(one)).toEqual(["mine"]);
  expect(namesIn(other)).toEqual(["yours"]);
});

it("a process that starts takes what two dead ones left, the oldest first, its own file last", () => {
  const folder = dataFolder();
  const [first, second, third] = [start(folder), start(folder), start(folder)];
  first.append([call("first's", 3_000)]);
  second.append([call("second's", 2_000)]);
  third.append([call("third's", 1_000)]);
  for (const spool of [first, second, third]) spool.close();

  const next = start(folder);
  next.append([call("new")]);

  expect(namesIn(next)).toEqual(["third's", "second's", "first's", "new"]);
  expect(next.waiting).toBe(4);
});

it("a running process takes what another left that died since, and lets go of it when it is empty", () => {
  const folder = dataFolder();
  const [living, dying] = [start(folder), start(folder)];
  dying.append([call("left")]);
  dying.close();

  living.takeLeft();
  const [file] = living.toDrain;
  file?.remove(file.first(100, 1_000_000));
  if (file) living.release(file);

  expect(living.rows).toBe(0);
  const next = start(folder);
  next.append([call("again")]);
  expect(namesIn(next)).toEqual(["again"]);
});

it("a full spool takes nothing, and takes again when there is room", () => {
  const spool = start(dataFolder(), 2_000);
  spool.append([call("x".repeat(1_500))]);

  expect(() => spool.append([call("y".repeat(1_500))])).toThrow(SpoolError);
  expect(spool.rows).toBe(1);

  const [file] = spool.toDrain;
  file?.remove(file.first(100, 1_000_000));
  spool.append([call("z".repeat(1_500))]);
  expect(namesIn(spool)).toEqual(["z".repeat(1_500)]);
  expect(spool.bytes).toBeLessThan(2_000);
});

it("what is counted is counted right again by the process that takes the file over", () => {
  const folder = dataFolder();
  const before = start(folder);
  before.append([call("a"), call("bcd"), call("efghij")]);
  const [file] = before.toDrain;
  file?.remove(file.first(1, 1_000_000));
  const { rows, bytes } = before;
  before.close();

  const after = start(folder);

  expect({ rows: after.rows, bytes: after.bytes }).toEqual({ rows, bytes });
});

it("the disk gets back what a long absence of the database took", () => {
  const folder = dataFolder();
  const spool = start(folder, 100_000_000);
  for (let n = 0; n < 40; n += 1) spool.append([call("x".repeat(100_000))]);
  const [file] = spool.toDrain;
  const before = statSync(join(folder, "spool", "1.sqlite")).size;

  while (file && file.waiting > 0) file.remove(file.first(10, 1_000_000));

  const after = statSync(join(folder, "spool", "1.sqlite")).size;
  const wal = statSync(join(folder, "spool", "1.sqlite-wal")).size;
  expect(before).toBeGreaterThan(3_000_000);
  expect(after + wal).toBeLessThan(100_000);
});

it("a file that is no spool is left alone and another is made", () => {
  const folder = dataFolder();
  mkdirSync(join(folder, "spool"));
  writeFileSync(join(folder, "spool", "1.sqlite"), "no database ".repeat(1_000));

  const spool = start(folder);
  spool.append([call("kept")]);

  expect(namesIn(spool)).toEqual(["kept"]);
});

it("guests' data in the spool are for the owner of the process only", () => {
  const folder = dataFolder();
  start(folder).append([call("Ana Example")]);

  expect(statSync(join(folder, "spool")).mode & 0o077).toBe(0);
  expect(statSync(join(folder, "spool", "1.sqlite")).mode & 0o077).toBe(0);
});
