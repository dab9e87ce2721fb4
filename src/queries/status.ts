import type { Database } from "../db/database.ts";
import { NEVER } from "../dispatch/job-store.ts";
import type { Pause, PauseStore } from "../dispatch/pause-store.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { Clock } from "../sdk/context.ts";
import type { Mode } from "../settings/config-schema.ts";
import type { Spool } from "../spool/spool.ts";
import { spooledElsewhere } from "../spool/spooled-elsewhere.ts";
import { Counts } from "./counts.ts";
import { openIncidents } from "./incidents.ts";
import { tableBy } from "../db/index-hint.ts";
import { presentInstant } from "./present.ts";

export interface StatusParts {
  db: Database;
  pauses: PauseStore;
  facts: FactStore;
  /** Of this process. */
  spool: Pick<Spool, "rows" | "fileIds"> | undefined;
  clock: Clock;
  handlers: readonly { id: string; mode: Mode }[];
  connections: readonly { id: string; source: string; mode: Mode; simulated: boolean }[];
  mailMode: "rehearsal" | "live";
}

export interface HandlerStatus {
  id: string;
  /** Of its instance. */
  mode: Mode;
  paused: { kind: Pause["kind"]; until: string | null; reason: string } | null;
  ready: number;
  leased: number;
  held: number;
  dead: number;
}

export interface ConnectionStatus {
  id: string;
  source: string;
  mode: Mode;
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
  /** Open ones. */
  incidents: number;
  mailMode: "rehearsal" | "live";
  handlers: HandlerStatus[];
  connections: ConnectionStatus[];
}

/** The whole installation in numbers. Nothing of it counts over history. */
export async function readStatus(parts: StatusParts): Promise<Status> {
  const counts = await Counts.read(parts.db);
  const [pauses, incidents, elsewhere, oldestAt, lastReceivedAt] = await Promise.all([
    parts.pauses.all(),
    openIncidents(parts.db),
    spooledElsewhere(parts.facts, parts.spool?.fileIds ?? []),
    oldestWaiting(parts.db, counts.oldestWaiting),
    Promise.all(parts.connections.map(({ id }) => lastReceived(parts.db, id))),
  ]);
  const ageMs = oldestAt === undefined ? 0 : Math.max(0, parts.clock.now() - oldestAt);
  return {
    ...totals(counts),
    oldestWaitingSeconds: Math.round(ageMs / 1000),
    spool: elsewhere + (parts.spool?.rows ?? 0),
    incidents,
    mailMode: parts.mailMode,
    handlers: parts.handlers.map((handler) => handlerStatus(handler, pauses, counts)),
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
  handler: StatusParts["handlers"][number],
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

function handlerStatus(
  { id, mode }: StatusParts["handlers"][number],
  pauses: readonly Pause[],
  counts: Counts,
): HandlerStatus {
  const pause = pauses.find(({ handler }) => handler === id);
  return {
    id,
    mode,
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
