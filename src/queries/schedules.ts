import type { Database } from "../db/database.ts";
import type { JobState } from "../dispatch/job-store.ts";
import { CLOCK } from "../schedule/hourly.ts";
import type { OccurrenceState } from "../schedule/occurrence-store.ts";
import { NO_CONNECTION } from "../sdk/booking-event.ts";

/** A moment that had its turn, or has it soon. */
export interface TurnRow {
  /** UTC milliseconds. */
  dueAt: number;
  state: OccurrenceState;
  reason: string | null;
  eventId: string | null;
}

/** What a handler made of it. */
export interface TurnJob {
  id: string;
  handler: string;
  state: JobState;
  attempts: number;
  reason: string | null;
}

const COLUMNS = ["due_at as dueAt", "state", "reason", "event_id as eventId"];

/** One turn of a schedule. */
export async function findTurn(
  { knex }: Database,
  { schedule, slot }: { schedule: string; slot: string },
): Promise<TurnRow | undefined> {
  const key = { connection: NO_CONNECTION, subject: CLOCK, schedule, slot };
  const row: unknown = await knex("occurrences").where(key).first(COLUMNS);
  return row as TurnRow | undefined;
}

/** The last turn of a timer or schedule that came to something, or was passed over. */
export async function lastTurn(
  { knex, dialect }: Database,
  schedule: string,
): Promise<TurnRow | undefined> {
  const row: unknown = await knex("occurrences")
    .where({ schedule })
    .where("due_at", "<=", knex.raw(dialect.nowMs))
    // By schedule and moment, not by state.
    .whereRaw("COALESCE(state, '') IN ('done', 'skipped')")
    .orderBy("due_at", "desc")
    .first(COLUMNS);
  return row as TurnRow | undefined;
}

/** What came of an event, by handler. */
export async function jobsOfEvent({ knex }: Database, eventId: string): Promise<TurnJob[]> {
  const jobs: TurnJob[] = await knex("jobs")
    .where({ event_id: eventId })
    .orderBy("position")
    .select("id", "handler", "state", "attempts", "reason");
  return jobs;
}
