import { Temporal } from "temporal-polyfill";

import { PermanentError } from "./errors.ts";
import { FormatCache } from "./format-cache.ts";

/**
 * A moment as the place where it happens writes it. Date, time and zone are what was agreed with
 * the guest; the instant follows from them and moves when a country changes its clocks.
 */
export interface LocalMoment {
  /** `2026-03-14` */
  readonly date: string;
  /** `09:00`, or `09:00:59` where the source counts seconds. Absent: no time was given. */
  readonly time?: string;
  /** IANA name such as `Europe/Oslo`. */
  readonly timeZone: string;
  /** Only when the local time happens twice, at the end of summer time: which of the two. */
  readonly offset?: string;
}

const zones = new FormatCache<boolean>();
const formats = new FormatCache<Intl.DateTimeFormat>();

export function isTimeZone(name: string): boolean {
  return zones.get(name, () => isKnownToIntl(name));
}

function isKnownToIntl(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** Zones have several names: Europe/Kiev is Europe/Kyiv. A name nobody knows is only itself. */
export function isSameTimeZone(one: string, other: string): boolean {
  return one === other || (isTimeZone(one) && isTimeZone(other) && idOf(one) === idOf(other));
}

function idOf(timeZone: string): string {
  return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
}

/**
 * @param date `YYYY-MM-DD`
 * @param time `HH:MM` or `HH:MM:SS`; undefined when the source gives none.
 * @throws PermanentError when date, time or zone do not exist.
 */
export function localMoment(date: string, time: string | undefined, timeZone: string): LocalMoment {
  if (!isTimeZone(timeZone)) throw new PermanentError(`unknown time zone "${timeZone}"`);
  try {
    const day = Temporal.PlainDate.from(date).toString();
    if (time === undefined) return { date: day, timeZone };
    return { date: day, time: clockText(Temporal.PlainTime.from(time)), timeZone };
  } catch (cause) {
    throw new PermanentError(`not a date and time: "${date} ${time ?? ""}"`, { cause });
  }
}

/** The local moment at which a true instant falls. */
export function momentOfInstant(epochMs: number, timeZone: string): LocalMoment {
  if (!isTimeZone(timeZone)) throw new PermanentError(`unknown time zone "${timeZone}"`);
  const zoned = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone);
  const moment = {
    date: zoned.toPlainDate().toString(),
    time: clockText(zoned.toPlainTime()),
    timeZone,
  };
  return isTwice(zoned) ? { ...moment, offset: zoned.offset } : moment;
}

function isTwice(zoned: Temporal.ZonedDateTime): boolean {
  const plain = zoned.toPlainDateTime();
  const [earlier, later] = (["earlier", "later"] as const).map(
    (disambiguation) =>
      plain.toZonedDateTime(zoned.timeZoneId, { disambiguation }).epochMilliseconds,
  );
  return earlier !== later;
}

function clockText(time: Temporal.PlainTime): string {
  return time.toString({ smallestUnit: time.second === 0 ? "minute" : "second" });
}

/**
 * UTC milliseconds of a local moment. Without a time it is the first instant of that day. A local
 * time that a change of clocks skips means the time after the gap; one that happens twice means
 * the first unless `offset` says otherwise.
 */
export function instantOf({ date, time, timeZone, offset }: LocalMoment): number {
  const day = Temporal.PlainDate.from(date);
  if (time === undefined) return day.toZonedDateTime({ timeZone }).epochMilliseconds;
  if (offset !== undefined) {
    const text = `${date}T${time}${offset}[${timeZone}]`;
    return Temporal.ZonedDateTime.from(text, { offset: "prefer" }).epochMilliseconds;
  }
  const plain = day.toPlainDateTime(Temporal.PlainTime.from(time));
  return plain.toZonedDateTime(timeZone).epochMilliseconds;
}

/** `2026-03-14T09:00`, or only the date when no time was given. */
export function localText({ date, time }: LocalMoment): string {
  return time === undefined ? date : `${date}T${time}`;
}

/** The moment as people write it: `Saturday 14 March 2026, 09:00`. */
export function formatMoment(
  moment: LocalMoment,
  language = "en",
  dateStyle: "full" | "long" | "medium" = "long",
): string {
  const { time, timeZone } = moment;
  const key = [language, dateStyle, time === undefined, timeZone].join("|");
  const format = formats.get(key, () => {
    const timeStyle = time === undefined ? {} : { timeStyle: "short" as const };
    return new Intl.DateTimeFormat(language, { dateStyle, ...timeStyle, timeZone });
  });
  return format.format(instantOf(moment));
}
