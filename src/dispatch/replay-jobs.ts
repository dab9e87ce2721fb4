import type { Knex } from "knex";

import { updateMany } from "../db/bulk.ts";
import type { CounterStore } from "../db/counter-store.ts";
import { StaleStateError } from "../db/database.ts";
import type { Dialect } from "../db/dialect.ts";
import type { JobState } from "./job-store.ts";

/** Those that are in line or running already need no replay. */
export const REPLAYABLE_JOBS = ["done", "held", "dead", "skipped", "superseded"] as const;

/** These still have their place in the lane, and have not been counted. */
const WITH_PLACE: ReadonlySet<JobState> = new Set(["held", "dead"]);

interface JobPlace {
  position: number;
  handler: string;
  scope: string;
  state: JobState;
}

/**
 * Puts jobs back in line: settled, held and dead ones alike.
 *
 * @param positions A few hundred at most: they share a transaction.
 * @returns how many.
 */
export async function replayJobs(
  trx: Knex.Transaction,
  dialect: Dialect,
  counters: CounterStore,
  positions: readonly number[],
): Promise<number> {
  const jobs: JobPlace[] = await trx("jobs")
    .whereIn("position", [...positions])
    .whereIn("state", [...REPLAYABLE_JOBS])
    .select("position", "handler", "scope", "state");
  const counts = new Map<string, number>();
  for (const state of REPLAYABLE_JOBS) {
    const some = jobs.filter((job) => job.state === state);
    if (some.length === 0) continue;
    await moveToReady(trx, dialect, state, some);
    if (!WITH_PLACE.has(state)) counts.set(`jobs.${state}`, -some.length);
  }
  await fillLanes(trx, dialect, jobs);
  await counters.add(trx, counts);
  return jobs.length;
}

async function moveToReady(
  trx: Knex.Transaction,
  { nowMs }: Dialect,
  state: JobState,
  jobs: readonly JobPlace[],
): Promise<void> {
  const positions = jobs.map(({ position }) => position);
  const now = trx.raw(nowMs);
  const moved = await trx("jobs")
    .whereIn("position", positions)
    // Wrapped, so that SQLite does not walk through all jobs of that state instead.
    .whereRaw("COALESCE(state, '') = ?", [state])
    .update({ state: "ready", reason: null, run_at: now, again_at: now });
  if (moved !== jobs.length) throw new StaleStateError("a job was moved by another process");
}

/** Their lanes are due, with a place more for each job that had none. */
async function fillLanes(
  trx: Knex.Transaction,
  { nowMs }: Dialect,
  jobs: readonly JobPlace[],
): Promise<void> {
  const added = new Map<number, number>();
  for (const handler of new Set(jobs.map((job) => job.handler))) {
    const some = jobs.filter((job) => job.handler === handler);
    const scopes = [...new Set(some.map(({ scope }) => scope))];
    const lanes: { id: number; scope: string }[] = await trx("lanes")
      .where({ handler })
      .whereIn("scope", scopes)
      .select("id", "scope");
    for (const { id, scope } of lanes) {
      const back = some.filter((job) => job.scope === scope && !WITH_PLACE.has(job.state));
      added.set(id, back.length);
    }
  }
  const updates = [...added].map(([key, count]) => ({
    key,
    values: {
      // A running lane is due when it settles; the replayed job has its turn then.
      due_at: trx.raw(`CASE WHEN token IS NULL THEN ${nowMs} ELSE due_at END`),
      waiting: trx.raw("waiting + ?", [count]),
    },
  }));
  await updateMany(trx, "lanes", "id", updates);
}
