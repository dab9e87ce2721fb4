import type { Database } from "../db/database.ts";
import type { JobState } from "../dispatch/job-store.ts";
import { OCCURRENCE_STATES, type OccurrenceState } from "../schedule/occurrence-store.ts";
import type { Timetable } from "../schedule/timetable.ts";
import { instant, oneOf, text } from "./filters.ts";
import type { List } from "./list.ts";
import { planOf, type Table, term } from "./plan.ts";
import { presentInstant } from "./present.ts";

export interface OccurrenceRow {
  schedule: string;
  connection: string;
  subject: string;
  /** UTC milliseconds. */
  dueAt: number;
  state: OccurrenceState;
  reason: string | null;
  eventId: string | null;
  /** What was done about it, or is to be. */
  jobs: readonly MomentJob[];
}

/** What a handler made of a moment. */
export interface MomentJob {
  handler: string;
  state: JobState;
  reason: string | null;
}

const OCCURRENCES: Table = {
  name: "occurrences",
  key: "position",
  ordered: [{ name: "occurrences_subject", columns: ["subject"] }],
};

export const occurrenceFilters = {
  schedule: text("Timer by its name, or schedule as `instance/schedule`", 191),
  connection: text("Name of the connection"),
  subject: text("The booking's reference; `clock` of what no booking is about"),
  state: oneOf(OCCURRENCE_STATES, "What became of it"),
  from: instant("Due at this time or later"),
  to: instant("Due before this time"),
};

type Filters = typeof occurrenceFilters;

/** Moments of timers and schedules, the newest made first. */
export function occurrenceList(
  timetable: Pick<Timetable, "wordsOf">,
): List<Filters, OccurrenceRow> {
  return {
    name: "occurrences",
    filters: occurrenceFilters,
    plan: planOccurrences,
    async read(db, keys) {
      const rows: Omit<OccurrenceRow, "jobs">[] = await db
        .knex("occurrences")
        .whereIn("position", [...keys])
        .orderBy("position", "desc")
        .select("schedule", "connection", "subject", "due_at as dueAt", "state", "reason")
        .select("event_id as eventId");
      const jobs = await jobsByEvent(
        db,
        rows.flatMap(({ eventId }) => eventId ?? []),
      );
      return rows.map((row) => ({
        ...row,
        reason: reasonOf(row, timetable),
        jobs: jobs.get(row.eventId ?? "") ?? [],
      }));
    },
    present: ({ dueAt, ...row }) => ({ ...row, dueAt: presentInstant(dueAt) }),
  };
}

const planOccurrences: List<Filters, OccurrenceRow>["plan"] = (filters) => {
  const { schedule, connection, subject, state, from, to } = filters;
  const terms = [
    ...term("subject", "=", subject),
    ...term("schedule", "=", schedule),
    ...term("state", "=", state),
    ...term("connection", "=", connection),
    ...term("due_at", ">=", from),
    ...term("due_at", "<", to),
  ];
  if (subject !== undefined) return planOf(OCCURRENCES, terms, []);
  if (schedule !== undefined) return byIndex("occurrences_schedule");
  if (state !== undefined) return byIndex("occurrences_state");
  const isTimed = from !== undefined || to !== undefined;
  return byIndex(isTimed ? "occurrences_due_at" : "occurrences_key");

  function byIndex(index: string) {
    return planOf(OCCURRENCES, terms, [{ index, terms: [] }]);
  }
};

async function jobsByEvent(
  { knex }: Database,
  eventIds: readonly string[],
): Promise<Map<string, MomentJob[]>> {
  const found = new Map<string, MomentJob[]>();
  if (eventIds.length === 0) return found;
  const rows: (MomentJob & { eventId: string })[] = await knex("jobs")
    .whereIn("event_id", [...eventIds])
    .orderBy("position")
    .select("event_id as eventId", "handler", "state", "reason");
  for (const { eventId, ...job } of rows) found.set(eventId, [...(found.get(eventId) ?? []), job]);
  return found;
}

/** Null when nobody knows any more: the timer is gone. */
function reasonOf(
  { schedule, state, reason }: Pick<OccurrenceRow, "schedule" | "state" | "reason">,
  timetable: Pick<Timetable, "wordsOf">,
): string | null {
  if (reason !== null) return reason;
  if (state === "planned") return timetable.wordsOf(schedule) ?? null;
  return state === "done" ? "its moment came" : null;
}
