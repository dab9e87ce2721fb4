import type { Knex } from "knex";
import { newId } from "../process/new-id.ts";

import { insertMany } from "../db/bulk.ts";
import type { CounterStore } from "../db/counter-store.ts";
import type { Database } from "../db/database.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import type { HandlerTable, WantedJob } from "./handler-table.ts";
import { replayJobs } from "./replay-jobs.ts";

export type JobState = "ready" | "leased" | "done" | "held" | "dead" | "skipped" | "superseded";

/** States in which a job still holds a place in its lane. */
export const UNSETTLED: readonly JobState[] = ["ready", "leased", "held", "dead"];

/** Far ahead: an idle or blocked lane is never due. A number, so that the index stays in use. */
export const NEVER = Date.UTC(9999, 0, 1);

/** How often the settling time of a lane may start anew. */
const MAX_SETTLINGS = 5;

/** One event for one handler, and its place in the handler's lane. */
export class JobStore {
  readonly #db: Database;
  readonly #handlers: HandlerTable;
  readonly #counters: CounterStore;

  constructor(db: Database, handlers: HandlerTable, counters: CounterStore) {
    this.#db = db;
    this.#handlers = handlers;
    this.#counters = counters;
  }

  /**
   * Adds the jobs that events ask for, in the transaction that stores the events.
   *
   * @returns how many.
   */
  async enqueue(trx: Knex.Transaction, events: readonly AnyEvent[]): Promise<number> {
    return this.#insert(trx, this.#wantedBy(events));
  }

  /**
   * Tells one handler of events that it has never heard of, such as one that is younger than they are.
   *
   * @returns how many; those that it does not ask for are passed over.
   */
  async tell(trx: Knex.Transaction, handler: string, events: readonly AnyEvent[]): Promise<number> {
    return this.#insert(
      trx,
      this.#wantedBy(events).filter(({ job }) => job.handler === handler),
    );
  }

  /**
   * Has handlers look at bookings once more, in the caller's transaction: what there is a job for is run
   * again, and so is what holds up its lane; for the rest jobs are made, whatever the handlers ask for.
   */
  async renew(trx: Knex.Transaction, wanted: readonly WantedByEvent[]): Promise<void> {
    const known = await jobsOf(trx, wanted);
    await this.replayAll(trx, [...known.values(), ...(await blockingJobs(trx, wanted))]);
    await this.#insert(
      trx,
      wanted.filter((one) => !known.has(jobKey(one))),
    );
  }

  #wantedBy(events: readonly AnyEvent[]): WantedByEvent[] {
    return events.flatMap((event) => this.#handlers.jobsFor(event).map((job) => ({ event, job })));
  }

  async #insert(trx: Knex.Transaction, wanted: readonly WantedByEvent[]): Promise<number> {
    if (wanted.length === 0) return 0;
    const now = trx.raw(this.#db.dialect.nowMs);
    const rows = wanted.map(({ event, job: { handler, scope, settleMs } }) => ({
      id: newId(),
      event_id: event.id,
      handler,
      scope,
      connection: event.connection,
      subject: event.subject,
      state: "ready",
      run_at: trx.raw(`${this.#db.dialect.nowMs} + ?`, [settleMs]),
      created_at: now,
    }));
    await insertMany(trx, "jobs", rows);
    await this.#fillLanes(
      trx,
      wanted.map(({ job }) => job),
    );
    return rows.length;
  }

  async #fillLanes(trx: Knex.Transaction, jobs: readonly WantedJob[]): Promise<void> {
    const { nowMs, inserted } = this.#db.dialect;
    const lanes = new Map<string, { job: WantedJob; count: number }>();
    for (const job of jobs) {
      const key = JSON.stringify([job.handler, job.scope]);
      lanes.set(key, { job, count: (lanes.get(key)?.count ?? 0) + 1 });
    }
    // In the order of the key, so that two processes cannot wait for each other's rows.
    const rows = [...lanes.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { job, count }]) => ({
        handler: job.handler,
        scope: job.scope,
        due_at: trx.raw(`${nowMs} + ?`, [job.settleMs]),
        waiting: count,
        settling_since: job.settleMs > 0 ? trx.raw(nowMs) : 0,
      }));
    // MySQL assigns from left to right and reads what it has just assigned: `waiting` comes last.
    const extended = `settling_since + ${MAX_SETTLINGS} * (${inserted("due_at")} - ${nowMs})`;
    await trx("lanes")
      .insert(rows)
      .onConflict(["handler", "scope"])
      .merge({
        due_at: trx.raw(
          `CASE WHEN lanes.waiting = 0 THEN ${inserted("due_at")}
           WHEN lanes.settling_since = 0 THEN lanes.due_at
           WHEN ${inserted("due_at")} < lanes.${extended} THEN ${inserted("due_at")}
           ELSE lanes.${extended} END`,
        ),
        settling_since: trx.raw(
          `CASE WHEN lanes.waiting = 0 THEN ${inserted("settling_since")}
           ELSE lanes.settling_since END`,
        ),
        waiting: trx.raw(`lanes.waiting + ${inserted("waiting")}`),
      });
  }

  /**
   * Runs a job again, from the start. Settled, held and dead ones alike; what it did outside stays
   * in the ledger, so it is not done twice.
   *
   * @returns false when there is no such job or it is running.
   */
  async replay(id: string): Promise<boolean> {
    return this.#db.transaction(async (trx) => {
      const job = await findJob(trx, id);
      if (!job || job.state === "leased" || job.state === "ready") return job?.state === "ready";
      return (await this.replayAll(trx, [job.position])) === 1;
    });
  }

  /**
   * The same for many, in the caller's transaction.
   *
   * @returns how many; those that are in line or running are passed over.
   */
  replayAll(trx: Knex.Transaction, positions: readonly number[]): Promise<number> {
    return replayJobs(trx, this.#db.dialect, this.#counters, positions);
  }

  /**
   * Settles a job without running it, so that its lane goes on.
   *
   * @returns false when there is no such job, it is running, or it is settled already.
   */
  async skip(id: string, reason: string): Promise<boolean> {
    return this.#db.transaction(async (trx) => {
      const job = await findJob(trx, id);
      if (!job || job.state === "leased" || !UNSETTLED.includes(job.state)) return false;
      if (!(await this.#move(trx, job, "skipped", reason))) return false;
      await this.#counters.add(trx, new Map([["jobs.skipped", 1]]));
      await trx("lanes")
        .where({ handler: job.handler, scope: job.scope })
        .update({
          due_at: trx.raw(
            `CASE WHEN token IS NOT NULL THEN due_at
             WHEN waiting > 1 THEN ${this.#db.dialect.nowMs} ELSE ${NEVER} END`,
          ),
          waiting: trx.raw("waiting - 1"),
        });
      return true;
    });
  }

  /** Of each of the handlers that have held jobs, why one of them is held. */
  async heldReasons(handlers: readonly string[]): Promise<Map<string, string>> {
    const reasons = new Map<string, string>();
    for (const handler of handlers) {
      const row: unknown = await this.#db
        .knex("jobs")
        .where({ state: "held", handler })
        .first("reason");
      if (row) reasons.set(handler, (row as { reason: string | null }).reason ?? "held");
    }
    return reasons;
  }

  /** Puts held jobs of a handler back in line: all, or only the oldest to try the settings. */
  async releaseHeld(handler: string, which: "all" | "oldest"): Promise<number> {
    const held = this.#db.knex("jobs").where({ state: "held", handler }).orderBy("position");
    const rows: { id: string }[] = await (which === "all" ? held : held.limit(1)).select("id");
    for (const { id } of rows) await this.replay(id);
    return rows.length;
  }

  async #move(
    trx: Knex.Transaction,
    { position, state }: JobPlace,
    to: JobState,
    reason: string | null,
  ): Promise<boolean> {
    const now = trx.raw(this.#db.dialect.nowMs);
    const moved = await trx("jobs")
      .where({ position, state })
      .update({ state: to, reason, run_at: now });
    return moved === 1;
  }
}

