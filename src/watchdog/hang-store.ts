import { Database, type DatabaseLocation } from "../db/database.ts";
import type { NotedJob } from "./shared-jobs.ts";

/** Somebody else's lock is waited for no longer than this. */
const PATIENCE_MS = 1_000;

/**
 * Counts a hang against the lane of the job that caused it, over a connection of its own. The lease
 * may be somebody else's by now, so not the token but the job itself says whether it still counts.
 */
export async function recordHang(location: DatabaseLocation, job: NotedJob): Promise<void> {
  const db = await Database.open(location);
  await db.knex.raw(db.dialect.patience(PATIENCE_MS));
  await countHang(db, job);
  await db.close();
}

export async function countHang({ knex }: Database, job: NotedJob): Promise<void> {
  const unsettled = knex("jobs").where({ id: job.jobId }).whereIn("state", ["leased", "ready"]);
  await knex("lanes")
    .where({ id: job.laneId })
    .whereExists(unsettled.select("id"))
    .update({ hangs: knex.raw("hangs + 1") });
}
