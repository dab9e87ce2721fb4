import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Database } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { vendorServer } from "../../src/sdk/testing/vendor-server.ts";
import { killedLongAgo } from "../harness/killed-long-ago.ts";
import { Sheet } from "../harness/mirror-plug-in.ts";
import { residentMiB } from "../harness/resident-memory.ts";
import { ended } from "../harness/servers.ts";
import { installSheet, type SheetInstallation } from "../harness/sheet-installation.ts";
import { addToldBookings, type ToldBooking } from "../harness/told-bookings.ts";
import type { Bench } from "./processes.ts";

export interface SyncSize {
  bookings: number;
  guests: number;
  /** What the target takes; it refuses more. */
  perMinute: number;
  kills: number;
}

export interface SyncRow extends SyncSize {
  /** Bookings that the target has in the end. */
  pushed: number;
  /** Written more than once. */
  twice: number;
  /** Calls that the target refused because there were too many. */
  refused: number;
  seconds: number;
  /** Most memory in the first and in the last third of the last life, MiB. */
  earlyMiB: number;
  lateMiB: number;
}

const OPERATOR: SyncSize = { bookings: 50_000, guests: 20_000, perMinute: 12_000, kills: 2 };
const MINUTE_MS = 60_000;
const PORTION = 2_000;
const POLL_MS = 250;

/** Whether a back-fill of a busy operator's years is complete, and needs no more memory late than early. */
export async function measureSync({ folder }: Bench, size = OPERATOR): Promise<SyncRow> {
  const [sheet, limit] = [new Sheet(), new MinuteLimit(size.perMinute)];
  const target = await vendorServer((request) =>
    limit.allows() ? sheet.answer(request) : { status: 429, body: "" },
  );
  const location = { sqliteFile: join(folder, "sync", "bellhop.sqlite") };
  mkdirSync(join(folder, "sync"), { recursive: true });
  const place = installSheet(location, target.url, size.perMinute);
  const db = await Database.open(location);
  await migrate(db);
  await addBookings(db, size);
  const startedAt = performance.now();
  const lives = await livesOf(place, db, sheet, size);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  await db.close();
  await target.close();
  const last = lives.at(-1) ?? [];
  const third = Math.ceil(last.length / 3);
  return {
    ...size,
    ...{ pushed: sheet.writes.size, twice: sheet.twice.length, refused: limit.refused, seconds },
    earlyMiB: Math.max(...last.slice(0, third)),
    lateMiB: Math.max(...last.slice(-third)),
  };
}

/** Memory, MiB, of the lives of the command between kills, a sample a second. */
async function livesOf(
  place: SheetInstallation,
  db: Database,
  sheet: Sheet,
  { bookings, kills }: SyncSize,
): Promise<number[][]> {
  const lives: number[][] = [];
  for (let life = 0; life <= kills; life += 1) {
    const child = startSync(place);
    const samples: number[] = [];
    lives.push(samples);
    const enough = life < kills ? (bookings * (life + 1)) / (kills + 1) / 2 : Infinity;
    for (let polls = 0; child.exitCode === null && sheet.writes.size < enough; polls += 1) {
      if (polls % 4 === 0) samples.push(residentMiB(child.pid ?? 0));
      await sleep(POLL_MS);
    }
    if (child.exitCode === null) await ended(child, "SIGKILL");
    await killedLongAgo(db);
    process.stderr.write(`sync: ${sheet.writes.size} of ${bookings}\n`);
  }
  return lives;
}

function startSync({ folder, env }: SheetInstallation): ChildProcess {
  const program = `${process.cwd()}/bin/bellhop.js`;
  return spawn(process.execPath, [program, "sync", "sheet", "--since", "2026-01-01"], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: "ignore",
  });
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
    parts: { customer: { name: guest, email: `${guest}@example.com` }, title: "Kayak tour" },
  };
}

/** Counts as vendors do: so many in any minute. */
class MinuteLimit {
  refused = 0;
  readonly #perMinute: number;
  readonly #recent: number[] = [];

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  allows(): boolean {
    const now = performance.now();
    while ((this.#recent[0] ?? now) < now - MINUTE_MS) this.#recent.shift();
    if (this.#recent.length < this.#perMinute) return this.#recent.push(now) > 0;
    this.refused += 1;
    return false;
  }
}
