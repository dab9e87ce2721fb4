import type { Database } from "../db/database.ts";
import { UNSETTLED } from "../dispatch/job-store.ts";
import type { PauseStore } from "../dispatch/pause-store.ts";
import type { Booking } from "../sdk/booking.ts";
import { tableBy } from "../db/index-hint.ts";
import type { BooksInstance } from "./books-instances.ts";
import { grouped } from "./grouped.ts";
import type { LaneJob, LaneState } from "./lane-state.ts";

interface JobRow extends LaneJob {
  scope: string;
}

/** A booking's lane of a books handler. */
export function scopeOf({
  connection,
  reference,
}: Pick<Booking, "connection" | "reference">): string {
  return `${connection}/${reference}`;
}

/** How the work on some bookings stands, by scope: in four queries, however many they are. */
export async function readLanes(
  { db, pauses }: { db: Database; pauses: PauseStore },
  { handler, moments }: Pick<BooksInstance, "handler" | "moments">,
  bookings: readonly Pick<Booking, "connection" | "reference">[],
): Promise<Map<string, LaneState>> {
  const scopes = bookings.map(scopeOf);
  if (scopes.length === 0) return new Map();
  const [newest, unsettled, planned, pause] = await Promise.all([
    newestJobs(db, handler, scopes),
    unsettledJobs(db, handler, scopes),
    plannedMoments(db, moments, bookings),
    pauses.all(),
  ]);
  const reason = pause.find((one) => one.handler === handler)?.reason;
  return new Map(
    scopes.map((scope) => {
      const blocking = unsettled
        .get(scope)
        ?.find(({ state }) => state === "held" || state === "dead");
      const [job, momentAt] = [newest.get(scope), planned.get(scope)];
      const lane = {
        ...(job && { newest: job }),
        ...(blocking && { blocking }),
        ...(reason !== undefined && { pause: reason }),
        ...(momentAt !== undefined && { momentAt }),
      };
      return [scope, lane];
    }),
  );
}

/** Jobs that still have their place, by scope, in order. */
export async function unsettledJobs(
  db: Database,
  handler: string,
  scopes: readonly string[],
): Promise<Map<string, JobRow[]>> {
  const rows: JobRow[] = await db.knex
    .from(tableBy(db, "jobs", "jobs_lane"))
    .where({ handler })
    .whereIn("scope", [...scopes])
    .whereIn("state", [...UNSETTLED])
    .orderBy("position")
    .select("scope", ...JOB_COLUMNS);
  return grouped(rows, ({ scope }) => scope);
}

async function newestJobs(
  db: Database,
  handler: string,
  scopes: readonly string[],
): Promise<Map<string, JobRow>> {
  const newest: { position: number }[] = await db.knex
    .from(tableBy(db, "jobs", "jobs_lane"))
    .where({ handler })
    .whereIn("scope", [...scopes])
    .groupBy("scope")
    .max("position as position");
  if (newest.length === 0) return new Map();
  const rows: JobRow[] = await db
    .knex("jobs")
    .whereIn(
      "position",
      newest.map(({ position }) => position),
    )
    .select("scope", ...JOB_COLUMNS);
  return new Map(rows.map((row) => [row.scope, row]));
}

const JOB_COLUMNS = ["id", "event_id as eventId", "position", "state", "run_at as runAt", "reason"];

/** The next planned moment of each booking, by scope. */
async function plannedMoments(
  { knex }: Database,
  moments: readonly string[],
  bookings: readonly Pick<Booking, "connection" | "reference">[],
): Promise<Map<string, number>> {
  const planned = new Map<string, number>();
  for (const [connection, some] of grouped(bookings, (booking) => booking.connection)) {
    const rows: { subject: string; dueAt: number }[] = await knex("occurrences")
      .where({ connection })
      .whereIn(
        "subject",
        some.map(({ reference }) => reference),
      )
      .whereIn("schedule", [...moments])
      // Wrapped, so that the index of states is not walked along in its place.
      .whereRaw("COALESCE(state, '') = 'planned'")
      .orderBy("due_at", "desc")
      .select("subject", "due_at as dueAt");
    for (const { subject, dueAt } of rows) planned.set(`${connection}/${subject}`, dueAt);
  }
  return planned;
}
