import { Temporal } from "temporal-polyfill";

import type { BookingItem } from "../booking.ts";
import { instantOf, type LocalMoment, momentOfInstant } from "../time.ts";

const DAY_MS = 86_400_000;

export interface Span {
  start: LocalMoment;
  end?: LocalMoment;
  items: readonly BookingItem[];
}

export type Clock = "local" | "utc";

/**
 * The lines `DTSTART` and `DTEND` of an event. What has no time, or lasts a day and longer, fills
 * whole days.
 *
 * @param clock Local times come with their zone: nine o'clock stays nine o'clock, whatever a country
 *   does with its clocks later on. Where events are told anew all the time, `utc` needs no zone.
 */
export function spanLines(span: Span, clock: Clock = "local"): string[] {
  if (fillsDays(span)) return dayLines(span);
  const { start, end } = span;
  // No program takes an event that is over before it begins.
  const hasEnd = end !== undefined && instantOf(end) > instantOf(start);
  const isUtc = clock === "utc" || (hasEnd ? [start, end] : [start]).some(comesTwice);
  const lineOf = isUtc ? utcLine : momentLine;
  return [lineOf("DTSTART", start), ...(hasEnd ? [lineOf("DTEND", end)] : [])];
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
  // What ends at midnight takes nothing of the day that begins then.
  const isBefore = isNights || (end?.time === "00:00" && last.toString() !== start.date);
  const until = isBefore ? last : last.add({ days: 1 });
  return [
    `DTSTART;VALUE=DATE:${digits(start.date)}`,
    `DTEND;VALUE=DATE:${digits(until.toString())}`,
  ];
}

/**
 * Of an hour that comes twice, programs differ in which one they take it for. Then both ends are in
 * UTC, since the zone that a file has to tell is looked up in the first.
 */
function comesTwice(moment: LocalMoment): boolean {
  return momentOfInstant(instantOf(moment), moment.timeZone).offset !== undefined;
}

function momentLine(name: string, moment: LocalMoment): string {
  const instant = instantOf(moment);
  // Hours that a change of clocks skips become what they mean.
  const { date, time = "00:00", timeZone } = momentOfInstant(instant, moment.timeZone);
  if (timeZone === "UTC") return utcLine(name, moment);
  return `${name};TZID=${timeZone}:${digits(`${date}T${time}`)}${time.length === 5 ? "00" : ""}`;
}

function utcLine(name: string, moment: LocalMoment): string {
  return `${name}:${utcText(instantOf(moment))}`;
}

/** An instant as calendars write it: `20260314T080000Z`. */
export function utcText(epochMs: number): string {
  return `${digits(new Date(epochMs).toISOString().slice(0, 19))}Z`;
}

function digits(text: string): string {
  return text.replaceAll(/[-:]/g, "");
}
