import type { Database } from "../db/database.ts";
import { tableBy } from "../db/index-hint.ts";

/** How many of one thing, of one state, of one connection or handler. */
interface Count {
  what: "delivery" | "job" | "counter";
  state: string;
  name: string;
  count: number;
  oldest: number | null;
}

/** What is under way, counted by index, and what is over, from the counters that are kept. */
export class Counts {
  readonly #counts: readonly Count[];

  private constructor(counts: readonly Count[]) {
    this.#counts = counts;
  }

  static async read(db: Database): Promise<Counts> {
    return new Counts(await readCounts(db));
  }

  /** @param name A connection or handler; without it the sum over all. */
  of(what: Count["what"], state: string, name?: string): number {
    return this.#counts
      .filter((count) => count.what === what && count.state === state)
      .filter((count) => name === undefined || count.name === name)
      .reduce((sum, { count }) => sum + count, 0);
  }

  /** Positions of the first waiting delivery of each connection. */
  get oldestWaiting(): number[] {
    return this.#counts.flatMap(({ what, state, oldest }) =>
      what === "delivery" && state === "waiting" && oldest !== null ? [oldest] : [],
    );
  }
}

/** In one statement, so that all numbers are of one moment and add up. */
async function readCounts(db: Database): Promise<Count[]> {
  const { knex } = db;
  const constant = (text: string, name: string) => knex.raw("? AS ??", [text, name]);
  const deliveries = knex
    .from(tableBy(db, "deliveries", "deliveries_state"))
    .whereIn("state", ["waiting", "held"])
    .groupBy("state", "connection")
    .select(constant("delivery", "what"), "state", "connection AS name")
    .select(knex.raw("COUNT(*) AS count"), knex.raw("MIN(position) AS oldest"));
  const jobs = knex
    .from(tableBy(db, "jobs", "jobs_state"))
    .whereIn("state", ["ready", "leased", "held", "dead"])
    .groupBy("state", "handler")
    .select(constant("job", "what"), "state", "handler AS name")
    .select(knex.raw("COUNT(*) AS count"), knex.raw("NULL AS oldest"));
  const counters = knex("counters")
    .groupBy("name")
    .select(constant("counter", "what"), "name AS state", constant("", "name"))
    .select(knex.raw("SUM(value) AS count"), knex.raw("NULL AS oldest"));
  const rows = (await knex.unionAll([deliveries, jobs, counters])) as (Omit<Count, "count"> & {
    count: number | string;
  })[];
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
