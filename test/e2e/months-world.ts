import { setTimeout as sleep } from "node:timers/promises";

import type { Knex } from "knex";

import type { Database } from "../../src/db/database.ts";
import { httpClient } from "../../src/http/http-client.ts";
import type { Wanted } from "../../src/reconcile/comparison.ts";
import { ComparisonStore } from "../../src/reconcile/comparison-store.ts";
import type { SimulatedSystem, Simulator } from "../../src/sdk/simulator.ts";
import { play } from "../../src/simulate/player.ts";
import type { PlannedCall } from "../../src/simulate/playlist.ts";
import { serveSystems } from "../../src/simulate/system-server.ts";
import { simulator as planyo } from "../../integrations/planyo/simulator/simulator.ts";
import { simulator as tourcms } from "../../integrations/tourcms/simulator/simulator.ts";
import { type App, startApp } from "../harness/app.ts";
import { truthsOf } from "../harness/known-bookings.ts";
import { type MailServer, startMailServer } from "../harness/mails.ts";
import { passWaits, type PassingTime, startPassingTime } from "../harness/passing-time.ts";

const TOKEN = "month-token-0123456789abcdef";
const POLL_MS = 20;
/** So long nothing is done only where something is waited for. */
const STANDSTILL_MS = 200;
const WAIT_MS = 5 * 60_000;

/** Each with the limit that the real system has. */
const SOURCES: Readonly<Record<string, { simulator: Simulator; hourlyLimit: number }>> = {
  planyo: { simulator: planyo, hourlyLimit: 500 },
  tourcms: { simulator: tourcms, hourlyLimit: 3_000 },
};

export interface PlayedSource {
  id: string;
  system: SimulatedSystem;
  /** Calls to its API in an hour. */
  hourlyLimit: number;
  /** Bookings that were there before Bellhop was. */
  before: ReadonlySet<string>;
}

/** Bellhop between two simulated booking systems and a mail server, on a clock that can be put on. */
export interface MonthsWorld {
  readonly app: App;
  readonly mails: MailServer;
  readonly time: PassingTime;
  readonly sources: readonly PlayedSource[];
  play(calls: Iterable<PlannedCall>): Promise<void>;
  compare(wanted: Wanted): Promise<void>;
  /** Until nothing is left to read, to compare or to do. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  seed: number;
  /** Bookings of each source that were there before. */
  before: number;
  lagMs?: number;
  /** Compares by itself so often; by default only when asked. */
  everyMinutes?: number;
  /** So much time passes at once where the work waits. */
  waitMs?: number;
}

export async function startMonth(options: WorldOptions): Promise<MonthsWorld> {
  const { seed, before, lagMs = 0, everyMinutes = 0, waitMs = WAIT_MS } = options;
  const time = startPassingTime();
  const sources = Object.entries(SOURCES).map(([id, { simulator, hourlyLimit }]): PlayedSource => {
    const clock = () => Date.now();
    const system = simulator.create({ seed, now: Date.now(), clock, hourlyLimit, lagMs });
    system.populate?.(before);
    return { id, system, hourlyLimit, before: new Set(truthsOf(system).keys()) };
  });
  const apis = await serveSystems(
    sources.map(({ id, system }) => ({ system, apiBaseUrl: `http://127.0.0.1:0/${id}` })),
  );
  const mails = await startMailServer();
  const app = await startApp({
    config: {
      ...configOf(new Map(sources.map(({ id }, index) => [id, apis.urls[index] ?? ""]))),
      reconcile: { everyMinutes, importDays: 800 },
    },
    env: { MAIL_FROM: "post@example.com", SMTP_URL: mails.url },
  });
  const settle = () => untilQuiet(app, time, waitMs);
  return {
    app,
    mails,
    time,
    sources,
    settle,
    async play(calls) {
      await play(calls, {
        http: httpClient,
        urlOf: (connection) => `${app.url}/hooks/${connection}/${TOKEN}`,
        pace: { connections: 8 },
        keepsOrder: true,
        signal: new AbortController().signal,
      });
      await settle();
    },
    async compare(wanted) {
      const comparisons = new ComparisonStore(app.db);
      for (const { id } of sources) await comparisons.ask(id, "reconcile", wanted);
      await settle();
    },
    async stop() {
      await app.stop();
      await mails.close();
      await apis.close();
      time.stop();
    },
  };
}

/** Mails are sent, so the connections are not simulated. */
function configOf(urls: ReadonlyMap<string, string>): object {
  const connections = Object.entries(SOURCES).map(([id, { simulator, hourlyLimit }]) => [
    id,
    {
      source: id,
      tokens: [TOKEN],
      settings: { ...simulator.settings(urls.get(id) ?? ""), hourlyLimit },
    },
  ]);
  return {
    // A whole night's finds come within a minute here, and nobody is there to resume the brake.
    mail: { mode: "live", brake: { perHour: 100_000 } },
    connections: Object.fromEntries(connections) as object,
    integrations: { "voucher-mail": {} },
  };
}

/** Where the work waits for a later look, or for what the source allows an hour, time passes at once. */
async function untilQuiet({ db }: App, time: PassingTime, waitMs: number): Promise<void> {
  let [left, leftSince] = ["", performance.now()];
  for (;;) {
    const { reading, jobs } = await openWork(db);
    if (reading === undefined && jobs === 0) return;
    if (reading !== left) [left, leftSince] = [reading ?? "", performance.now()];
    // A job under way takes its real time: a jump would be a lost lease to its worker.
    if (jobs === 0 && performance.now() - leftSince > STANDSTILL_MS) {
      time.pass(waitMs);
      await passWaits(db, waitMs);
      leftSince = performance.now();
    }
    await sleep(POLL_MS);
  }
}

/** @returns how far what is left to read is, undefined when nothing is, and how many jobs are left. */
async function openWork({ knex }: Database): Promise<{ reading?: string; jobs: number }> {
  // In this order: what one has led to is there once it is done.
  const comparison: unknown = await knex("comparisons").where({ state: "open" }).first("progress");
  const waiting = await rowsIn(knex("deliveries").where({ state: "waiting" }));
  const jobs = await rowsIn(knex("jobs").whereIn("state", ["ready", "leased"]));
  if (comparison === undefined && waiting === 0) return { jobs };
  return { reading: JSON.stringify([comparison, waiting]), jobs };
}

async function rowsIn(rows: Knex.QueryBuilder): Promise<number> {
  const [counted]: { rows?: number }[] = await rows.count({ rows: "*" });
  return counted?.rows ?? 0;
}
