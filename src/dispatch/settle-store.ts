import type { Knex } from "knex";

import { insertMany, updateMany } from "../db/bulk.ts";
import type { CounterStore } from "../db/counter-store.ts";
import type { Database } from "../db/database.ts";
import { NEVER } from "./job-store.ts";
import type { LeasedJob } from "./lane-store.ts";
import type { JobOutcome } from "./outcome.ts";

/** A job that has run, and how that went. */
export interface RunJob {
  job: LeasedJob;
  handler: string;
  outcome: JobOutcome;
  /** UTC milliseconds. */
  startedAt: number;
  finishedAt: number;
  /** Older jobs of the lane are settled with it: the newest spoke for all. */
  supersedesOlder: boolean;
}

const REASON_LENGTH = 1000;
const SETTLED: ReadonlySet<JobOutcome["state"]> = new Set(["done", "skipped"]);

/** Rolls a settlement back: a lane of it belongs to somebody else by now. */
class LeaseLostError extends Error {}

/** Writes how jobs ended, and gives their lanes back. */
export class SettleStore {
  readonly #db: Database;
  readonly #counters: CounterStore;

  constructor(db: Database, counters: CounterStore) {
    this.#db = db;
    this.#counters = counters;
  }

  /**
   * Settles jobs in one commit. Where a lease was lost meanwhile nothing is written for that job:
   * whoever has the lane now will run it again.
   *
   * @returns the jobs whose lease was lost.
   */
  async settle(run: readonly RunJob[]): Promise<RunJob[]> {
    if (await this.#trySettling(run)) return [];
    const lost: RunJob[] = [];
    for (const one of run) if (!(await this.#trySettling([one]))) lost.push(one);
    return lost;
  }

  /** @returns false, with nothing written, when a lane is not ours any more. */
  async #trySettling(run: readonly RunJob[]): Promise<boolean> {
    try {
      await this.#db.transaction((trx) => this.#settleAll(trx, run));
      return true;
    } catch (error) {
      if (error instanceof LeaseLostError) return false;
      throw error;
    }
  }

  async #settleAll(trx: Knex.Transaction, run: readonly RunJob[]): Promise<void> {
    const superseded = await this.#supersede(trx, run);
    const released = await this.#releaseLanes(trx, run, superseded);
    if (released !== run.length) throw new LeaseLostError();
    await this.#writeJobs(trx, run);
    await insertMany(trx, "attempts", run.map(attemptRow));
    const counts = new Map([["jobs.superseded", sum(superseded.values())]]);
    for (const { outcome } of run) {
      if (!SETTLED.has(outcome.state)) continue;
      const name = `jobs.${outcome.state}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    await this.#counters.add(trx, counts);
  }

  async #releaseLanes(
    trx: Knex.Transaction,
    run: readonly RunJob[],
    superseded: ReadonlyMap<number, number>,
  ): Promise<number> {
    const updates = run.map(({ job, outcome }) => {
      const settled = (SETTLED.has(outcome.state) ? 1 : 0) + (superseded.get(job.laneId) ?? 0);
      return {
        key: job.laneId,
        fence: { token: job.token },
        // MySQL reads what it has just assigned: `waiting` comes after what is decided by it.
        values: {
          due_at: this.#nextDue(trx, outcome, settled),
          token: null,
          losses: 0,
          hangs: 0,
          waiting: trx.raw("waiting - ?", [settled]),
        },
      };
    });
    return updateMany(trx, "lanes", "id", updates);
  }

  #nextDue(trx: Knex.Transaction, { state, delayMs = 0 }: JobOutcome, settled: number): Knex.Raw {
    const { nowMs } = this.#db.dialect;
    if (state === "ready") return trx.raw(`${nowMs} + ?`, [delayMs]);
    if (state === "held" || state === "dead") {
      // An older job may have been put back in line meanwhile: whoever leases the lane next sees.
      return trx.raw(`CASE WHEN waiting > 1 THEN ${nowMs} ELSE ${NEVER} END`);
    }
    return trx.raw(`CASE WHEN waiting > ? THEN ${nowMs} ELSE ${NEVER} END`, [settled]);
  }

  async #writeJobs(trx: Knex.Transaction, run: readonly RunJob[]): Promise<void> {
    const updates = run.map(({ job, outcome: { state, reason, delayMs = 0 } }) => ({
      key: job.position,
      values: {
        state,
        reason: reason.slice(0, REASON_LENGTH),
        run_at: trx.raw(`${this.#db.dialect.nowMs} + ?`, [delayMs]),
      },
    }));
    await updateMany(trx, "jobs", "position", updates);
  }

  async #supersede(
    trx: Knex.Transaction,
    run: readonly RunJob[],
  ): Promise<ReadonlyMap<number, number>> {
    const counts = new Map<number, number>();
    for (const { job, handler, outcome, supersedesOlder } of run) {
      if (!supersedesOlder || !SETTLED.has(outcome.state)) continue;
      const count = await trx("jobs")
        .where({ handler, scope: job.scope, state: "ready" })
        .where("position", "<", job.position)
        .update({ state: "superseded", reason: "overtaken by newer" });
      counts.set(job.laneId, count);
    }
    return counts;
  }
}

function attemptRow({ job, outcome, startedAt, finishedAt }: RunJob) {
  return {
    job_id: job.id,
    attempt: job.attempt,
    started_at: startedAt,
    finished_at: finishedAt,
    outcome: outcome.state,
    reason: outcome.reason.slice(0, REASON_LENGTH),
  };
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}
