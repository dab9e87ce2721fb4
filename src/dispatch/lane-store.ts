import { randomUUID } from "node:crypto";

import type { Knex } from "knex";

import { updateMany } from "../db/bulk.ts";
import type { Database } from "../db/database.ts";
import { type JobState, NEVER, UNSETTLED } from "./job-store.ts";

/** A lease ends this long after its last renewal: work of a killed process waits no longer. */
export const LEASE_MS = 10_000;

/** Due lanes that are looked at to pick from, so that processes rarely pick the same. */
const CANDIDATES = 32;

/** A job to run now, and the right to settle it. */
export interface LeasedJob {
  laneId: number;
  /** Only who holds it may settle. */
  token: string;
  scope: string;
  position: number;
  id: string;
  eventId: string;
  connection: string;
  subject: string;
  /** Counted from 1. */
  attempt: number;
  /** Leases in a row that ended without a word, because the process died. */
  losses: number;
  /** Times in a row that its code looped without end and the watchdog ended the process. */
  hangs: number;
  /** Since when it is tried. UTC milliseconds by the database's clock. */
  createdAt: number;
}

interface LaneRow {
  id: number;
  scope: string;
  fence: number;
  token: string | null;
  losses: number;
  hangs: number;
}

interface JobRow {
  position: number;
  id: string;
  event_id: string;
  scope: string;
  connection: string;
  subject: string;
  state: JobState;
  attempts: number;
  created_at: number;
}

/** At the head of its lane such a job lets nobody past until a person has decided. */
const BLOCKING: ReadonlySet<JobState> = new Set(["held", "dead"]);

/** Losses that one fault of the machine explains; a job with more may be the reason itself. */
const INNOCENT_LOSSES = 1;

/** A job that may have ended its process. It runs while no other such job does, so that it is found. */
export function isSuspect({ losses, hangs }: { losses: number; hangs: number }): boolean {
  return hangs > 0 || losses > INNOCENT_LOSSES;
}

