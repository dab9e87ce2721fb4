import type { Database } from "../db/database.ts";
import { NEVER } from "../dispatch/job-store.ts";
import type { Pause, PauseStore } from "../dispatch/pause-store.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { Clock } from "../sdk/context.ts";
import type { Spool } from "../spool/spool.ts";
import { spooledElsewhere } from "../spool/spooled-elsewhere.ts";
import { Counts } from "./counts.ts";
import { tableBy } from "./index-hint.ts";
import { presentInstant } from "./present.ts";

export interface StatusParts {
  db: Database;
  pauses: PauseStore;
  facts: FactStore;
  /** Of this process. */
  spool: Pick<Spool, "rows" | "fileIds"> | undefined;
  clock: Clock;
  /** Ids of the configured handlers. */
  handlers: readonly string[];
  connections: readonly { id: string; source: string; simulated: boolean }[];
  mailMode: "rehearsal" | "live";
}

export interface HandlerStatus {
  id: string;
  paused: { kind: Pause["kind"]; until: string | null; reason: string } | null;
  ready: number;
  leased: number;
  held: number;
  dead: number;
}

export interface ConnectionStatus {
  id: string;
  source: string;
  simulated: boolean;
  waiting: number;
  held: number;
  lastReceivedAt: string | null;
}

export interface Status {
  accepted: number;
  waiting: number;
  held: number;
  failed: number;
  events: number;
  jobs: Record<"ready" | "leased" | "done" | "held" | "dead" | "skipped" | "superseded", number>;
  oldestWaitingSeconds: number;
  spool: number;
  mailMode: "rehearsal" | "live";
  handlers: HandlerStatus[];
  connections: ConnectionStatus[];
}

/** The whole installation in numbers. Nothing of it counts over history. */
export async function readStatus(parts: StatusParts): Promise<Status> {
  const counts = await Counts.read(parts.db);
  const [pauses, elsewhere, oldestAt, lastReceivedAt] = await Promise.all([
    parts.pauses.all(),
    spooledElsewhere(parts.facts, parts.spool?.fileIds ?? []),
    oldestWaiting(parts.db, counts.oldestWaiting),
    Promise.all(parts.connections.map(({ id }) => lastReceived(parts.db, id))),
  ]);
  const ageMs = oldestAt === undefined ? 0 : Math.max(0, parts.clock.now() - oldestAt);
  return {
    ...totals(counts),
    oldestWaitingSeconds: Math.round(ageMs / 1000),
    spool: elsewhere + (parts.spool?.rows ?? 0),
    mailMode: parts.mailMode,
    handlers: parts.handlers.map((id) => handlerStatus(id, pauses, counts)),
    connections: parts.connections.map((connection, index) => ({
      ...connection,
      waiting: counts.of("delivery", "waiting", connection.id),
      held: counts.of("delivery", "held", connection.id),
      lastReceivedAt: lastReceivedAt[index] ?? null,
    })),
  };
}

/** One handler; the same as it stands in the status of all. */
export async function readHandlerStatus(
  { db, pauses }: Pick<StatusParts, "db" | "pauses">,
  handler: string,
): Promise<HandlerStatus> {
  return handlerStatus(handler, await pauses.all(), await Counts.read(db));
}

function totals(counts: Counts) {
  const waiting = counts.of("delivery", "waiting");
  const held = counts.of("delivery", "held");
  const failed = counts.of("counter", "deliveries.failed");
  const ended =
    counts.of("counter", "deliveries.done") + counts.of("counter", "deliveries.duplicate") + failed;
  return {
    accepted: ended + waiting + held,
    waiting,
    held,
    failed,
    events: counts.of("counter", "events"),
    jobs: {
      ready: counts.of("job", "ready"),
      leased: counts.of("job", "leased"),
      done: counts.of("counter", "jobs.done"),
      held: counts.of("job", "held"),
      dead: counts.of("job", "dead"),
      skipped: counts.of("counter", "jobs.skipped"),
      superseded: counts.of("counter", "jobs.superseded"),
    },
  };
}

function handlerStatus(id: string, pauses: readonly Pause[], counts: Counts): HandlerStatus {
  const pause = pauses.find(({ handler }) => handler === id);
  return {
    id,
    paused: pause
      ? {
          kind: pause.kind,
          until: pause.until >= NEVER ? null : presentInstant(pause.until),
          reason: pause.reason,
        }
      : null,
    ready: counts.of("job", "ready", id),
    leased: counts.of("job", "leased", id),
    held: counts.of("job", "held", id),
    dead: counts.of("job", "dead", id),
  };
}

/** UTC milliseconds at which the oldest of these came. */
async function oldestWaiting(
  db: Database,
  positions: readonly number[],
): Promise<number | undefined> {
  const rows: { receivedAt: number }[] = await db
    .knex("deliveries")
    .whereIn("position", [...positions])
    .select("received_at as receivedAt");
  const times = rows.map(({ receivedAt }) => receivedAt);
  return times.length === 0 ? undefined : Math.min(...times);
}

async function lastReceived(db: Database, connection: string): Promise<string | undefined> {
  const row: unknown = await db.knex
    .from(tableBy(db, "deliveries", "deliveries_connection"))
    .where({ connection })
    .orderBy("position", "desc")
    .first("received_at as receivedAt");
  if (row === undefined) return undefined;
  return presentInstant((row as { receivedAt: number }).receivedAt);
}
