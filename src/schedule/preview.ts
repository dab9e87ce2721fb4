import type { Database } from "../db/database.ts";
import type { DryRun, DryRuns } from "../dispatch/dry-run.ts";
import type { HandlerTable } from "../dispatch/handler-table.ts";
import type { KnownSubject } from "../normalize/look.ts";
import type { StoredSubject, SubjectStore } from "../normalize/subject-store.ts";
import type { Booking } from "../sdk/booking.ts";
import { NO_CONNECTION } from "../sdk/booking-event.ts";
import { draftTimerEvent, reasonToWithdraw } from "./fire-timers.ts";
import type { Occurrence, OccurrenceStore } from "./occurrence-store.ts";
import { zoneOf } from "./timer.ts";
import type { Timetable } from "./timetable.ts";

const MACHINE_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export interface PreviewParts {
  db: Database;
  occurrences: OccurrenceStore;
  subjects: SubjectStore;
  handlers: HandlerTable;
  dryRuns: DryRuns;
  timetable: Timetable;
}

/** What would follow from a planned moment, for one handler. */
export interface PreviewLine {
  occurrence: Occurrence;
  /** In which its time is read: that of the booking, or of the schedule. */
  timeZone: string;
  booking?: Booking;
  handler?: string;
  /** `would mail the reminder "reminder" to the guest` */
  what: string;
}

export interface Preview {
  lines: PreviewLine[];
  /** Planned moments that no line tells of. */
  more: number;
}

export interface PreviewWanted {
  /** UTC milliseconds. */
  until: number;
  /** Undefined: all. */
  schedule: string | undefined;
  /** So many lines at most. */
  limit: number;
}

/** What would be done by planned moments, as things are now. Nothing is, and no trace is left. */
export async function preview(
  parts: PreviewParts,
  { until, schedule, limit }: PreviewWanted,
): Promise<Preview> {
  // Each moment is told of in one line at least.
  const { next, count } = await parts.occurrences.plannedUntil(until, limit, schedule);
  const now = await parts.db.now();
  const known = await readSubjects(parts, next);
  const lines: PreviewLine[] = [];
  let told = 0;
  for (const occurrence of next) {
    if (lines.length >= limit) break;
    const { connection, subject } = occurrence;
    const about = known.get(connection)?.get(subject)?.known;
    if (connection === NO_CONNECTION) lines.push(lineOf(parts, occurrence));
    else lines.push(...(await linesOfTimer(parts, occurrence, about, now)));
    told += 1;
  }
  return { lines, more: count - told };
}

/** The bookings that moments are about, by connection and reference. */
async function readSubjects(
  { db, subjects }: PreviewParts,
  moments: readonly Occurrence[],
): Promise<Map<string, ReadonlyMap<string, StoredSubject>>> {
  const found = new Map<string, ReadonlyMap<string, StoredSubject>>();
  for (const connection of new Set(moments.map((one) => one.connection))) {
    const some = moments.filter((one) => one.connection === connection);
    const references = [...new Set(some.map(({ subject }) => subject))];
    found.set(connection, await subjects.load(db.knex, connection, references));
  }
  return found;
}

function lineOf({ timetable }: PreviewParts, occurrence: Occurrence): PreviewLine {
  const { schedule } = occurrence;
  const { timeZone = MACHINE_ZONE } = timetable.clockworks.get(schedule) ?? {};
  const words = timetable.wordsOf(schedule);
  const what =
    words === undefined ? "would not run: it is not in use any more" : `would run: ${words}`;
  return { occurrence, timeZone, what };
}

async function linesOfTimer(
  { timetable, handlers, dryRuns }: PreviewParts,
  occurrence: Occurrence,
  known: KnownSubject | undefined,
  now: number,
): Promise<PreviewLine[]> {
  const { schedule, dueAt } = occurrence;
  const timer = timetable.timers.get(schedule);
  const booking = known?.booking;
  const line = {
    occurrence,
    timeZone: booking ? zoneOf(booking) : "UTC",
    ...(booking && { booking }),
  };
  const against = reasonToWithdraw(timer, booking);
  if (against !== undefined) return [{ ...line, what: `would not go off: ${against}` }];
  if (!timer || !known || !booking) return [];
  const at = Math.max(dueAt, now);
  const { event } = draftTimerEvent(occurrence, timer, { ...known, booking }, at);
  const wanted = handlers.jobsFor(event);
  if (wanted.length === 0) return [{ ...line, what: "would do nothing: nobody hears of it" }];
  const lines: PreviewLine[] = [];
  for (const one of wanted) {
    const what = wordsOf(await dryRuns.event(one, event));
    lines.push({ ...line, handler: one.handler, what });
  }
  return lines;
}

function wordsOf({ wouldDo, outcome }: DryRun): string {
  const isPlain = wouldDo.length > 0 && outcome === "would be done";
  return (isPlain ? wouldDo : [...wouldDo, outcome]).join("; ");
}
