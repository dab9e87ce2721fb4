import type { HandlerTable, TableEntry } from "../dispatch/handler-table.ts";
import { BOOKING_EVENT_TYPES } from "../sdk/booking-event.ts";

const OF_BOOKINGS: ReadonlySet<string> = new Set(BOOKING_EVENT_TYPES);

/**
 * The handlers of an instance that converge on the newest state of bookings. Never those that write to
 * people: what a guest was told is not told again.
 *
 * @throws when there is no such instance, or none of its handlers is of that kind.
 */
export function mirrorsOf({ entries }: HandlerTable, instance: string): TableEntry[] {
  const all = [...entries.values()];
  const own = all.filter((entry) => entry.instance === instance && entry.schedule === undefined);
  const mirrors = own.filter(isMirror);
  if (mirrors.length > 0) return mirrors;
  const known = [...new Set(all.filter(isMirror).map((entry) => entry.instance))];
  const help =
    known.length === 0
      ? "no integration of bellhop.yaml is a CRM, a calendar or the like"
      : `"bellhop sync" can do it for ${known.join(", ")}`;
  throw new Error(
    own.length === 0
      ? `no instance is called ${instance}: ${help}`
      : `${instance} keeps no picture of bookings that could be brought up to date: ${help}`,
  );
}

function isMirror({ handler, schedule }: TableEntry): boolean {
  const isOfBookings = handler.on.some((type) => OF_BOOKINGS.has(type));
  return schedule === undefined && handler.kind === "mirror" && isOfBookings;
}