/** The queues of the handlers: leased, not the jobs in them, so that order holds. */
export class LaneStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Takes due lanes of a handler and the job at the head of each.
   *
   * @param onlyLatest Take the newest job of a lane instead; the older ones are settled with it.
   * @param own Lanes that this process is running: it never takes over from itself.
   * @param maySuspect One job that may have ended its process before may be among them.
   */
  async lease(
    handler: string,
    limit: number,
    onlyLatest: boolean,
    own: readonly number[] = [],
    maySuspect = true,
  ): Promise<LeasedJob[]> {
    const candidates = await this.#dueLanes(handler, limit, own, maySuspect);
    if (candidates.length === 0) return [];
    return this.#db.transaction(async (trx) => {
      const token = randomUUID();
      const lanes = await this.#take(trx, candidates, token);
      if (lanes.length === 0) return [];
      const heads = await this.#headsOf(trx, handler, lanes, onlyLatest);
      await this.#closeEmpty(trx, lanes, heads);
      await markLeased(trx, heads);
      return heads.flatMap((job) => {
        const lane = lanes.find(({ scope }) => scope === job.scope);
        return lane ? [leasedJob(lane, token, job)] : [];
      });
    });
  }

  /**
   * Prolongs leases.
   *
   * @returns the lanes that are still ours.
   */
  async renew(leases: readonly { laneId: number; token: string }[]): Promise<Set<number>> {
    const { knex, dialect } = this.#db;
    const tokens = [...new Set(leases.map(({ token }) => token))];
    const ids = leases.map(({ laneId }) => laneId);
    const mine = () => knex("lanes").whereIn("id", ids).whereIn("token", tokens);
    await mine().update({ due_at: knex.raw(`${dialect.nowMs} + ${LEASE_MS}`) });
    const rows: { id: number }[] = await mine().select("id");
    return new Set(rows.map(({ id }) => id));
  }

  /**
   * Proves inside a transaction that a lane is ours, and prolongs its lease.
   *
   * @returns false when it is not.
   */
  async hold(trx: Knex.Transaction, laneId: number, token: string): Promise<boolean> {
    const held = await trx("lanes")
      .where({ id: laneId, token })
      .update({ due_at: trx.raw(`${this.#db.dialect.nowMs} + ${LEASE_MS}`) });
    return held === 1;
  }

  /**
   * A process that notices itself that it has lost its lease has not died: the loss that was counted
   * when another took over is taken back.
   */
  async takeBackLoss(laneId: number): Promise<void> {
    await this.#db.knex("lanes").where({ id: laneId }).where("losses", ">", 0).decrement("losses");
  }

  /** How many lanes of a handler are leased and alive, in whichever process. */
  async countLeased(handler: string): Promise<number> {
    const { knex, dialect } = this.#db;
    const row: unknown = await knex("lanes")
      .where({ handler })
      .whereBetween("due_at", [knex.raw(dialect.nowMs), knex.raw(`${dialect.nowMs} + ${LEASE_MS}`)])
      .whereNotNull("token")
      .count({ n: "*" })
      .first();
    return Number((row as { n: number | string }).n);
  }

  /** Milliseconds until the next lane of one of the handlers is due; undefined when none will be. */
  async nextDueInMs(handlers: readonly string[]): Promise<number | undefined> {
    const { knex, dialect } = this.#db;
    const due = await Promise.all(
      handlers.map(async (handler) => {
        const row: unknown = await knex("lanes")
          .where({ handler })
          .where("due_at", "<", NEVER)
          .select(knex.raw(`MIN(due_at) - ${dialect.nowMs} AS ms`))
          .first();
        return (row as { ms: number | null }).ms;
      }),
    );
    const known = due.filter((ms) => ms !== null);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  async #dueLanes(
    handler: string,
    limit: number,
    own: readonly number[],
    maySuspect: boolean,
  ): Promise<LaneRow[]> {
    const { knex, dialect } = this.#db;
    const due = knex("lanes")
      .where({ handler })
      .whereNotIn("id", [...own])
      .where("due_at", "<=", knex.raw(dialect.nowMs));
    if (!maySuspect) {
      void due
        .where("hangs", 0)
        .whereRaw("losses + (CASE WHEN token IS NULL THEN 0 ELSE 1 END) <= ?", [INNOCENT_LOSSES]);
    }
    const found: LaneRow[] = await due
      .orderBy("due_at")
      .limit(Math.max(CANDIDATES, limit))
      .select("id", "scope", "fence", "token", "losses", "hangs");
    const rows = withOneSuspect(found);
    while (rows.length > limit) rows.splice(Math.floor(Math.random() * rows.length), 1);
    return rows;
  }

  /** Several may want the same lanes; the fence lets one through. */
  async #take(trx: Knex.Transaction, wanted: LaneRow[], token: string): Promise<LaneRow[]> {
    const updates = wanted.map((lane) => ({
      key: lane.id,
      fence: { fence: lane.fence },
      values: {
        token,
        fence: trx.raw("fence + 1"),
        due_at: trx.raw(`${this.#db.dialect.nowMs} + ${LEASE_MS}`),
        settling_since: 0,
        losses: lane.losses + (lane.token === null ? 0 : 1),
      },
    }));
    const won = await updateMany(trx, "lanes", "id", updates);
    if (won === wanted.length) return wanted.map((lane) => ({ ...lane, losses: lossesOf(lane) }));
    const mine: { id: number }[] = await trx("lanes")
      .whereIn(
        "id",
        wanted.map(({ id }) => id),
      )
      .where({ token })
      .select("id");
    const ids = new Set(mine.map(({ id }) => id));
    return wanted
      .filter(({ id }) => ids.has(id))
      .map((lane) => ({ ...lane, losses: lossesOf(lane) }));
  }

  async #headsOf(
    trx: Knex.Transaction,
    handler: string,
    lanes: readonly LaneRow[],
    onlyLatest: boolean,
  ): Promise<JobRow[]> {
    const unsettled = trx("jobs")
      .where({ handler })
      .whereIn(
        "scope",
        lanes.map(({ scope }) => scope),
      )
      .whereIn("state", [...UNSETTLED])
      .groupBy("scope");
    const edges: { head: number; newest: number }[] = await unsettled.select(
      trx.raw("MIN(position) AS head"),
      trx.raw("MAX(position) AS newest"),
    );
    const jobs: JobRow[] = await trx("jobs")
      .whereIn(
        "position",
        edges.flatMap(({ head, newest }) => [head, newest]),
      )
      .select(
        "position",
        "id",
        "event_id",
        "scope",
        "connection",
        "subject",
        "state",
        "attempts",
        // A job that is run again has as long to succeed as a new one.
        trx.raw("CASE WHEN again_at > created_at THEN again_at ELSE created_at END AS created_at"),
      );
    const byPosition = new Map(jobs.map((job) => [job.position, job]));
    return edges.flatMap(({ head, newest }) => {
      const [first, last] = [byPosition.get(head), byPosition.get(newest)];
      const turn = onlyLatest ? last : first;
      return first && turn && !BLOCKING.has(first.state) && !BLOCKING.has(turn.state) ? [turn] : [];
    });
  }

  /** A lane that is blocked, or whose jobs were all settled by hand, goes back to sleep. */
  async #closeEmpty(
    trx: Knex.Transaction,
    lanes: readonly LaneRow[],
    heads: readonly JobRow[],
  ): Promise<void> {
    const filled = new Set(heads.map(({ scope }) => scope));
    const empty = lanes.filter(({ scope }) => !filled.has(scope)).map(({ id }) => id);
    if (empty.length === 0) return;
    await trx("lanes").whereIn("id", empty).update({ token: null, due_at: NEVER });
  }
}

function withOneSuspect(lanes: readonly LaneRow[]): LaneRow[] {
  const suspects = lanes.filter((lane) => isSuspect({ ...lane, losses: lossesOf(lane) }));
  const others = new Set(suspects.slice(1));
  return lanes.filter((lane) => !others.has(lane));
}

function lossesOf({ losses, token }: LaneRow): number {
  return losses + (token === null ? 0 : 1);
}

async function markLeased(trx: Knex.Transaction, jobs: readonly JobRow[]): Promise<void> {
  if (jobs.length === 0) return;
  await trx("jobs")
    .whereIn(
      "position",
      jobs.map(({ position }) => position),
    )
    .update({ state: "leased", attempts: trx.raw("attempts + 1") });
}

function leasedJob(lane: LaneRow, token: string, job: JobRow): LeasedJob {
  return {
    laneId: lane.id,
    token,
    scope: lane.scope,
    position: job.position,
    id: job.id,
    eventId: job.event_id,
    connection: job.connection,
    subject: job.subject,
    attempt: job.attempts + 1,
    losses: lane.losses,
    hangs: lane.hangs,
    createdAt: job.created_at,
  };
}
