import { eventsOf } from "../calendars/calendar-events.ts";
import { type Calendar, calendarsOf } from "../calendars/calendar.ts";
import { unknownNames } from "../calendars/unknown-names.ts";
import type { Database } from "../db/database.ts";
import { messageOf } from "../sdk/errors.ts";
import { isLoopback } from "../settings/loopback.ts";
import type { Settings } from "../settings/settings.ts";
import type { Finding } from "./check-findings.ts";
import { countOf } from "./set-up-words.ts";

/**
 * What the calendars show now, and whether the programs of others can reach them.
 *
 * @param db Undefined: it cannot be read, as its own check tells.
 */
export function checkCalendars(
  settings: Settings,
  db: Database | undefined,
  only?: string,
): (Finding | Promise<Finding>)[] {
  const calendars = calendarsOf(settings.config).filter(
    ({ id }) => only === undefined || id === only,
  );
  if (calendars.length === 0) return [];
  return [...unreachable(settings), ...calendars.map((calendar) => checkCalendar(calendar, db))];
}

/** The programs of Google and Microsoft fetch links from their own machines. */
function unreachable({ publicUrl }: Settings): Finding[] {
  if (!isLoopback(publicUrl) && publicUrl.startsWith("https:")) return [];
  const line =
    `Google and Outlook cannot subscribe to links at ${publicUrl}: ` +
    "set BELLHOP_PUBLIC_URL to an https address that is known outside";
  return [{ name: "calendars", state: "warning", line }];
}

async function checkCalendar(calendar: Calendar, db: Database | undefined): Promise<Finding> {
  const name = `calendars.${calendar.id}`;
  const shown = calendar.show.length === 0 ? "nothing of guests" : calendar.show.join(", ");
  const reach = `${calendar.daysBack} days back, ${calendar.daysAhead} ahead; shows ${shown}`;
  if (!db) return { name, state: "ok", line: reach };
  try {
    const reader = { db, nowMs: Date.now(), relief: () => Promise.resolve() };
    const { events, isCut } = await eventsOf(calendar, reader);
    const count = countOf(events.length, "event");
    if (isCut) return { name, state: "warning", line: `${count}, more is left out; ${reach}` };
    if (events.length > 0) return { name, state: "ok", line: `${count}; ${reach}` };
    // It may be new; or a word in its rule is none that bookings have.
    const unknown = await unknownNames(calendar, reader);
    const why = ["no booking fits it now", ...unknown].join("; ");
    const state = unknown.length > 0 ? "warning" : "ok";
    return { name, state, line: `${count} (${why}); ${reach}` };
  } catch (error) {
    return { name, state: "failed", line: messageOf(error) };
  }
}
