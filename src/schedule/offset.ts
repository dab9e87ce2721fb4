import { Temporal } from "temporal-polyfill";

import { instantOf, type LocalMoment, momentOfInstant } from "../sdk/time.ts";

/** How far before or after a moment: elapsed time, or days of the calendar. */
export type Offset =
  | { unit: "elapsed"; ms: number }
  /** @param time `18:00` on that day; without it at the same time of day. */
  | { unit: "days"; days: number; time?: string };

const TEXT = /^([+-]?)(\d{1,5})(?:([mh])|d(?: at (\d\d:\d\d))?)$/;
const UNIT_MS = { m: 60_000, h: 3_600_000 } as const;
const DAY_MINUTES = 24 * 60;

/** @param text `-48h`, `30m`, `+1d`, `-1d at 18:00`, as the configuration has checked it. */
export function parseOffset(text: string): Offset {
  const [, sign, digits, unit, time] = TEXT.exec(text) ?? [];
  const count = Number(digits) * (sign === "-" ? -1 : 1);
  if (Number.isNaN(count)) throw new Error(`not an offset: ${text}`);
  if (unit === "m" || unit === "h") return { unit: "elapsed", ms: count * UNIT_MS[unit] };
  return { unit: "days", days: count, ...(time !== undefined && { time }) };
}

/** In minutes, for handlers: of days the minutes that they usually have. */
export function minutesOf(offset: Offset): number {
  return offset.unit === "elapsed" ? offset.ms / UNIT_MS.m : offset.days * DAY_MINUTES;
}

/**
 * The moment that lies so far from another.
 *
 * Elapsed time counts from the instant, so a change of clocks in between moves it on the clock.
 * Days count on the calendar of the place. A local time that a change of clocks skips means the
 * time after the gap; one that happens twice means the first. Without any time of day it is the
 * first instant of the day.
 *
 * @returns UTC milliseconds.
 */
export function momentAt(from: LocalMoment, offset: Offset): number {
  if (offset.unit === "elapsed") return instantOf(from) + offset.ms;
  const date = Temporal.PlainDate.from(from.date).add({ days: offset.days }).toString();
  const time = offset.time ?? from.time;
  const { timeZone } = from;
  // Of a time that happens twice the agreed one is meant, on the day itself.
  const isSame = offset.days === 0 && offset.time === undefined;
  return instantOf({
    date,
    timeZone,
    ...(time !== undefined && { time }),
    ...(isSame && from.offset !== undefined && { offset: from.offset }),
  });
}

/** A span such as `6h` or `2d` in milliseconds; a day is 24 hours. */
export function spanMs(text: string): number {
  const offset = parseOffset(text);
  return Math.abs(minutesOf(offset)) * UNIT_MS.m;
}

/** Hours in which nobody is to be written to, on the clock of the place. */
export interface QuietHours {
  /** `21:00` */
  from: string;
  /** `08:00`; before `from`: over midnight. */
  to: string;
  /** `before`: to their beginning, the evening before; `after`: to their end, the morning after. */
  move: "before" | "after";
}

/** Moves a moment out of the quiet hours: `before` never to later, `after` never to earlier. */
export function outOfQuietHours(epochMs: number, timeZone: string, quiet: QuietHours): number {
  const { date, time = "00:00" } = momentOfInstant(epochMs, timeZone);
  const clock = time.slice(0, 5);
  const isOverMidnight = quiet.to <= quiet.from;
  const isQuiet = isOverMidnight
    ? clock >= quiet.from || clock < quiet.to
    : clock >= quiet.from && clock < quiet.to;
  if (!isQuiet) return epochMs;
  const isMorning = isOverMidnight && clock < quiet.to;
  const day = Temporal.PlainDate.from(date);
  if (quiet.move === "before") {
    const evening = isMorning ? day.subtract({ days: 1 }) : day;
    const begin = instantOf({ date: evening.toString(), time: quiet.from, timeZone });
    // Hours whose beginning a change of clocks skips begin with the change.
    return begin <= epochMs ? begin : lastChange(epochMs, timeZone);
  }
  const morning = isOverMidnight && !isMorning ? day.add({ days: 1 }) : day;
  const end = instantOf({ date: morning.toString(), time: quiet.to, timeZone });
  // Of an end that happens twice the first may be over.
  return end >= epochMs ? end : secondOf(morning, quiet.to, timeZone);
}

/** The change of clocks that came last, be it at this very moment. */
function lastChange(epochMs: number, timeZone: string): number {
  const zoned = Temporal.Instant.fromEpochMilliseconds(epochMs + 1).toZonedDateTimeISO(timeZone);
  return zoned.getTimeZoneTransition("previous")?.epochMilliseconds ?? epochMs;
}

function secondOf(day: Temporal.PlainDate, time: string, timeZone: string): number {
  const plain = day.toPlainDateTime(Temporal.PlainTime.from(time));
  return plain.toZonedDateTime(timeZone, { disambiguation: "later" }).epochMilliseconds;
}
