import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { stringify } from "yaml";

import {
  API_KEY,
  FakeMailchimp,
  LIST,
} from "../../integrations/mailchimp/testing/fake-mailchimp.ts";
import { Database } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import type { SimulatedAnswer, SimulatedRequest } from "../../src/sdk/simulator.ts";
import { vendorServer } from "../../src/sdk/testing/vendor-server.ts";
import { killedLongAgo } from "../harness/killed-long-ago.ts";
import { residentMiB } from "../harness/resident-memory.ts";
import { ended } from "../harness/servers.ts";
import { addToldBookings, type ToldBooking } from "../harness/told-bookings.ts";
import type { Bench } from "./processes.ts";

export interface SyncSize {
  bookings: number;
  guests: number;
  kills: number;
}

export interface SyncRow extends SyncSize {
  /** Guests that the list has in the end. */
  members: number;
  /** Writes beyond the first of each guest: those that a kill cut off before they were noted. */
  again: number;
  /** Calls that the target refused because there were too many at once. */
  refused: number;
  seconds: number;
  /** Most memory in the first and in the last third of the last life, MiB. */
  earlyMiB: number;
  lateMiB: number;
}

const OPERATOR: SyncSize = { bookings: 50_000, guests: 20_000, kills: 2 };
const PORTION = 2_000;
const POLL_MS = 250;
/** Mailchimp's, for each account. */
const MOST_AT_ONCE = 10;
const LATENCY_MS = 10;

/**
 * Whether a back-fill of a busy operator's years is complete, each guest once, and needs no more memory
 * late than early. The target is Mailchimp as far as it is used, with its limit of ten calls at once.
 */
export async function measureSync({ folder }: Bench, size = OPERATOR): Promise<SyncRow> {
  const list = new ListUnderLimit();
  const target = await vendorServer((request) => list.answer(request));
  const data = join(folder, "sync");
  mkdirSync(data, { recursive: true });
  const env = install(data, target.url);
  const db = await Database.open({ sqliteFile: join(data, "bellhop.sqlite") });
  await migrate(db);
  await addBookings(db, size);
  const startedAt = performance.now();
  const lives = await livesOf(env, db, list, size);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  await db.close();
  await target.close();
  const last = lives.at(-1) ?? [];
  const third = Math.ceil(last.length / 3);
  return {
    ...{ ...size, members: list.members, again: list.again, refused: list.refused, seconds },
    earlyMiB: Math.max(...last.slice(0, third)),
    lateMiB: Math.max(...last.slice(-third)),
  };
}

/** @returns variables that make a command use the installation. */
function install(data: string, url: string): NodeJS.ProcessEnv {
  const file = join(data, "bellhop.yaml");
  const settings = { apiKey: API_KEY, listId: LIST, apiBaseUrl: url, consentItem: "news" };
  const config = {
    connections: { bikes: { source: "example-echo", tokens: ["sync-token-0123456789abcdef"] } },
    integrations: { crm: { use: "mailchimp", settings } },
  };
  writeFileSync(file, stringify(config));
  return { ...process.env, BELLHOP_CONFIG: file, BELLHOP_DATA: data, LOG_LEVEL: "silent" };
}

/** Memory, MiB, of the lives of the command between kills, a sample a second. */
async function livesOf(
  env: NodeJS.ProcessEnv,
  db: Database,
  list: ListUnderLimit,
  { guests, kills }: SyncSize,
): Promise<number[][]> {
  const lives: number[][] = [];
  for (let life = 0; life <= kills; life += 1) {
    const child = startSync(env);
    const samples: number[] = [];
    lives.push(samples);
    const enough = life < kills ? (guests * (life + 1)) / (kills + 1) / 2 : Infinity;
    for (let polls = 0; child.exitCode === null && list.members < enough; polls += 1) {
      if (polls % 4 === 0) samples.push(residentMiB(child.pid ?? 0));
      await sleep(POLL_MS);
    }
    if (child.exitCode === null) await ended(child, "SIGKILL");
    await killedLongAgo(db);
    process.stderr.write(`sync: ${list.members} of ${guests}\n`);
  }
  return lives;
}

function startSync(env: NodeJS.ProcessEnv): ChildProcess {
  const program = `${process.cwd()}/bin/bellhop.js`;
  const args = [program, "sync", "crm", "--since", "2026-01-01"];
  return spawn(process.execPath, args, { cwd: env["BELLHOP_DATA"], env, stdio: "ignore" });
}

/** As they would be after a while: two events each, and the guest by name. */
async function addBookings(db: Database, { bookings, guests }: SyncSize): Promise<void> {
  for (let start = 0; start < bookings; start += PORTION) {
    const count = Math.min(PORTION, bookings - start);
    await addToldBookings(
      db,
      "bikes",
      Array.from({ length: count }, (_, index) => toldBooking(start + index, guests)),
    );
  }
}

function toldBooking(number: number, guests: number): ToldBooking {
  const guest = `guest${number % guests}`;
  return {
    reference: `R-${number}`,
    version: 2,
    events: ["booking.confirmed", "booking.modified"],
    parts: {
      ...{ title: "Kayak tour", custom: { news: "yes" }, madeAt: "2026-02-01T10:00:00Z" },
      customer: { name: `Anna ${guest}`, email: `${guest}@example.com` },
    },
  };
}

/** Answers after a while, as over the internet, and refuses calls beyond ten at once. */
class ListUnderLimit {
  refused = 0;
  readonly #fake = new FakeMailchimp();
  readonly #writes = new Map<string, number>();
  #open = 0;

  get members(): number {
    return this.#fake.members.size;
  }

  get again(): number {
    return [...this.#writes.values()].reduce((sum, count) => sum + count - 1, 0);
  }

  async answer(request: SimulatedRequest): Promise<SimulatedAnswer> {
    if (this.#open >= MOST_AT_ONCE) {
      this.refused += 1;
      return { status: 429, body: "" };
    }
    this.#open += 1;
    await sleep(LATENCY_MS);
    this.#open -= 1;
    const { method, url } = request;
    if (method === "PUT") this.#writes.set(url, (this.#writes.get(url) ?? 0) + 1);
    // Of so many calls nobody looks back at any.
    this.#fake.exchanges.length = 0;
    return this.#fake.answer(request);
  }
}
