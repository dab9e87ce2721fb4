import { instantOf, localMoment, momentOfInstant } from "#sdk";

import { SITE } from "./site.ts";

// A hundred thousand reservations are made and listed by the site's clock: the zone is asked once
// an hour of the calendar, and the rest is arithmetic.

const HOUR_SECONDS = 3_600;
export const DAY_SECONDS = 86_400;

const offsets = new Map<number, number>();
const moments = new Map<string, number>();

/** Seconds that the site's clock is ahead of UTC. Clocks change at full hours. */
function offsetAt(seconds: number): number {
  const hour = Math.floor(seconds / HOUR_SECONDS);
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  const { date, time = "00:00" } = momentOfInstant(hour * HOUR_SECONDS * 1000, SITE.timeZone);
  const offset = Date.parse(`${date}T${time}Z`) / 1000 - hour * HOUR_SECONDS;
  offsets.set(hour, offset);
  return offset;
}

/** `YYYY-MM-DD HH:MM:SS` on the site's clock, as the API writes times. */
export function localTimeText(seconds: number): string {
  const local = new Date((seconds + offsetAt(seconds)) * 1000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)}`;
}

/** Number of the day on the site's calendar, counted from 1970. */
export function dayNumber(seconds: number): number {
  return Math.floor((seconds + offsetAt(seconds)) / DAY_SECONDS);
}

/** `YYYY-MM-DD` */
export function dateOfDay(day: number): string {
  return new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10);
}

/** Epoch seconds of a time on the site's clock. */
export function secondsOf(date: string, time: string): number {
  const text = `${date} ${time}`;
  const known = moments.get(text);
  if (known !== undefined) return known;
  const seconds = instantOf(localMoment(date, time, SITE.timeZone)) / 1000;
  moments.set(text, seconds);
  return seconds;
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?$/;

/** Reads what Planyo calls a DateTime: seconds, or local text with or without a time. */
export function readDateTime(text: string): number | undefined {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  const [, date, time = "00:00"] = DATE_TIME.exec(text) ?? [];
  if (date === undefined) return undefined;
  try {
    return instantOf(localMoment(date, time, SITE.timeZone)) / 1000;
  } catch {
    return undefined; // 31 June
  }
}