/** A job for an event. */
export interface WantedByEvent {
  event: AnyEvent;
  job: WantedJob;
}

function jobKey({ event, job }: { event: { id: string }; job: { handler: string } }): string {
  return `${event.id} ${job.handler}`;
}

/** Positions of the jobs that there are already, by their key. */
async function jobsOf(
  trx: Knex.Transaction,
  wanted: readonly WantedByEvent[],
): Promise<ReadonlyMap<string, number>> {
  const rows: { position: number; eventId: string; handler: string }[] = await trx("jobs")
    .whereIn(
      "event_id",
      wanted.map(({ event }) => event.id),
    )
    .whereIn("handler", [...new Set(wanted.map(({ job }) => job.handler))])
    .select("position", "event_id as eventId", "handler");
  return new Map(
    rows.map(({ position, eventId, handler }) => [
      jobKey({ event: { id: eventId }, job: { handler } }),
      position,
    ]),
  );
}

/** Positions of jobs that let nobody past in the lanes. */
async function blockingJobs(
  trx: Knex.Transaction,
  wanted: readonly WantedByEvent[],
): Promise<number[]> {
  const rows: { position: number }[] = await trx("jobs")
    .whereIn("handler", [...new Set(wanted.map(({ job }) => job.handler))])
    .whereIn("scope", [...new Set(wanted.map(({ job }) => job.scope))])
    .whereIn("state", ["held", "dead"])
    .select("position");
  return rows.map(({ position }) => position);
}

interface JobPlace {
  position: number;
  handler: string;
  scope: string;
  state: JobState;
}

async function findJob(trx: Knex.Transaction, id: string): Promise<JobPlace | undefined> {
  const row: unknown = await trx("jobs")
    .where({ id })
    .first("position", "handler", "scope", "state");
  return row as JobPlace | undefined;
}
