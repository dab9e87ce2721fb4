import type { CounterStore } from "../db/counter-store.ts";
import type { Database } from "../db/database.ts";
import type { JobStore } from "../dispatch/job-store.ts";
import { type InboxStore, REPLAYABLE_DELIVERIES } from "../inbox/inbox-store.ts";
import { deliveryList } from "./deliveries.ts";
import { jobList } from "./jobs.ts";
import { countKeys, findKeys, newestKey } from "./keys.ts";
import { FilterError, readFilters } from "./filters.ts";
import type { FiltersOf } from "./list.ts";
import type { Plan } from "./plan.ts";

/** Rows that are found, and deliveries that are put back, at a time. */
const BATCH = 200;

/** Those that are in line or running already need no replay. */
const REPLAYABLE_JOBS = ["done", "held", "dead", "skipped", "superseded"] as const;

export type Replay =
  | { kind: "deliveries"; filters: FiltersOf<typeof deliveryList.filters> }
  | { kind: "jobs"; filters: FiltersOf<typeof jobList.filters> };

export interface ReplayParts {
  db: Database;
  inbox: InboxStore;
  jobs: JobStore;
  counters: CounterStore;
}

/** Does again what a person or a program picks by filters. */
export class Replays {
  readonly #parts: ReplayParts;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
  }

  /** How many would be replayed now. */
  async count(replay: Replay): Promise<number> {
    const plan = planOf(replay);
    return plan === undefined ? 0 : countKeys(this.#parts.db, plan);
  }

  /**
   * Puts them back in line, oldest first, because where the notification itself is the state the
   * order of arrival counts. What arrives meanwhile is not touched.
   *
   * @returns how many.
   */
  async run(replay: Replay): Promise<number> {
    const plan = planOf(replay);
    if (plan === undefined) return 0;
    const { db } = this.#parts;
    const newest = await newestKey(db, plan);
    let count = 0;
    for (let above = 0; ;) {
      const span = { above, below: newest + 1, from: "oldest", limit: BATCH } as const;
      const keys = await findKeys(db, plan, span);
      const last = keys.at(-1);
      if (last === undefined) return count;
      count += await this.#replay(replay.kind, keys);
      above = last;
    }
  }

  /** @returns false when there is no such delivery, or it waits already. */
  async delivery(position: number): Promise<boolean> {
    return (await this.#replay("deliveries", [position])) === 1;
  }

  async #replay(kind: Replay["kind"], keys: readonly number[]): Promise<number> {
    const { db, inbox, jobs, counters } = this.#parts;
    if (kind === "deliveries") return inbox.replay(keys, counters);
    const rows: { id: string }[] = await db
      .knex("jobs")
      .whereIn("position", [...keys])
      .orderBy("position")
      .select("id");
    let count = 0;
    for (const { id } of rows) if (await jobs.replay(id)) count += 1;
    return count;
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
export function readReplay(given: Readonly<Record<string, unknown>>): Replay {
  const { kind, ...filters } = given;
  if (kind !== "jobs" && kind !== "deliveries") {
    throw new FilterError([{ field: "kind", detail: "write jobs or deliveries" }]);
  }
  const list = kind === "jobs" ? jobList : deliveryList;
  const names = Object.keys(list.filters).join(", ");
  if (Object.keys(filters).length === 0) {
    const detail = `a replay needs at least one filter: ${names}`;
    throw new FilterError([{ field: "filters", detail }]);
  }
  return kind === "jobs"
    ? { kind, filters: readFilters(jobList.filters, filters) }
    : { kind, filters: readFilters(deliveryList.filters, filters) };
}
