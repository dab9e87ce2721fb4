import type { Knex } from "knex";

import { causeOf } from "../alerts/words.ts";
import type { Database } from "../db/database.ts";
import type { ActiveTrouble } from "../sdk/context.ts";
import type { TimeWindow } from "../sdk/lists.ts";
import { tableBy } from "../db/index-hint.ts";

const MAX_TROUBLES = 100;

interface Found {
  /** UTC milliseconds. */
  time: number;
  trouble: ActiveTrouble;
}

interface JobRow {
  connection: string;
  subject: string;
  state: "dead" | "held";
  handler: string;
  reason: string | null;
  time: number;
}

interface DeliveryRow {
  connection: string;
  subject: string | null;
  time: number;
}

/** What came to need a person in a time and still does, newest first. */
export async function troublesIn(
  db: Database,
  window: TimeWindow,
  connections: readonly string[] | undefined,
): Promise<{ shown: ActiveTrouble[]; leftOff: number }> {
  const jobs = await stuckJobs(db, during("run_at", window, connections));
  const messages = await failedMessages(db, during("received_at", window, connections));
  const found = [...jobs.found, ...messages.found].sort((a, b) => b.time - a.time);
  const shown = found.slice(0, MAX_TROUBLES);
  return {
    shown: shown.map(({ trouble }) => trouble),
    leftOff: jobs.count + messages.count - shown.length,
  };
}

type Filter = (query: Knex.QueryBuilder) => void;

function during(
  column: string,
  { since, until }: TimeWindow,
  connections: readonly string[] | undefined,
): Filter {
  return (query) => {
    void query.where(column, ">=", since).where(column, "<", until);
    if (connections) void query.whereIn("connection", [...connections]);
  };
}

/** By state: of those that are stuck there are few, however long the history. */
async function stuckJobs(db: Database, isAsked: Filter) {
  const jobs = db.knex
    .from(tableBy(db, "jobs", "jobs_state"))
    .whereIn("state", ["dead", "held"])
    .where(isAsked);
  const rows: JobRow[] = await newest(jobs, "run_at").select(
    "connection",
    "subject",
    "state",
    "handler",
    "reason",
    "run_at as time",
  );
  const found = rows.map(({ connection, subject, time, ...job }) => {
    return { time, trouble: { connection, subject, reason: stuckWords(job) } };
  });
  return { found, count: await countAll(db, jobs, found) };
}

async function failedMessages(db: Database, isAsked: Filter) {
  const deliveries = db.knex
    .from(tableBy(db, "deliveries", "deliveries_received_at"))
    .where({ state: "failed" })
    .where(isAsked);
  const rows: DeliveryRow[] = await newest(deliveries, "received_at").select(
    "connection",
    "subject",
    "received_at as time",
  );
  const found = rows.map(({ connection, subject, time }) => {
    const about = subject === null ? {} : { subject };
    return { time, trouble: { connection, ...about, reason: FAILED_WORDS } };
  });
  return { found, count: await countAll(db, deliveries, found) };
}

function newest(query: Knex.QueryBuilder, column: string): Knex.QueryBuilder {
  return query.clone().orderBy(column, "desc").limit(MAX_TROUBLES);
}

async function countAll(
  { knex }: Database,
  query: Knex.QueryBuilder,
  found: readonly Found[],
): Promise<number> {
  if (found.length < MAX_TROUBLES) return found.length;
  const rows: { count: number }[] = await query.select(knex.raw("COUNT(*) AS count"));
  return Math.max(found.length, rows[0]?.count ?? 0);
}

const FAILED_WORDS = "needs you: a message of the booking system could not be read";

/** Without the reason itself: it may name guests. */
function stuckWords({ state, handler, reason }: Pick<JobRow, "state" | "handler" | "reason">) {
  return state === "dead"
    ? `needs you: could not be done by ${handler}. ${causeOf(reason)}`
    : `waits for a setting of ${handler}: a password or key is probably missing, wrong or expired`;
}
