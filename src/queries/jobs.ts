import type { Database } from "../db/database.ts";
import type { JobState } from "../dispatch/job-store.ts";
import { instant, oneOf, text } from "./filters.ts";
import type { List } from "./list.ts";
import { planOf, type Table, term } from "./plan.ts";
import { presentInstant } from "./present.ts";

export const JOB_STATES = [
  "ready",
  "leased",
  "done",
  "held",
  "dead",
  "skipped",
  "superseded",
] as const;

export interface JobRow {
  id: string;
  eventId: string;
  handler: string;
  connection: string;
  subject: string;
  scope: string;
  state: JobState;
  attempts: number;
  /** UTC milliseconds: when it may run, or when it last ended. */
  runAt: number;
  /** UTC milliseconds. */
  createdAt: number;
  reason: string | null;
}

export interface AttemptRow {
  attempt: number;
  /** UTC milliseconds. */
  startedAt: number;
  finishedAt: number;
  outcome: string;
  reason: string | null;
}

const JOBS: Table = {
  name: "jobs",
  key: "position",
  ordered: [
    { name: "jobs_subject", columns: ["subject"] },
    { name: "jobs_state", columns: ["state", "handler", "connection"] },
    { name: "jobs_connection", columns: ["connection"] },
  ],
};

/** Of these there are few, however long the history. */
const UNSETTLED: readonly string[] = ["ready", "leased", "held", "dead"];

const filters = {
  handler: text("Handler as `instance/handler`", 191),
  state: oneOf(JOB_STATES, "Where the job stands"),
  connection: text("Name of the connection"),
  subject: text("What its event is about: a booking's reference, `coupon:…`, `resource:…`"),
  since: instant("Made at this time or later"),
  until: instant("Made before this time"),
};

/** One event for one handler each, newest first. */
export const jobList: List<typeof filters, JobRow> = {
  name: "jobs",
  filters,
  plan({ handler, state, connection, subject, since, until }) {
    const terms = [
      ...term("subject", "=", subject),
      ...term("state", "=", state),
      ...term("handler", "=", handler),
      ...term("connection", "=", connection),
      ...term("created_at", ">=", since),
      ...term("created_at", "<", until),
    ];
    if (subject !== undefined) return planOf(JOBS, terms, []);
    const isTimed = since !== undefined || until !== undefined;
    if (isTimed && !UNSETTLED.includes(state ?? "")) {
      return planOf(JOBS, terms, [{ index: "jobs_created_at", terms: [] }]);
    }
    // Every state, named one by one: the index begins with it.
    const states = state === undefined ? term("state", "in", JOB_STATES) : [];
    return planOf(JOBS, terms, [{ index: "jobs_state", terms: states }]);
  },
  read: readJobs,
  present: presentJob,
};

async function readJobs(db: Database, keys: readonly number[]): Promise<JobRow[]> {
  const rows: JobRow[] = await db
    .knex("jobs")
    .whereIn("position", [...keys])
    .orderBy("position", "desc")
    .select("id", "event_id as eventId", "handler", "connection", "subject", "scope", "state")
    .select("attempts", "run_at as runAt", "created_at as createdAt", "reason");
  return rows;
}

export async function findJob(db: Database, id: string): Promise<JobRow | undefined> {
  const place: unknown = await db.knex("jobs").where({ id }).first("position");
  if (place === undefined) return undefined;
  const [row] = await readJobs(db, [(place as { position: number }).position]);
  return row;
}

/** The runs of a job, first one first. */
export async function attemptsOf(db: Database, jobId: string): Promise<AttemptRow[]> {
  const rows: AttemptRow[] = await db
    .knex("attempts")
    .where({ job_id: jobId })
    .orderBy("attempt")
    .select("attempt", "started_at as startedAt", "finished_at as finishedAt", "outcome", "reason");
  return rows;
}

export function presentJob(row: JobRow) {
  const { id, eventId, handler, connection, subject, scope } = row;
  const { state, attempts, runAt, createdAt, reason } = row;
  return {
    id,
    eventId,
    handler,
    connection,
    subject,
    scope,
    state,
    attempts,
    runAt: presentInstant(runAt),
    createdAt: presentInstant(createdAt),
    reason,
  };
}

export function presentAttempt({ attempt, startedAt, finishedAt, outcome, reason }: AttemptRow) {
  return {
    attempt,
    startedAt: presentInstant(startedAt),
    finishedAt: presentInstant(finishedAt),
    outcome,
    reason,
  };
}
