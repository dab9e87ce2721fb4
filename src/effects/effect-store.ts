import { setTimeout as sleep } from "node:timers/promises";

import type { Knex } from "knex";

import { type Database, StaleStateError } from "../db/database.ts";
import { tableBy } from "../db/index-hint.ts";
import { newId } from "../process/new-id.ts";
import type { EffectResult, EffectSteps, LedgerEntry, PeriodEntry } from "../sdk/context.ts";
import { messageOf } from "../sdk/errors.ts";
import type { Fence } from "./fence.ts";
import { HandedBackError } from "./handed-back.ts";
import { inOrderOfPosition } from "./in-order.ts";

/** What an effect belongs to. With its key, handler and scope make it unique. */
export interface EffectOwner {
  handler: string;
  scope: string;
  connection: string;
  subject: string;
  jobId: string;
  /** Version of the booking that the handler was told of. */
  version: number;
}

/** What is known of an effect before it is tried. */
export type BegunEffect = Pick<EffectSteps, "intent" | "period">;

interface EffectRow {
  effect_key: string;
  state: Exclude<LedgerEntry["state"], "would">;
  progress: string | null;
  external_id: string | null;
  link: string | null;
  summary: string | null;
  data: Buffer | null;
}

interface PeriodRow extends EffectRow {
  position: number;
  connection: string;
  subject: string;
  updated_at: number;
}

const COLUMNS = [
  "effect_key",
  "state",
  "progress",
  "external_id",
  "link",
  "summary",
  "data",
] as const;

const AGAIN_MS = 250;

/** Entries of a period that are in memory at a time. */
const PAGE = 500;

/** How far a thing got that was only noted, in shadow. */
export const WOULD_DO = "would do";

