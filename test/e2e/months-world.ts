import { setTimeout as sleep } from "node:timers/promises";

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
import { endWaits, type PassingTime, startPassingTime } from "../harness/passing-time.ts";

const TOKEN = "month-token-0123456789abcdef";
const POLL_MS = 20;

/** Each with the limit that the real system has. */
const SOURCES: Readonly<Record<string, { simulator: Simulator; hourlyLimit: number }>> = {
  planyo: { simulator: planyo, hourlyLimit: 500 },
  tourcms: { simulator: tourcms, hourlyLimit: 3_000 },
};

export interface PlayedSource {
  id: string;
  system: SimulatedSystem;
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
}

export async function startMonth({ seed, before, lagMs = 0 }: WorldOptions): Promise<MonthsWorld> {
  const time = startPassingTime();
  const sources = Object.entries(SOURCES).map(([id, { simulator, hourlyLimit }]): PlayedSource => {
    const clock = () => Date.now();
    const system = simulator.create({ seed, now: Date.now(), clock, hourlyLimit, lagMs });
    system.populate?.(before);
    return { id, system, before: new Set(truthsOf(system).keys()) };
  });
  const apis = await serveSystems(
    sources.map(({ id, system }) => ({ system, apiBaseUrl: `http://127.0.0.1:0/${id}` })),
  );
  const mails = await startMailServer();
  const app = await startApp({
    config: configOf(new Map(sources.map(({ id }, index) => [id, apis.urls[index] ?? ""]))),
    env: { MAIL_FROM: "post@example.com", SMTP_URL: mails.url },
  });
  const settle = () => untilQuiet(app);
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

/** No schedule: the test says when to compare. Mails are sent, so the connections are not simulated. */
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
    mail: { mode: "live" },
    reconcile: { everyMinutes: 0, importDays: 800 },
    connections: Object.fromEntries(connections) as object,
    integrations: { "voucher-mail": {} },
  };
}

async function untilQuiet({ db }: App): Promise<void> {
  const { knex } = db;
  // In this order: what one has led to is there once it is done.
  const isOpen = async () =>
    (await knex("comparisons").where({ state: "open" }).first("position")) !== undefined ||
    (await knex("deliveries").where({ state: "waiting" }).first("position")) !== undefined ||
    (await knex("jobs").whereIn("state", ["ready", "leased"]).first("position")) !== undefined;
  while (await isOpen()) {
    await endWaits(db);
    await sleep(POLL_MS);
  }
}
