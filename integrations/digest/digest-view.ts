import { type Activity, type LocalMoment, momentOfInstant, type TimeWindow } from "#sdk";

import type { DigestConfig } from "./config.ts";
import { GROUPS, type GroupId, type Line, linesOf } from "./lines.ts";

/** More would not be read. */
const MAX_LINES = 25;
const DAY_MS = 24 * 60 * 60_000;

export interface Group {
  id: GroupId;
  count: number;
  /** The newest. */
  lines: Line[];
  /** How many follow that are not shown. */
  more: number;
}

/** What templates see. */
export interface DigestView {
  since: LocalMoment;
  /** Of `since`, as seen from the end of the time. */
  day: "today" | "yesterday" | "earlier";
  /** Those in which something happened. */
  groups: Group[];
  /** Bookings and troubles that were too many to be looked at. */
  leftOff: number;
  isEmpty: boolean;
  /** Whether the lines are about more than one connection. */
  hasConnections: boolean;
}

export function digestView(
  activity: Activity,
  window: TimeWindow,
  { timeZone = zoneOfMachine() }: Pick<DigestConfig, "timeZone">,
): DigestView {
  const lines = linesOf(activity);
  const groups = GROUPS.flatMap((id) => {
    const all = lines.get(id) ?? [];
    const shown = all.slice(0, MAX_LINES);
    const more = all.length - shown.length;
    return all.length === 0 ? [] : [{ id, count: all.length, lines: shown, more }];
  });
  const connections = [...activity.bookings, ...activity.troubles].map((one) => one.connection);
  const since = momentOfInstant(window.since, timeZone);
  return {
    since,
    day: dayOf(since, momentOfInstant(window.until, timeZone)),
    groups,
    leftOff: activity.leftOff,
    isEmpty: groups.length === 0 && activity.leftOff === 0,
    hasConnections: new Set(connections).size > 1,
  };
}

function dayOf(since: LocalMoment, until: LocalMoment): DigestView["day"] {
  const days = (Date.parse(until.date) - Date.parse(since.date)) / DAY_MS;
  if (days === 0) return "today";
  return days === 1 ? "yesterday" : "earlier";
}

function zoneOfMachine(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
