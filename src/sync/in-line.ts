import type { Database } from "../db/database.ts";
import type { TableEntry } from "../dispatch/handler-table.ts";
import { NEVER } from "../dispatch/job-store.ts";

/** Looked at several times a second, so a long backlog is not counted to its end. */
const MOST_COUNTED = 1_000;

export interface Line {
  /**
   * Jobs that run by themselves, now or later; those behind one that needs a person are none. At most
   * 1,000 are counted.
   */
  count: number;
  /** Until the first of them has its turn; zero or less: it is due. Undefined where there are none. */
  nextInMs: number | undefined;
}

/** How many jobs some handlers still have before them. */
export async function readLine(
  { knex, dialect }: Database,
  handlers: readonly TableEntry[],
): Promise<Line> {
  const line = knex("jobs")
    .join("lanes", (on) =>
      on.on("lanes.handler", "jobs.handler").andOn("lanes.scope", "jobs.scope"),
    )
    .whereIn(
      "jobs.handler",
      handlers.map(({ id }) => id),
    )
    .whereIn("jobs.state", ["ready", "leased"])
    .where("lanes.due_at", "<", NEVER)
    .select("lanes.due_at")
    .limit(MOST_COUNTED)
    .as("line");
  const row: unknown = await knex
    .from(line)
    .count({ count: "*" })
    .select(knex.raw(`MIN(due_at) - ${dialect.nowMs} AS ??`, ["nextInMs"]))
    .first();
  const { count, nextInMs } = row as { count: number | string; nextInMs: number | null };
  return { count: Number(count), nextInMs: nextInMs ?? undefined };
}

/** How many jobs have come to need a person since then, up to 1,000. @param since UTC milliseconds. */
export async function countTroubles(
  { knex }: Database,
  handlers: readonly TableEntry[],
  since: number,
): Promise<number> {
  const troubled = knex("jobs")
    .whereIn("state", ["held", "dead"])
    .whereIn(
      "handler",
      handlers.map(({ id }) => id),
    )
    .where("run_at", ">=", since)
    .select("position")
    .limit(MOST_COUNTED)
    .as("troubled");
  const rows: { count: number | string }[] = await knex.from(troubled).count({ count: "*" });
  return Number(rows[0]?.count ?? 0);
}
