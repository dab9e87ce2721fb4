import { join } from "node:path";

import { Database } from "../../src/db/database.ts";
import type { MariaDb } from "../harness/servers.ts";
import type { LoadResult } from "./load.ts";
import { bellhop, type Bench, type Contender, here, startContender } from "./processes.ts";
import { planyoBody } from "./planyo-body.ts";
import { runLoad } from "./run-load.ts";

const CONNECTIONS = 64;
const WARM_UP_SECONDS = 1;

export interface IntakeRow {
  name: string;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Acknowledged requests that are not in the store; anything but 0 fails the bench. */
  missing: number;
}

/** One thing that takes requests: how it is started, and what it has kept in the end. */
export interface IntakeCandidate {
  name: string;
  start(round: number): Promise<Contender>;
  /** Numbers of the requests in its store; undefined when it keeps nothing. */
  kept?(): Promise<Set<number>>;
  /** Called after the load, while it still runs. */
  afterLoad?(round: number): Promise<void>;
}

/** Loads one candidate once and counts what it has kept. */
export async function measureIntake(
  candidate: IntakeCandidate,
  round: number,
  seconds: number,
): Promise<IntakeRow> {
  const contender = await candidate.start(round);
  const plan = { path: contender.path, connections: CONNECTIONS, body: planyoBody() };
  let result: LoadResult;
  try {
    const warmUp = await runLoad(contender.port, { ...plan, seconds: WARM_UP_SECONDS, firstId: 1 });
    const firstId = Math.max(0, ...warmUp.acknowledged) + 1_000_000;
    result = await runLoad(contender.port, { ...plan, seconds, firstId });
    await candidate.afterLoad?.(round);
  } finally {
    await contender.stop();
  }
  const kept = await candidate.kept?.();
  const missing = kept ? result.acknowledged.filter((id) => !kept.has(id)).length : 0;
  const { requestsPerSecond, p50Ms, p99Ms } = result;
  return { name: candidate.name, requestsPerSecond, p50Ms, p99Ms, missing };
}

/** (a): the framework alone. */
export function bareExpress(): IntakeCandidate {
  return {
    name: "(a) bare Express, urlencoded, keeps nothing",
    start: () => startContender(here("servers/bare-express.js"), [], /^port (\d+)/),
  };
}

/** (b): what one would write first. */
export function handWritten(
  name: string,
  locate: (round: number) => Promise<string>,
): IntakeCandidate {
  let store = "";
  return {
    name: `(b) hand-written receiver on ${name}`,
    start: async (round) => {
      store = await locate(round);
      return startContender(here("servers/hand-written.js"), [store], /^port (\d+)/);
    },
    kept: () => numbersIn(store, "SELECT body FROM calls"),
  };
}

/** (c): Bellhop. */
export function bellhopOn(
  name: string,
  bench: Bench,
  role: string,
  locate: (round: number) => Promise<Record<string, string>>,
  more: { config?: string; afterLoad?: (round: number) => Promise<void> } = {},
): IntakeCandidate {
  let env: Record<string, string> = {};
  return {
    name: `(c) Bellhop on ${name}, --role ${role}`,
    start: async (round) => {
      env = await locate(round);
      return bellhop(bench, role, env, more.config);
    },
    kept: () =>
      numbersIn(
        env["DATABASE_URL"] ?? join(env["BELLHOP_DATA"] ?? "", "bellhop.sqlite"),
        "SELECT body FROM deliveries",
      ),
    ...(more.afterLoad && { afterLoad: more.afterLoad }),
  };
}

export function onMariaDb(server: MariaDb): () => Promise<string> {
  return () => server.newDatabase();
}

async function numbersIn(store: string, query: string): Promise<Set<number>> {
  const isUrl = store.startsWith("mysql:");
  const db = await Database.open(isUrl ? { mysqlUrl: store } : { sqliteFile: store });
  const numbers = new Set<number>();
  const answer: unknown = await db.knex.raw(query);
  const rows = (isUrl ? (answer as unknown[])[0] : answer) as { body: Buffer | string }[];
  for (const { body } of rows) {
    const number = /reservation(?:=|":")(\d{10})/.exec(body.toString())?.[1];
    if (number !== undefined) numbers.add(Number(number));
  }
  await db.close();
  return numbers;
}
