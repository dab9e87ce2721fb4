import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

import { stringify } from "yaml";

import { Database } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { ComparisonStore } from "../../src/reconcile/comparison-store.ts";
import type { SimulatedSystem } from "../../src/sdk/simulator.ts";
import { serveSystems } from "../../src/simulate/system-server.ts";
import { simulator } from "../../integrations/tourcms/simulator/simulator.ts";
import { startProcess } from "./bellhop-process.ts";
import { killedLongAgo } from "./killed-long-ago.ts";
import { knownBookings, truthsOf } from "./known-bookings.ts";
import { startMailServer } from "./mails.ts";
import { residentMiB } from "./resident-memory.ts";

const CONNECTION = "fjord";
const DAY_MS = 86_400_000;
const POLL_MS = 250;

export interface KilledImportOptions {
  /** A working folder of its own. */
  folder: string;
  bookings: number;
  /** How often Bellhop is killed, evenly, in the first half of the way. */
  kills: number;
  /** Spares the time until the killed one counts as gone. */
  isHasty?: boolean;
  onProgress?: (known: number) => void;
}

export interface KilledImport {
  /** Bookings at the source. */
  there: number;
  /** Bookings that are known in the end. */
  known: number;
  /** Those that are known otherwise than the source has them. */
  wrong: number;
  events: number;
  mails: number;
  kills: number;
  seconds: number;
  /** Memory of the process, MiB, a sample a second; the lives between kills one after the other. */
  memoryMiB: readonly (readonly number[])[];
}

/**
 * Imports everything that a simulated TourCMS has into a Bellhop that would mail vouchers, and kills
 * it on the way. What the source would allow an hour is lifted: an import of that size takes days.
 */
export async function importWithKills(options: KilledImportOptions): Promise<KilledImport> {
  const { folder, bookings, kills, isHasty = false, onProgress } = options;
  const system = simulator.create({ seed: 3, now: Date.now(), hourlyLimit: 1_000_000_000 });
  system.populate?.(bookings);
  const apis = await serveSystems([{ system, apiBaseUrl: "http://127.0.0.1:0" }]);
  const mails = await startMailServer();
  writeFileSync(join(folder, "bellhop.yaml"), stringify(configOf(apis.urls[0] ?? "")));
  const db = await openStore(folder);
  const env = {
    BELLHOP_DATA: folder,
    SMTP_URL: mails.url,
    MAIL_FROM: "post@example.com",
    LOG_LEVEL: "fatal",
  };
  const startedAt = performance.now();
  const { id } = await new ComparisonStore(db).ask(CONNECTION, "import", everything());
  const memoryMiB: number[][] = [];
  for (let life = 0; life <= kills; life += 1) {
    const bellhop = await startProcess(folder, env);
    const samples: number[] = [];
    memoryMiB.push(samples);
    const enough = life < kills ? (bookings * (life + 1)) / (kills + 1) / 2 : Infinity;
    for (let polls = 0; !(await isThrough(db, id)) && (await knownIn(db)) < enough; polls += 1) {
      if (polls % 4 === 0) samples.push(residentMiB(bellhop.child.pid ?? 0));
      onProgress?.(await knownIn(db));
      await sleep(POLL_MS);
    }
    await (life < kills ? bellhop.kill() : bellhop.stop());
    if (isHasty) await killedLongAgo(db);
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const result = { ...(await compared(db, system)), mails: mails.mails.length };
  await db.close();
  await mails.close();
  await apis.close();
  return { ...result, kills, seconds, memoryMiB };
}

function configOf(apiBaseUrl: string): object {
  const settings = { ...simulator.settings(apiBaseUrl), hourlyLimit: 1_000_000_000 };
  const token = "import-token-0123456789abcdef";
  return {
    mail: { mode: "live" },
    reconcile: { everyMinutes: 0, importDays: 0 },
    connections: { [CONNECTION]: { source: "tourcms", tokens: [token], settings } },
    integrations: { "voucher-mail": {} },
  };
}

async function openStore(folder: string): Promise<Database> {
  const db = await Database.open({ sqliteFile: join(folder, "bellhop.sqlite") });
  await migrate(db);
  return db;
}

function everything() {
  const dayAt = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  return { days: { from: dayAt(-100), to: dayAt(500) } };
}

async function isThrough(db: Database, id: string): Promise<boolean> {
  const comparison = await new ComparisonStore(db).find(id);
  if (comparison?.state === "failed") throw new Error(comparison.reason ?? "the import failed");
  return comparison?.state === "done";
}

async function knownIn({ knex }: Database): Promise<number> {
  const rows: { id: number }[] = await knex("subjects").max("id as id");
  return rows[0]?.id ?? 0;
}

async function compared(db: Database, system: SimulatedSystem) {
  const known = await knownBookings(db, CONNECTION);
  const truths = truthsOf(system);
  const wrong = [...truths].filter(([reference, truth]) => {
    return !isDeepStrictEqual(known.get(reference), truth);
  });
  const events = await db.knex("events").count("* as count");
  return {
    there: truths.size,
    known: known.size,
    wrong: wrong.length,
    events: Number(events[0]?.["count"]),
  };
}
