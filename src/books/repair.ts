import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import type { JobStore } from "../dispatch/job-store.ts";
import type { PauseStore } from "../dispatch/pause-store.ts";
import { reopenEffects } from "../effects/reopen-effects.ts";
import type { Booking } from "../sdk/booking.ts";
import type { BooksInstance } from "./books-instances.ts";
import { isRepairable } from "./causes.ts";
import { type Beginning, beginningsOf } from "./first-events.ts";
import type { LaneState } from "./lane-state.ts";
import { readLanes, scopeOf } from "./lanes.ts";
import type { BooksRow } from "./row.ts";

/** A booking whose books are to be put right, and what of it. */
export interface Repair extends Pick<Booking, "connection" | "reference"> {
  /** Keys of documents that are gone from the target. */
  gone: readonly string[];
}

export interface RepairParts {
  db: Database;
  jobs: JobStore;
  pauses: PauseStore;
}

/** What became of repairs, in bookings; of documents that are gone, in documents. */
export interface RepairCounts {
  /** Their newest work, or the one that holds up the rest, is back in line. */
  again: number;
  /** The books are told of them for the first time. */
  told: number;
  reopened: number;
  /** Being worked on, or no event is left that the books would hear of. */
  left: number;
}

/** Bookings that are put right in one transaction. */
const BATCH = 100;

/** @returns undefined where doing again puts nothing right. */
export function repairOf({ connection, reference, differences }: BooksRow): Repair | undefined {
  const some = differences.filter(({ cause }) => isRepairable(cause));
  if (some.length === 0) return undefined;
  const gone = some.flatMap(({ cause, documents }) =>
    cause === "missing_in_target" ? documents : [],
  );
  return { connection, reference, gone };
}

/**
 * Puts the work on bookings back in line. Whoever runs it compares anew: what is in the books by then is
 * not posted twice, and what is gone is looked for under its number first.
 */
export async function repairAll(
  parts: RepairParts,
  instance: BooksInstance,
  repairs: readonly Repair[],
  onProgress: (done: number) => void = () => undefined,
): Promise<RepairCounts> {
  const counts: RepairCounts = { again: 0, told: 0, reopened: 0, left: 0 };
  for (let start = 0; start < repairs.length; start += BATCH) {
    const batch = repairs.slice(start, start + BATCH);
    const lanes = await readLanes(parts, instance, batch);
    const untold = batch.filter((one) => !lanes.get(scopeOf(one))?.newest);
    const beginnings = await beginningsOf(parts.db, instance.on, untold);
    const done = await parts.db.transaction((trx) =>
      repairBatch(trx, parts, instance, { batch, lanes, beginnings }),
    );
    for (const name of Object.keys(counts) as (keyof RepairCounts)[]) counts[name] += done[name];
    onProgress(start + batch.length);
  }
  return counts;
}

interface Batch {
  batch: readonly Repair[];
  lanes: ReadonlyMap<string, LaneState>;
  beginnings: ReadonlyMap<string, Beginning>;
}

async function repairBatch(
  trx: Knex.Transaction,
  { db, jobs }: RepairParts,
  { handler }: BooksInstance,
  { batch, lanes, beginnings }: Batch,
): Promise<RepairCounts> {
  let [reopened, inLine] = [0, 0];
  const positions: number[] = [];
  for (const one of batch) {
    const scope = scopeOf(one);
    const job = jobOf(lanes.get(scope));
    // Whoever works on it now has read the ledger already.
    if (job?.state === "leased") continue;
    reopened += await reopenEffects(trx, db, { handler, scope }, one.gone);
    if (job?.state === "ready") inLine += 1;
    else if (job) positions.push(job.position);
  }
  const again = inLine + (await jobs.replayAll(trx, positions));
  const events = [...beginnings.values()].map(({ event }) => event);
  const told = await jobs.tell(trx, handler, events);
  return { again, told, reopened, left: batch.length - again - told };
}

/** What is held up goes first; nothing behind it runs before. */
function jobOf({ blocking, newest }: LaneState = {}) {
  return blocking ?? newest;
}
