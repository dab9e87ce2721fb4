import { preview, type Preview, type PreviewLine } from "../schedule/preview.ts";
import type { Timetable } from "../schedule/timetable.ts";
import { NO_CONNECTION } from "../sdk/booking-event.ts";
import { localText, momentOfInstant } from "../sdk/time.ts";
import { hint } from "../settings/config-problems.ts";
import { nameOf } from "./list-tables.ts";
import type { OpenBellhop } from "./open.ts";
import type { Shell } from "./shell.ts";
import { type Cells, table } from "./table.ts";

export const PREVIEW_FORMATS = ["text", "json"] as const;

export interface PreviewOptions {
  days: number;
  schedule?: string;
  format: (typeof PREVIEW_FORMATS)[number];
}

const MOST_LINES = 200;
const DAY_MS = 24 * 60 * 60_000;

const HEADERS: Cells = ["WHEN", "BOOKING", "GUEST", "NAME", "WHAT"];

/** Writes what planned moments would lead to. */
export async function showPreview(
  shell: Shell,
  bellhop: OpenBellhop,
  { days, schedule, format }: PreviewOptions,
): Promise<void> {
  const { db, timetable } = bellhop;
  if (schedule !== undefined) checkName(timetable, schedule);
  const until = (await db.now()) + days * DAY_MS;
  const found = await preview(bellhop, { until, schedule, limit: MOST_LINES });
  if (format === "json") {
    const answer = { data: found.lines.map(presentLine), more: found.more };
    shell.write(`${JSON.stringify(answer, null, 2)}\n`);
    return;
  }
  shell.write(textOf(found, days, shell.columns));
}

function textOf({ lines, more }: Preview, days: number, columns: number): string {
  const within = days === 1 ? "the next day" : `the next ${days} days`;
  if (lines.length === 0) {
    return (
      `Nothing is planned for ${within}. "bellhop schedule list" shows what there is; ` +
      "a new timer is planned when Bellhop starts.\n"
    );
  }
  // What would be done is never cut, and leaves the rest of a line its room.
  const room = columns + Math.max(...lines.map(({ what }) => what.length));
  const shown = table(HEADERS, lines.map(cellsOf), room, ["WHEN", "BOOKING", "NAME", "WHAT"]);
  const rest = more === 0 ? "" : `\n${more} more are planned for ${within}.\n`;
  return `${shown}${rest}\nNothing was done.\n`;
}

function cellsOf({ occurrence, timeZone, booking, what }: PreviewLine): Cells {
  const { dueAt, connection, subject, schedule } = occurrence;
  return [
    localText(momentOfInstant(dueAt, timeZone)).slice(0, 16).replace("T", " "),
    connection === NO_CONNECTION ? "" : `${connection}/${subject}`,
    nameOf(booking?.customer),
    schedule,
    what,
  ];
}

function presentLine({ occurrence, timeZone, booking, handler, what }: PreviewLine) {
  const { dueAt, connection, subject, schedule } = occurrence;
  return {
    dueAt: new Date(dueAt).toISOString(),
    local: localText(momentOfInstant(dueAt, timeZone)),
    timeZone,
    schedule,
    connection,
    subject,
    guest: nameOf(booking?.customer) || null,
    handler: handler ?? null,
    what,
  };
}

/** @throws Error that names what there is. */
function checkName({ timers, clockworks }: Timetable, name: string): void {
  if (timers.has(name) || clockworks.has(name)) return;
  const known = [...timers.keys(), ...clockworks.keys()];
  const others = known.length === 0 ? ": none are configured" : hint(name, known);
  throw new Error(`there is no timer and no schedule ${name}${others}`);
}
