import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import { NEVER } from "../dispatch/job-store.ts";

/** Rows that are looked at, and at most deleted, in one transaction. */
export const BATCH = 200;

/** How far a walk through a table has got. */
export interface Step {
  deleted: number;
  /** Where the next batch begins; undefined when what follows is all too young. */
  next: number | undefined;
}

const DAY_MS = 24 * 60 * 60_000;
const HOUR_MS = 60 * 60_000;

const ENDED_DELIVERIES = ["done", "duplicate", "failed"];
const SETTLED_JOBS = ["done", "skipped", "superseded"];
const OPEN_REPLAYS = ["waiting", "running", "open"];

interface JobRow {
  position: number;
  id: string;
  handler: string;
  scope: string;
  state: string;
  run_at: number;
}

interface LaneRow {
  id: number;
  scope: string;
  fence: number;
}

/**
 * Deletes what is over and old, batch by batch along the order of arrival. Never the states of
 * bookings, events or the ledger: they decide that nothing is done twice. Never what waits, is held
 * or is dead.
 */
export class RetentionStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** UTC milliseconds by the database's clock, so many days ago. */
  async daysAgo(days: number): Promise<number> {
    return (await this.#db.now()) - days * DAY_MS;
  }

  async deliveries(after: number, before: number): Promise<Step> {
    const rows: { position: number; state: string; received_at: number }[] = await this.#db
      .knex("deliveries")
      .where("position", ">", after)
      .orderBy("position")
      .limit(BATCH)
      .select("position", "state", "received_at");
    const old = rows.filter((row) => row.received_at < before);
    const ended = old.filter(({ state }) => ENDED_DELIVERIES.includes(state)).map(positionOf);
    const deleted = await this.#delete("deliveries", ended, (query) =>
      // Wrapped, so that SQLite takes the positions and not the index of the states.
      query.whereRaw("COALESCE(state, '') IN (?, ?, ?)", ENDED_DELIVERIES),
    );
    return { deleted, next: nextOf(rows, old) };
  }

  /** Settled jobs, their attempts, and the lanes that are left without any job. */
  async jobs(after: number, before: number): Promise<Step> {
    const rows: JobRow[] = await this.#db
      .knex("jobs")
      .where("position", ">", after)
      .orderBy("position")
      .limit(BATCH)
      .select("position", "id", "handler", "scope", "state", "run_at");
    const old = rows.filter((row) => row.run_at < before);
    const settled = old.filter(({ state }) => SETTLED_JOBS.includes(state));
    const deleted =
      settled.length === 0
        ? 0
        : await this.#db.transaction((trx) => deleteJobs(trx, settled, before));
    return { deleted, next: nextOf(rows, old) };
  }

  async closedIncidents(after: number, before: number): Promise<Step> {
    const rows: { position: number; opened_at: number }[] = await this.#db
      .knex("incidents")
      .where("position", ">", after)
      .orderBy("position")
      .limit(BATCH)
      .select("position", "opened_at");
    const old = rows.filter((row) => row.opened_at < before);
    const deleted = await this.#delete("incidents", old.map(positionOf), (query) =>
      query.where("closed_at", "<", before),
    );
    return { deleted, next: nextOf(rows, old) };
  }

  async finishedReplays(after: number, before: number): Promise<Step> {
    const rows: { position: number; created_at: number }[] = await this.#db
      .knex("replays")
      .where("position", ">", after)
      .orderBy("position")
      .limit(BATCH)
      .select("position", "created_at");
    const old = rows.filter((row) => row.created_at < before);
    const deleted = await this.#delete("replays", old.map(positionOf), (query) =>
      query.where("updated_at", "<", before).whereNotIn("state", OPEN_REPLAYS),
    );
    return { deleted, next: nextOf(rows, old) };
  }

  /** Closed differences; an open one stays, however old. */
  async differences(after: number, before: number): Promise<Step> {
    const rows: { position: number; found_at: number }[] = await this.#db
      .knex("differences")
      .where("position", ">", after)
      .orderBy("position")
      .limit(BATCH)
      .select("position", "found_at");
    const old = rows.filter((row) => row.found_at < before);
    const deleted = await this.#delete("differences", old.map(positionOf), (query) =>
      query.whereNull("open_key"),
    );
    return { deleted, next: nextOf(rows, old) };
  }

  async comparedDays(after: number, before: number): Promise<Step> {
    const rows: { position: number; updated_at: number }[] = await this.#db
      .knex("compared_days")
      .where("position", ">", after)
      .orderBy("position")
      .limit(BATCH)
      .select("position", "updated_at");
    const old = rows.filter((row) => row.updated_at < before);
    const deleted = await this.#delete("compared_days", old.map(positionOf), (query) => query);
    return { deleted, next: nextOf(rows, old) };
  }

  /** Occurrences that are over, by their moment. @param _after The index finds the oldest. */
  async occurrences(_after: number, before: number): Promise<Step> {
    const rows: { position: number }[] = await this.#db
      .knex("occurrences")
      .where("due_at", "<", before)
      .orderBy("due_at")
      .limit(BATCH)
      .select("position");
    const deleted = await this.#delete("occurrences", rows.map(positionOf), (query) =>
      query.whereRaw("COALESCE(state, '') <> 'planned'"),
    );
    return { deleted, next: rows.length === BATCH && deleted > 0 ? 1 : undefined };
  }

  /** Counts of the oldest hour that is old enough. @param _after The index finds the next hour. */
  async hourlyCounts(_after: number, before: number): Promise<Step> {
    const { knex } = this.#db;
    const row: unknown = await knex("hourly_counts")
      .where("hour", "<", Math.floor(before / HOUR_MS))
      .orderBy("hour")
      .first("hour");
    if (row === undefined) return { deleted: 0, next: undefined };
    const { hour } = row as { hour: number };
    return { deleted: await knex("hourly_counts").where({ hour }).delete(), next: hour };
  }

  /** @param fence Narrows the rows down to those that may still go: they may have changed. */
  async #delete(
    table: string,
    positions: readonly number[],
    fence: (query: Knex.QueryBuilder) => Knex.QueryBuilder,
  ): Promise<number> {
    if (positions.length === 0) return 0;
    return this.#db.transaction(async (trx): Promise<number> => {
      return await fence(trx(table).whereIn("position", [...positions])).delete();
    });
  }
}

