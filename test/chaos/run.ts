import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { Database } from "../../src/db/database.ts";
import { startMailServer } from "../harness/mails.ts";
import { freePort } from "../harness/servers.ts";
import { Backlog } from "./backlog.ts";
import { BookingSystem } from "./booking-system.ts";
import { type ChaosStore, openChaosStore } from "./chaos-store.ts";
import { FakeClock, findFaketime } from "./clock.ts";
import { gatherEvidence, untilQuiet } from "./evidence.ts";
import { Faults } from "./faults.ts";
import { CONNECTIONS, Load, TOKEN } from "./load.ts";
import type { Options } from "./options.ts";
import { Random } from "./random.ts";
import type { Report } from "./report.ts";
import { Seat } from "./seat.ts";
import { Target } from "./target.ts";
import { isSound, judge } from "./verdict.ts";

const INTEGRATIONS = fileURLToPath(new URL("integrations", import.meta.url));
const ROLES = ["receive", "receive", "work", "work"] as const;
/** How far the clocks of the four processes are apart where each is on a machine of its own. */
const SKEW_SECONDS = [0, 90, 30, 60] as const;
/** Once nothing has got less for so long, it is not going to. */
const STANDSTILL_MS = 150_000;

/** The load holds back while more than this waits, so that the work is done among the faults. */
const MOST_WAITING = 300;

/** What has to be undone at the end, however that comes; last in, first out. */
export type Cleanup = (() => Promise<unknown>)[];

/** One whole run: start, break, wait until it is quiet, judge. */
export async function runChaos(
  options: Options,
  folder: string,
  cleanup: Cleanup,
  progress: (line: string) => void,
): Promise<Report> {
  const { seed } = options;
  progress("starting");
  const store = await openChaosStore(options.store, folder, !options.without.has("disk"));
  cleanup.push(() => store.stop());
  const system = new BookingSystem(new Random(seed, "system"));
  const target = new Target(new Random(seed, "target"));
  const mail = await startMailServer();
  cleanup.push(() => mail.close());
  writeConfig(folder, await system.start(), await target.start());
  cleanup.push(() => Promise.all([system.stop(), target.stop()]));

  const clocks = makeClocks(options, folder);
  const ports = await Promise.all(ROLES.map(() => freePort()));
  const seats = ROLES.map((role, index) => {
    const clock = clocks[index % clocks.length]?.clock;
    const env = { ...store.envOf(index), ...clock?.env, SMTP_URL: mail.url };
    return makeSeat(folder, role, index, ports[index] ?? 0, env);
  });
  cleanup.push(() => Promise.all(seats.map((seat) => seat.stop())));
  await startSeats(seats);

  const receivers = ports.slice(0, 2).map((port) => `http://127.0.0.1:${port}`);
  const load = new Load(receivers, system, new Random(seed, "load"));
  const faults = new Faults({ options, seats, store, target, system, clocks });
  const db = await Database.open(store.location);
  cleanup.push(() => db.close());
  const backlog = new Backlog(db, MOST_WAITING);
  backlog.start();
  const startedAt = Date.now();
  load.start(options.rate, backlog);
  const ticking = setInterval(() => {
    progress(
      `${secondsSince(startedAt)} s, ${faults.kills} kills, ${load.calls.length} calls, ${target.performed.length} effects`,
    );
  }, 2_000);
  await faults.run();
  const faultsEndedAt = Date.now();
  await load.stop();
  clearInterval(ticking);
  await backlog.stop();
  const seconds = secondsSince(startedAt);

  const quietMs = await untilQuiet(db, STANDSTILL_MS, (moving) => {
    progress(`the faults are over, ${moving} deliveries and jobs still move`);
  });
  const findings = judge({
    calls: load.calls,
    evidence: await gatherEvidence(db),
    performed: target.performed,
    mails: mail.mails.map(({ messageId }) => messageId ?? ""),
    deaths: seats.flatMap(({ deaths }) => deaths),
    faultsEndedAt,
    isShort: options.isShort,
  });
  return {
    store: options.store,
    seed,
    seconds,
    secondsToQuiet: quietMs === undefined ? null : Math.round(quietMs / 1000),
    processes: "2 receivers, 2 workers",
    faults: faultCounts(faults, target, seats),
    load: { calls: load.calls.length, ...load.counts },
    findings,
    isSound: isSound(findings),
  };
}

/** One after the other: the first brings the schema up to date. */
async function startSeats(seats: readonly Seat[]): Promise<void> {
  for (const seat of seats) {
    seat.begin();
    await seat.untilReady(30_000);
  }
  // The owners of the connections are found out in the first second.
  await sleep(1_000);
}

function writeConfig(folder: string, apiBaseUrl: string, url: string): void {
  mkdirSync(folder, { recursive: true });
  const [fetched, payload] = CONNECTIONS;
  const source = { source: "chaos-source", tokens: [TOKEN], since: "2020-01-01" };
  const config = {
    mail: { mode: "live", office: "office@example.com" },
    connections: {
      [fetched]: { ...source, settings: { apiBaseUrl } },
      [payload]: source,
    },
    integrations: {
      target: { use: "chaos-target", settings: { url } },
      mail: { use: "chaos-mail" },
    },
    integrationPaths: [INTEGRATIONS],
  };
  // JSON is YAML.
  writeFileSync(join(folder, "bellhop.yaml"), JSON.stringify(config, null, 2));
}

/**
 * On SQLite all processes are on one machine and see one clock; on a server each has its own. The
 * database server's clock is left alone: it is the one that all share.
 */
function makeClocks({ store, without }: Options, folder: string) {
  if (without.has("clock")) return [];
  const library = findFaketime();
  if (library === undefined) {
    if (process.env["CI"] === "true") throw new Error("faketime is missing: install it");
    process.stderr.write("SKIPPED: no clock faults, because Debian's faketime is not installed\n");
    return [];
  }
  const skews = store === "sqlite" ? [0] : SKEW_SECONDS;
  return skews.map((skewSeconds, index) => {
    const clock = new FakeClock(library, join(folder, `clock-${index}`));
    clock.set(skewSeconds);
    return { clock, skewSeconds };
  });
}

function makeSeat(
  folder: string,
  role: "receive" | "work",
  index: number,
  port: number,
  env: ReturnType<ChaosStore["envOf"]>,
): Seat {
  const fixed = { PORT: String(port), MAIL_FROM: "post@example.com" };
  return new Seat({ name: `${role}-${index}`, role, folder, env: { ...env, ...fixed } });
}

function faultCounts(
  { counts }: Faults,
  { mishaps }: Target,
  seats: readonly Seat[],
): Record<string, number> {
  const sum = (list: readonly number[]) => list.reduce((total, number) => total + number, 0);
  const killed = seats.map(({ setup, kills }) => [setup.name, kills] as const);
  return {
    ...Object.fromEntries(counts),
    ...Object.fromEntries(killed),
    "starts that failed": sum(seats.map(({ failedStarts }) => failedStarts)),
    "mishaps at the target": sum([...mishaps.values()]),
  };
}

function secondsSince(startedAt: number): number {
  return Math.round((Date.now() - startedAt) / 1000);
}