/** The ledger: what was done outside, once each. */
export class EffectStore {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** What a handler has done for each of the scopes, oldest first. */
  async entries(handler: string, scopes: readonly string[]): Promise<Map<string, LedgerEntry[]>> {
    // Named, because for hundreds of scopes MySQL may rather walk along the whole ledger.
    const rows: (EffectRow & { scope: string })[] = await this.#db.knex
      .from(tableBy(this.#db, "effects", "effects_key"))
      .where({ handler })
      .whereIn("scope", [...scopes])
      .orderBy("position")
      .select("scope", ...COLUMNS);
    const entries = new Map<string, LedgerEntry[]>(scopes.map((scope) => [scope, []]));
    for (const row of rows) entries.get(row.scope)?.push(readRow(row));
    return entries;
  }

  /**
   * Notes that an effect is about to be tried, before anything leaves this machine. The same commit
   * proves that the lane is still ours: a process that was stopped for too long gets no further.
   *
   * @returns the entry as it was before, when it has been tried already.
   * @throws HandedBackError when somebody else has the lane, or the store cannot be asked.
   */
  async start(
    owner: EffectOwner,
    key: string,
    fence: Fence,
    begun: BegunEffect = {},
  ): Promise<LedgerEntry | undefined> {
    return this.#whileHeld(fence, (trx) => this.#noteStart(trx, owner, key, fence.token, begun));
  }

  /** What handlers have done in a period, oldest first, page by page. */
  async *inPeriod(handlers: readonly string[], period: string): AsyncGenerator<PeriodEntry> {
    // One by one each is read along the index; together they would be sorted for every page.
    yield* inOrderOfPosition(handlers.map((handler) => this.#ofHandler(handler, period)));
  }

  async *#ofHandler(handler: string, period: string): AsyncGenerator<PeriodEntry> {
    let after = 0;
    for (;;) {
      const rows: PeriodRow[] = await this.#db
        .knex("effects")
        .where({ period, handler })
        .where("position", ">", after)
        .orderBy("position")
        .limit(PAGE)
        .select("position", "connection", "subject", "updated_at", ...COLUMNS);
      for (const { connection, subject, position, updated_at: at, ...row } of rows) {
        after = position;
        yield { ...readRow(row), handler, connection, subject, position, at };
      }
      if (rows.length < PAGE) return;
    }
  }

  /**
   * Notes what would be done, in place of doing it. What was really begun keeps its row: whether it
   * got through is still to be found out when it is asked for live.
   *
   * @returns the entry of an earlier time, when it is done or noted already.
   * @throws HandedBackError as `start`.
   */
  async note(
    owner: EffectOwner,
    key: string,
    fence: Fence,
    plan: EffectResult & Pick<EffectSteps, "period">,
  ): Promise<LedgerEntry | undefined> {
    return this.#whileHeld(fence, async (trx) => {
      const { handler, scope, jobId, version, connection, subject } = owner;
      const place = { handler, scope, effect_key: key };
      const before = await readPlace(trx, place);
      if (before?.state === "done") return readRow(before);
      if (before?.state === "started") return undefined;
      const values = {
        ...columnsOf({ ...plan, progress: WOULD_DO }),
        period: plan.period ?? null,
        job_id: jobId,
        version,
        updated_at: this.#now(),
      };
      if (before) await trx("effects").where(place).update(values);
      else await trx("effects").insert({ ...place, ...values, id: newId(), connection, subject });
      return undefined;
    });
  }

  async finish(owner: EffectOwner, key: string, fence: Fence, result: EffectResult): Promise<void> {
    await this.#end(owner, key, fence, columnsOf(result));
  }

  /** The try failed for certain: nothing was done outside. */
  async fail(owner: EffectOwner, key: string, fence: Fence, reason: string): Promise<void> {
    await this.#end(owner, key, fence, { state: "failed", summary: reason.slice(0, 500) });
  }

  /** Works in one commit with the proof that the lane is ours. */
  async #whileHeld<T>(fence: Fence, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
    const askedAtMs = performance.now();
    try {
      const result = await this.#db.transaction(async (trx) => {
        await fence.hold(trx);
        return work(trx);
      });
      fence.renewed(askedAtMs);
      return result;
    } catch (error) {
      throw this.#asHandedBack(error);
    }
  }

  async #noteStart(
    trx: Knex.Transaction,
    owner: EffectOwner,
    key: string,
    token: string,
    begun: BegunEffect,
  ): Promise<LedgerEntry | undefined> {
    const { handler, scope } = owner;
    const place = { handler, scope, effect_key: key };
    const before = await readPlace(trx, place);
    const isNoted = before?.progress === WOULD_DO;
    if (before?.state === "done" && !isNoted) return readRow(before);
    const started = {
      job_id: owner.jobId,
      version: owner.version,
      state: "started",
      token,
      updated_at: this.#now(),
      ...(isNoted && { progress: null, summary: null }),
      // A try whose end nobody knows keeps what it was begun with.
      ...(before?.state !== "started" && begunColumns(begun)),
    };
    if (before) {
      // Another process may have finished it since, on another node even before we looked.
      const { state } = before;
      const count = await trx("effects")
        .where({ ...place, state })
        .update(started);
      if (count !== 1) throw new StaleStateError("the effect has moved on");
      return isNoted ? undefined : readRow(before);
    }
    const { connection, subject } = owner;
    await trx("effects").insert({ ...place, ...started, id: newId(), connection, subject });
    return undefined;
  }

  /**
   * Writes how a try ended, unless somebody else has begun another since: theirs counts. A store that
   * is away is asked again as long as the lease lasts, because what is not written down now has to be
   * asked of the other side later.
   */
  async #end(owner: EffectOwner, key: string, fence: Fence, values: object): Promise<void> {
    const { handler, scope } = owner;
    const mine = { handler, scope, effect_key: key, token: fence.token, state: "started" };
    for (;;) {
      try {
        await this.#db.transaction(async (trx) => {
          await trx("effects")
            .where(mine)
            .update({ ...values, updated_at: this.#now() });
        });
        return;
      } catch (error) {
        const isAway = this.#asHandedBack(error) !== error;
        if (!isAway || fence.remainingMs() <= AGAIN_MS) throw this.#asHandedBack(error);
        await sleep(AGAIN_MS);
      }
    }
  }

  /** A store that is away is no fault of the handler's. */
  #asHandedBack(error: unknown): unknown {
    const failure = this.#db.failureOf(error);
    if (failure !== "unavailable" && failure !== "conflict") return error;
    return new HandedBackError(`the store is away: ${messageOf(error)}`, {
      cause: error,
      mayHaveHappened: true,
    });
  }

  #now() {
    return this.#db.knex.raw(this.#db.dialect.nowMs);
  }
}

async function readPlace(trx: Knex.Transaction, place: object): Promise<EffectRow | undefined> {
  const row: unknown = await trx("effects")
    .where(place)
    .first(...COLUMNS);
  return row as EffectRow | undefined;
}

function columnsOf(result: EffectResult) {
  return {
    state: "done",
    progress: result.progress?.slice(0, 64) ?? null,
    external_id: result.externalId?.slice(0, 500) ?? null,
    link: result.link?.slice(0, 1000) ?? null,
    summary: result.summary?.slice(0, 500) ?? null,
    ...(result.data && { data: bytesOf(result.data) }),
  };
}

function begunColumns({ intent, period }: BegunEffect) {
  return { data: intent ? bytesOf(intent) : null, period: period ?? null };
}

function bytesOf(data: object): Buffer {
  return Buffer.from(JSON.stringify(data));
}

function readRow(row: EffectRow): LedgerEntry {
  return {
    key: row.effect_key,
    state: row.progress === WOULD_DO ? "would" : row.state,
    ...(row.progress !== null && { progress: row.progress }),
    ...(row.external_id !== null && { externalId: row.external_id }),
    ...(row.link !== null && { link: row.link }),
    ...(row.summary !== null && { summary: row.summary }),
    ...(row.data !== null && {
      data: JSON.parse(row.data.toString("utf8")) as NonNullable<LedgerEntry["data"]>,
    }),
  };
}
