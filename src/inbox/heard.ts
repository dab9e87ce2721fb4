import type { Database } from "../db/database.ts";
import { LISTED } from "./listed-notice.ts";

/** Subjects among these about which a call could not be understood or looked up. */
export async function failedAmong(
  { knex }: Database,
  connection: string,
  subjects: readonly string[],
): Promise<Set<string>> {
  const rows: { subject: string }[] = await knex("deliveries")
    .where({ connection })
    .whereIn("subject", [...subjects])
    .whereRaw("COALESCE(state, '') IN ('failed', 'held')")
    .distinct("subject");
  return new Set(rows.map(({ subject }) => subject));
}

/** When each of the subjects was last looked at because of a delivery: its time of arrival. */
export async function lookedAt(
  { knex }: Database,
  connection: string,
  subjects: readonly string[],
): Promise<Map<string, number>> {
  const rows: { subject: string; at: number }[] = await knex("deliveries")
    .where({ connection })
    .whereIn("subject", [...subjects])
    .whereRaw("COALESCE(state, '') IN ('done', 'duplicate')")
    .groupBy("subject")
    .select("subject")
    .max("received_at as at");
  return new Map(rows.map(({ subject, at }) => [subject, at]));
}

/** Whether calls of a connection up to a position are still to be read. */
export async function hasUnread(
  { knex, dialect }: Database,
  connection: string,
  upTo: number,
): Promise<boolean> {
  const row: unknown = await knex("deliveries")
    .where({ connection, state: "waiting" })
    .where("position", "<=", upTo)
    .where("due_at", "<=", knex.raw(dialect.nowMs))
    .whereNot({ method: LISTED })
    .first("position");
  return row !== undefined;
}

/** Position of the newest delivery there is; 0 when there is none. */
export async function newestPosition({ knex }: Database): Promise<number> {
  const rows: { newest: number | null }[] = await knex("deliveries").max("position", {
    as: "newest",
  });
  return rows[0]?.newest ?? 0;
}
