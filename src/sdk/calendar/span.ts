import { Temporal } from "temporal-polyfill";

import type { BookingItem } from "../booking.ts";
import { instantOf, type LocalMoment, momentOfInstant } from "../time.ts";

const DAY_MS = 86_400_000;

export interface Span {
  start: LocalMoment;
  end?: LocalMoment;
  items: readonly BookingItem[];
}

/**
 * The lines `DTSTART` and `DTEND` of an event.
 *
 * Times are local with their zone: nine o'clock stays nine o'clock, whatever a country does with its
 * clocks. What has no time, or lasts a day and longer, fills whole days.
 */
export function spanLines(span: Span): string[] {
  const { start, end } = span;
  if (fillsDays(span)) return dayLines(span);
  return [momentLine("DTSTART", start), ...(end ? [momentLine("DTEND", end)] : [])];
}

/** The zone that these lines name. */
export function zoneOf(lines: readonly string[]): string | undefined {
  return /;TZID=([^:;]+):/.exec(lines[0] ?? "")?.[1];
}

export function fillsDays({ start, end }: Span): boolean {
  if (start.time === undefined) return true;
  if (!end || end.date === start.date) return false;
  return end.time === undefined || instantOf(end) - instantOf(start) >= DAY_MS;
}

function dayLines({ start, end, items }: Span): string[] {
  const last = Temporal.PlainDate.from(end && end.date > start.date ? end.date : start.date);
  // A room is free again on the day of departure; a guide or a bike comes back on that day. In
  // either case the end of whole days is the day after the last one.
  const isNights =
    last.toString() !== start.date && items.some(({ kind }) => kind === "accommodation");
  const until = isNights ? last : last.add({ days: 1 });
  return [
    `DTSTART;VALUE=DATE:${digits(start.date)}`,
    `DTEND;VALUE=DATE:${digits(until.toString())}`,
  ];
}

function momentLine(name: string, moment: LocalMoment): string {
  const instant = instantOf(moment);
  // Hours that a change of clocks skips become what they mean.
  const { date, time = "00:00", timeZone, offset } = momentOfInstant(instant, moment.timeZone);
  // Of an hour that comes twice, programs differ in which one they take it for.
  if (timeZone === "UTC" || offset !== undefined) {
    const utc = new Date(instant).toISOString().slice(0, 19);
    return `${name}:${digits(utc)}Z`;
  }
  return `${name};TZID=${timeZone}:${digits(`${date}T${time}`)}${time.length === 5 ? "00" : ""}`;
}

function digits(text: string): string {
  return text.replaceAll(/[-:]/g, "");
}
