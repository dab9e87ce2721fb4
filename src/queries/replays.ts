import type { CounterStore } from "../db/counter-store.ts";
import type { Database } from "../db/database.ts";
import type { JobStore } from "../dispatch/job-store.ts";
import { REPLAYABLE_JOBS } from "../dispatch/replay-jobs.ts";
import { type InboxStore, REPLAYABLE_DELIVERIES } from "../inbox/inbox-store.ts";
import type { IntakeLoad } from "../inbox/intake-load.ts";
import { deliveryList } from "./deliveries.ts";
import { FilterError, readFilters } from "./filters.ts";
import { jobList } from "./jobs.ts";
import { countKeys, findKeys, newestKey } from "./keys.ts";
import type { FiltersOf } from "./list.ts";
import type { Plan } from "./plan.ts";
import { type ReplayRow, ReplayStore } from "./replay-store.ts";

/** Rows that are found, and put back in one transaction, at a time. */
const BATCH = 100;

export type Replay = {
  /** The filters as they were given. */
  given: Readonly<Record<string, unknown>>;
} & (
  | { kind: "deliveries"; filters: FiltersOf<typeof deliveryList.filters> }
  | { kind: "jobs"; filters: FiltersOf<typeof jobList.filters> }
);

export interface ReplayParts {
  db: Database;
  inbox: InboxStore;
  jobs: JobStore;
  counters: CounterStore;
  load: IntakeLoad;
}

export interface CarryOnOptions {
  /** Leaves the rest to others after this time; default: goes on to the end. */
  forMs?: number;
  /** Leaves the rest to others when it is aborted. */
  signal?: AbortSignal;
  /** Called after each batch. */
  onProgress?: (replay: ReplayRow) => void;
}

/**
 * Does again what a person or a program picks by filters. How far it has got is kept in the store:
 * any process can go on with it, and two at once skip and repeat nothing.
 */
export class Replays {
  readonly #parts: ReplayParts;
  readonly #store: ReplayStore;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
    this.#store = new ReplayStore(parts.db);
  }

  /** How many would be replayed now. */
  async count(replay: Replay): Promise<number> {
    const plan = planOf(replay);
    return plan === undefined ? 0 : countKeys(this.#parts.db, plan);
  }

  /** Counts and notes down what is to be done. What arrives from now on is not touched. */
  async begin(replay: Replay): Promise<ReplayRow> {
    const { kind, given } = replay;
    const plan = planOf(replay);
    const newest = plan === undefined ? 0 : await newestKey(this.#parts.db, plan);
    const count = await this.count(replay);
    return this.#store.begin({ kind, filters: given, count, below: newest + 1 });
  }

  /** Those that are not done and that nobody has moved on for so long, oldest first. */
  abandoned(forMs: number): Promise<ReplayRow[]> {
    return this.#store.open(["jobs", "deliveries"], forMs);
  }

  /**
   * Puts them back in line, oldest first, because where the notification itself is the state the
   * order of arrival counts.
   *
   * @returns how far it is by now.
   */
  async carryOn(begun: ReplayRow, options: CarryOnOptions = {}): Promise<ReplayRow> {
    const { forMs = Infinity, signal, onProgress } = options;
    const endsAt = performance.now() + forMs;
    const plan = planOf(readReplay({ kind: begun.kind, ...begun.filters }));
    let replay = begun;
    while (replay.state === "open" && !signal?.aborted && performance.now() < endsAt) {
      await this.#parts.load.relief();
      await this.#replayBatch(replay, plan);
      const next = await this.#store.find(replay.id);
      if (!next) return replay;
      replay = next;
      onProgress?.(replay);
    }
    return replay;
  }

  /** @returns false when there is no such delivery, or it waits already. */
  async delivery(position: number): Promise<boolean> {
    const { db, inbox, counters } = this.#parts;
    return (await db.transaction((trx) => inbox.replay(trx, [position], counters))) === 1;
  }

  /**
   * The rows and the mark up to which it is done move in one transaction: whoever dies in between
   * leaves both as they were, and of two that are at the same place one finds the mark moved.
   */
  async #replayBatch(replay: ReplayRow, plan: Plan | undefined): Promise<void> {
    const { db, inbox, jobs, counters } = this.#parts;
    const { above, below, kind } = replay;
    const span = { above, below, from: "oldest", limit: BATCH } as const;
    const keys = plan === undefined ? [] : await findKeys(db, plan, span);
    const last = keys.at(-1);
    await db.transaction(async (trx) => {
      const mark = last === undefined ? "done" : { above: last };
      if (!(await this.#store.moveOn(trx, replay, mark)) || last === undefined) return;
      const count =
        kind === "jobs" ? await jobs.replayAll(trx, keys) : await inbox.replay(trx, keys, counters);
      await this.#store.addMoved(trx, replay, count);
    });
  }
}

/** @returns undefined when the filters leave only what cannot be replayed. */
function planOf(replay: Replay): Plan | undefined {
  const { kind, filters } = replay;
  const plan = kind === "jobs" ? jobList.plan(filters) : deliveryList.plan(filters);
  const states: readonly string[] = kind === "jobs" ? REPLAYABLE_JOBS : REPLAYABLE_DELIVERIES;
  if (filters.state !== undefined) return states.includes(filters.state) ? plan : undefined;
  return { ...plan, terms: [...plan.terms, { column: "state", operator: "in", value: states }] };
}

/** @throws FilterError when there is no filter, an unknown one or a bad value. */
export function readReplay(all: Readonly<Record<string, unknown>>): Replay {
  const { kind, ...given } = all;
  if (kind !== "jobs" && kind !== "deliveries") {
    throw new FilterError([{ field: "kind", detail: "write jobs or deliveries" }]);
  }
  const list = kind === "jobs" ? jobList : deliveryList;
  const names = Object.keys(list.filters).join(", ");
  if (Object.keys(given).length === 0) {
    const detail = `a replay needs at least one filter: ${names}`;
    throw new FilterError([{ field: "filters", detail }]);
  }
  return kind === "jobs"
    ? { kind, given, filters: readFilters(jobList.filters, given) }
    : { kind, given, filters: readFilters(deliveryList.filters, given) };
}
