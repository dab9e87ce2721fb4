import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { API_TOKEN } from "./app.ts";
import { type BellhopProcess, startProcess } from "./bellhop-process.ts";
import { temporaryFolder } from "./servers.ts";

const TOKEN = "echo-token-0123456789abcdef";
const HOOK = `/hooks/echo/${TOKEN}`;

/** An installation of several processes that echoes bookings into a file. */
export interface EchoInstallation {
  start(role: string, mysqlUrl: string): Promise<BellhopProcess>;
  /** Lines that the handler has written, oldest first. */
  lines(): EchoLine[];
  stop(): Promise<void>;
}

export interface EchoLine {
  reference: string;
  version: number;
  key: string;
}

export function echoInstallation(): EchoInstallation {
  const cwd = temporaryFolder();
  const path = join(cwd, "lines.txt");
  writeFileSync(path, "");
  writeFileSync(
    join(cwd, "bellhop.yaml"),
    `connections: { echo: { source: example-echo, tokens: ["${TOKEN}"] } }\n` +
      `integrations: { example-echo: { settings: { path: ${path} } } }\n`,
  );
  const started: BellhopProcess[] = [];
  return {
    async start(role, mysqlUrl) {
      // Each as on a machine of its own: they share the database and nothing else.
      const env = {
        DATABASE_URL: mysqlUrl,
        BELLHOP_DATA: join(cwd, `data${started.length}`),
        BELLHOP_API_TOKEN: API_TOKEN,
        LOG_LEVEL: "silent",
      };
      const bellhop = await startProcess(cwd, env, ["start", "--role", role]);
      started.push(bellhop);
      return bellhop;
    },
    lines: () => readFileSync(path, "utf8").split("\n").filter(Boolean).map(readLine),
    async stop() {
      await Promise.all(started.map((bellhop) => bellhop.kill()));
    },
  };
}

function readLine(line: string): EchoLine {
  const [, reference = "", version = "", key = ""] = /^(\S+) v(\d+) \S+ (.+)$/.exec(line) ?? [];
  return { reference, version: Number(version), key };
}

/** A booking system that calls about several bookings, one call after the other for each. */
export interface EchoCalls {
  /** Number of the last call that was answered 200, by reference. */
  readonly answered: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/**
 * Calls the receivers in turn. What is not answered 200 is called again until it is.
 *
 * @param pauseMs Between two calls about the same booking.
 */
export function startCalling(
  receivers: readonly BellhopProcess[],
  bookings: number,
  pauseMs: number,
): EchoCalls {
  const answered = new Map<string, number>();
  let isOver = false;
  const callers = Array.from({ length: bookings }, async (_, booking) => {
    const reference = `B-${booking}`;
    for (let turn = booking; !isOver; turn += 1) {
      const number = (answered.get(reference) ?? 0) + 1;
      const receiver = receivers[turn % receivers.length];
      if (await isStored(receiver?.url ?? "", reference, number)) answered.set(reference, number);
      await sleep(pauseMs);
    }
  });
  return {
    answered,
    async stop() {
      isOver = true;
      await Promise.all(callers);
    },
  };
}

/** Whether the call was answered 200. Every call about a booking says something new. */
export async function isStored(url: string, reference: string, number: number): Promise<boolean> {
  const body = JSON.stringify({
    event: number === 1 ? "confirmed" : "changed",
    reference,
    status: "confirmed",
    title: `call ${number}`,
  });
  return fetch(url + HOOK, { method: "POST", body }).then(
    ({ status }) => status === 200,
    () => false,
  );
}

/** Resolves when every booking is past the call that was its last when this was asked. */
export async function untilAllGoOn(
  installation: EchoInstallation,
  answered: ReadonlyMap<string, number>,
): Promise<void> {
  const before = [...answered];
  const behind = () => {
    const newest = new Map(installation.lines().map((line) => [line.reference, line.version]));
    return before
      .map(([reference, call]) => ({ reference, call, newest: newest.get(reference) ?? 0 }))
      .filter(({ call, newest }) => newest <= call);
  };
  await expect.poll(behind, { timeout: 30_000, interval: 100 }).toEqual([]);
}

/** Nothing lost, nothing twice, in order: every call that was answered gave its line, once. */
export async function expectKeptPromises(
  db: Database,
  installation: EchoInstallation,
  answered: ReadonlyMap<string, number>,
): Promise<void> {
  await untilNothingWaits(db);
  const lines = installation.lines();
  const keys = lines.map(({ key }) => key);
  const twice = keys.filter((key, index) => keys.indexOf(key) !== index);
  const wrong: unknown[] = [];
  for (const [reference, calls] of answered) {
    const versions = lines.filter((line) => line.reference === reference).map((l) => l.version);
    // The last call may have been stored without its answer.
    const isWhole = versions.length === calls || versions.length === calls + 1;
    const isInOrder = versions.every((version, index) => version === index + 1);
    if (!isWhole || !isInOrder) wrong.push({ reference, calls, versions });
  }
  expect({ twice, wrong }).toEqual({ twice: [], wrong: [] });
}

export async function untilNothingWaits({ knex }: Database, seconds = 60): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    const delivery: unknown = await knex("deliveries")
      .where({ state: "waiting" })
      .first("position");
    const job: unknown = await knex("jobs").whereIn("state", ["ready", "leased"]).first("position");
    if (delivery === undefined && job === undefined) return;
    if (Date.now() > deadline) throw new Error(`something still waits after ${seconds} s`);
    await sleep(100);
  }
}
