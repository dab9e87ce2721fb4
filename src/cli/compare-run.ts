import { sleep } from "../process/sleep.ts";
import type { Comparison, ComparisonKind, Wanted } from "../reconcile/comparison.ts";
import { countDays } from "../reconcile/days.ts";
import type { LoadedConnection, Registry } from "../registry/registry.ts";
import type { SourceLists } from "../sdk/lists.ts";
import { createProgress, type Progress } from "../simulate/progress.ts";
import type { OpenBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";

const POLL_MS = 300;
/** Who owns a connection looks every second: after so long something keeps it from beginning. */
const BEGINS_WITHIN_MS = 15_000;

export interface Comparable {
  connection: LoadedConnection;
  lists: SourceLists<unknown>;
}

/** A person has stopped it. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

export function unknownConnection(id: string, known: readonly string[]): string {
  return `no connection is called ${id}: known are ${known.join(", ") || "none"}`;
}

/** @throws when there is no such connection, or nothing to compare it with. */
export function comparable({ connections }: Registry, id: string): Comparable {
  const connection = connections.get(id);
  if (!connection) throw new Error(unknownConnection(id, [...connections.keys()]));
  const { integration, settings, config } = connection;
  const lists = integration.source?.lists;
  if (!lists) {
    throw new Error(
      `${id}: ${config.source} has no lists to ask for: what is known of it is what calls tell`,
    );
  }
  if (!lists.isReady(settings)) {
    throw new Error(
      `${id}: its lists need a key of the booking system's API: "bellhop check ${id}" says which`,
    );
  }
  return { connection, lists };
}

/** Today in the source's calendar. */
export function todayOf({ connection, lists }: Comparable, { workshop }: OpenBellhop): string {
  return lists.dayOf(workshop.clock.now(), connection.settings);
}

export interface Asked {
  kind: ComparisonKind;
  wanted: Wanted;
}

/**
 * Asks for a comparison and follows it to its end. A running Bellhop does it; without one this
 * process does. Should it be stopped, whoever runs next goes on where it was.
 *
 * @throws when it failed, or was stopped.
 */
export async function compareToTheEnd(
  shell: Shell,
  bellhop: OpenBellhop,
  { connection }: Comparable,
  { kind, wanted }: Asked,
): Promise<Comparison> {
  const { comparisons, normalizers } = bellhop;
  const { id } = await comparisons.ask(connection.id, kind, wanted);
  const stopped = stopSignal();
  const { isTerminal, columns, writeError } = shell;
  const progress = createProgress("days", { isTTY: isTerminal, columns, write: writeError });
  try {
    await normalizers.start([connection]);
    return await followed(shell, bellhop, id, { progress, signal: stopped.signal });
  } finally {
    progress.end();
    stopped.forget();
    await normalizers.stop();
  }
}

interface Follow {
  progress: Progress;
  signal: AbortSignal;
}

async function followed(
  shell: Shell,
  { comparisons }: OpenBellhop,
  id: string,
  { progress, signal }: Follow,
): Promise<Comparison> {
  const askedAt = performance.now();
  let told: string | null = null;
  for (;;) {
    const comparison = await comparisons.find(id);
    if (!comparison) throw new Error("the comparison is gone from the store: start it again");
    if (comparison.state === "done") return comparison;
    if (comparison.state === "failed") {
      throw new Error(`${comparison.connection}: ${comparison.reason ?? "it failed"}`);
    }
    progress.update(stateOf(comparison));
    const waits = await waitsFor(comparisons, comparison, performance.now() - askedAt);
    if (waits !== null && waits !== told) {
      progress.end();
      shell.writeError(`${comparison.connection}: ${waits}\n`);
    }
    told = waits;
    await sleep(POLL_MS, signal).catch(() => {
      throw new StoppedError(
        "stopped. The same command goes on where this one was; a running Bellhop does so by itself",
      );
    });
  }
}

/** What keeps it from going on, for people. */
async function waitsFor(
  comparisons: OpenBellhop["comparisons"],
  { id, reason, createdAt, updatedAt, connection }: Comparison,
  waitedMs: number,
): Promise<string | null> {
  if (reason !== null) return `waiting, tried again by itself: ${reason}`;
  if (updatedAt > createdAt) return null;
  const [first] = await comparisons.open(connection);
  if (first && first.id !== id) {
    return `one that was asked for before comes first: ${first.kind} ${spanOf(first.wanted)}`;
  }
  if (waitedMs < BEGINS_WITHIN_MS) return null;
  return (
    `nothing has begun yet: the running Bellhop that owns ${connection} is busy with its ` +
    "questions, or was started without the key: restart it after a change of the settings"
  );
}

/** `from 2026-03-14 to 2027-04-18` */
export function spanOf({ days: { from, to } = { from: "", to: "" }, endsFrom }: Wanted): string {
  return endsFrom === undefined ? `from ${from} to ${to}` : `up to ${to}`;
}

function stateOf({ wanted: { days, since }, progress }: Comparison) {
  const { lists, nextDay, there } = progress;
  const ofLists = since === undefined ? 0 : 1;
  const total = days ? countDays(days.from, days.to) : 0;
  const walked = days && nextDay !== undefined ? countDays(days.from, nextDay) - 1 : 0;
  return {
    finished: walked + (lists > 0 ? ofLists : 0),
    total: total + ofLists,
    calls: there,
    callUnit: "bookings",
  };
}

/** Aborted by Ctrl-C, so that what is owned is given back at once. */
export function stopSignal(): { signal: AbortSignal; forget: () => void } {
  const controller = new AbortController();
  const stop = () => {
    controller.abort(new Error("stopped"));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  return {
    signal: controller.signal,
    forget() {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    },
  };
}
