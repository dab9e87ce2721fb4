import type { Database } from "../db/database.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { HourlyCounts } from "../db/hourly-counts.ts";
import type { PauseStore } from "../dispatch/pause-store.ts";
import { UNKNOWN_NAMES } from "../receive/receive-stats.ts";
import { rejectedOf } from "../receive/rejected-tally.ts";
import { readRefusals } from "./refusals.ts";
import { firstRejectedHour } from "./rejections.ts";
import { firstHourOf } from "./silence.ts";
import { callsOf } from "./watch.ts";
import { type WatchState, waitedMs } from "./watch-state.ts";
import type { ConnectionRhythm, Signs } from "./watchers.ts";

export interface SignParts {
  db: Database;
  facts: FactStore;
  pauses: PauseStore;
  hourly: HourlyCounts;
  connections: readonly { id: string; simulated: boolean }[];
  /** Ids of the configured handlers. */
  handlers: readonly string[];
}

interface StuckRow {
  state: "dead" | "held";
  handler: string;
  connection: string;
  count: number;
  newest: number;
}

/** Reads the numbers of this moment. */
export async function readSigns(parts: SignParts, watch: WatchState): Promise<Signs> {
  const pauses = await parts.pauses.all();
  const paused = new Set(pauses.map(({ handler }) => handler));
  // Why a paused handler is behind is known already; those that are gone are nobody's backlog.
  const busy = parts.handlers.filter((handler) => !paused.has(handler));
  return {
    now: watch.at,
    stuck: await stuckJobs(parts),
    heldMessages: await heldMessages(parts),
    pauses,
    waiting: [...(await waitingMessages(parts, watch)), ...(await waitingWork(parts, busy))],
    rhythms: await rhythms(parts, watch),
    rejections: await rejections(parts, watch.at),
    refusals: await refusals(parts),
  };
}

function isSimulated({ connections }: SignParts, connection: string): boolean {
  return connections.some(({ id, simulated }) => id === connection && simulated);
}

async function stuckJobs(parts: SignParts): Promise<Signs["stuck"]> {
  const { knex } = parts.db;
  const rows: StuckRow[] = await knex("jobs")
    .whereIn("state", ["dead", "held"])
    .groupBy("state", "handler", "connection")
    .select("state", "handler", "connection")
    .select(knex.raw("COUNT(*) AS count"), knex.raw("MAX(position) AS newest"));
  const reasons: { position: number; reason: string | null }[] = await knex("jobs")
    .whereIn(
      "position",
      rows.map(({ newest }) => newest),
    )
    .select("position", "reason");
  const groups = new Map<string, StuckRow & { isSimulated: boolean }>();
  for (const row of rows) {
    const simulated = isSimulated(parts, row.connection);
    const key = JSON.stringify([row.state, row.handler, simulated]);
    const other = groups.get(key);
    const count = row.count + (other?.count ?? 0);
    const newest = Math.max(row.newest, other?.newest ?? 0);
    groups.set(key, { ...row, count, newest, isSimulated: simulated });
  }
  return [...groups.values()].map((group) => ({
    ...group,
    reason: reasons.find(({ position }) => position === group.newest)?.reason ?? null,
  }));
}

async function heldMessages(parts: SignParts): Promise<Signs["heldMessages"]> {
  const { knex } = parts.db;
  const rows: { connection: string; count: number }[] = await knex("deliveries")
    .where({ state: "held" })
    .groupBy("connection")
    .select("connection", knex.raw("COUNT(*) AS count"));
  return rows.map((row) => ({ ...row, isSimulated: isSimulated(parts, row.connection) }));
}

async function waitingMessages(
  { db, connections }: SignParts,
  watch: WatchState,
): Promise<Signs["waiting"]> {
  const waiting = connections.map(async ({ id, simulated }) => {
    const row: unknown = await db
      .knex("deliveries")
      .where({ state: "waiting", connection: id })
      .orderBy("position")
      .first("position");
    const position = (row as { position: number } | undefined)?.position;
    const ms = position === undefined ? 0 : waitedMs(watch, position);
    return { about: id, isSimulated: simulated, waitedMs: ms };
  });
  return Promise.all(waiting);
}

/** By the lanes, which say by the database's clock since when something could have been done. */
async function waitingWork(
  parts: SignParts,
  handlers: readonly string[],
): Promise<Signs["waiting"]> {
  const { knex, dialect } = parts.db;
  const waiting = handlers.map(async (handler) => {
    const lane: unknown = await knex("lanes")
      .where({ handler })
      .where("due_at", "<=", knex.raw(dialect.nowMs))
      .orderBy("due_at")
      .first("scope", knex.raw(`${dialect.nowMs} - due_at AS ms`));
    if (lane === undefined) return { about: handler, isSimulated: false, waitedMs: 0 };
    const { scope, ms } = lane as { scope: string; ms: number };
    const job: unknown = await knex("jobs")
      .where({ handler, scope })
      .whereIn("state", ["ready", "leased"])
      .first("connection");
    const connection = (job as { connection: string } | undefined)?.connection ?? "";
    return { about: handler, isSimulated: isSimulated(parts, connection), waitedMs: ms };
  });
  return Promise.all(waiting);
}

/** Of simulated connections nobody expects a rhythm. */
async function rhythms(
  { hourly, connections }: SignParts,
  { at, since, connections: seen }: WatchState,
): Promise<ConnectionRhythm[]> {
  const real = connections.filter(({ simulated }) => !simulated);
  const all = real.map(async ({ id }): Promise<ConnectionRhythm[]> => {
    const known = seen[id];
    if (!known) return [];
    const { since: knownSince, lastCallAt, lastTickAt } = known;
    const firstHour = firstHourOf(Math.max(lastCallAt ?? knownSince, since));
    const hours = await hourly.byHour(callsOf(id), firstHour);
    return [
      { connection: id, now: at, knownSince, watchedSince: since, lastCallAt, lastTickAt, hours },
    ];
  });
  return (await Promise.all(all)).flat();
}

async function rejections(
  { hourly, connections }: SignParts,
  now: number,
): Promise<Signs["rejections"]> {
  const firstHour = firstRejectedHour(now);
  const known = connections.map(({ id, simulated }) => ({ about: id, isSimulated: simulated }));
  const all = [...known, { about: UNKNOWN_NAMES, isSimulated: false }];
  return Promise.all(
    all.map(async (one) => ({
      ...one,
      hours: await hourly.byHour(rejectedOf(one.about), firstHour),
    })),
  );
}

/** What is left of a connection that is not configured any more is nobody's incident. */
async function refusals({ facts, connections }: SignParts): Promise<Signs["refusals"]> {
  const refused = await readRefusals(facts);
  return connections.flatMap(({ id, simulated }) => {
    const refusal = refused.get(id);
    return refusal ? [{ ...refusal, connection: id, isSimulated: simulated }] : [];
  });
}