async function deleteJobs(
  trx: Knex.Transaction,
  jobs: readonly JobRow[],
  before: number,
): Promise<number> {
  const positions = jobs.map(positionOf);
  await trx("jobs")
    .whereIn("position", positions)
    .whereRaw("COALESCE(state, '') IN (?, ?, ?)", SETTLED_JOBS)
    .where("run_at", "<", before)
    .delete();
  // A person may have replayed one meanwhile: it stays, with what was tried before.
  const kept: { position: number }[] = await trx("jobs")
    .whereIn("position", positions)
    .select("position");
  const stay = new Set(kept.map(positionOf));
  const gone = jobs.filter(({ position }) => !stay.has(position));
  await trx("attempts")
    .whereIn(
      "job_id",
      gone.map(({ id }) => id),
    )
    .delete();
  for (const handler of new Set(gone.map((job) => job.handler))) {
    const scopes = gone.filter((job) => job.handler === handler).map(({ scope }) => scope);
    await deleteEmptyLanes(trx, handler, [...new Set(scopes)]);
  }
  return gone.length;
}

/**
 * A lane goes with its last job. Whoever adds a job to it meanwhile changes `waiting`, whoever leases
 * it the fence; and a lane that is made again has a new id, so that a late worker's token fits none.
 */
async function deleteEmptyLanes(
  trx: Knex.Transaction,
  handler: string,
  scopes: readonly string[],
): Promise<void> {
  const filled: { scope: string }[] = await trx("jobs")
    .where({ handler })
    .whereIn("scope", [...scopes])
    .groupBy("scope")
    .select("scope");
  const stay = new Set(filled.map(({ scope }) => scope));
  const lanes: LaneRow[] = await trx("lanes")
    .where({ handler })
    .whereIn(
      "scope",
      scopes.filter((scope) => !stay.has(scope)),
    )
    .select("id", "scope", "fence");
  for (const { id, fence } of lanes) {
    await trx("lanes").where({ id, fence, waiting: 0, due_at: NEVER }).whereNull("token").delete();
  }
}

function positionOf({ position }: { position: number }): number {
  return position;
}

/** Goes on while there is anything old: one row with a wrong time must not end the walk. */
function nextOf(
  rows: readonly { position: number }[],
  old: readonly unknown[],
): number | undefined {
  return rows.length === BATCH && old.length > 0 ? rows.at(-1)?.position : undefined;
}
