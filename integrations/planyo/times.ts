import { instantOf, kindOf, localMoment, localText, momentOfInstant, type LocalMoment } from "#sdk";

import type { PlanyoConfig } from "./config.ts";

/** What must be known to read a time of Planyo's. */
export type ClockSettings = Pick<PlanyoConfig, "timestamps" | "timeZone">;

/** What a number in a notification turned out to be, seen beside the API's text. */
export type Calibration = "true_epoch" | "wall_clock" | "undecided";

const SECONDS = /^\d{1,12}(?:\.0+)?$/;
const LOCAL_TEXT = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}:\d{2}(?::\d{2})?))?$/;

/**
 * Reads a time as Planyo writes it: a number of seconds (notifications) or local text without a
 * zone (API). Planyo says "timestamp" and names no zone (FAQ 222), so a setting says what is meant.
 *
 * @returns undefined when the text is neither, or no time that exists.
 */
export function readMoment(text: string, clock: ClockSettings): LocalMoment | undefined {
  try {
    return SECONDS.test(text)
      ? momentOfSeconds(Number(text), clock)
      : momentOfText(text, clock.timeZone);
  } catch (error) {
    if (kindOf(error) === "permanent") return undefined; // 31 June, 25:00
    throw error;
  }
}

function momentOfSeconds(seconds: number, clock: ClockSettings): LocalMoment | undefined {
  if (seconds === 0) return undefined; // PHP's way to say that there is none
  if (clock.timestamps !== "wall_clock") return momentOfInstant(seconds * 1000, clock.timeZone);
  const { date, time } = momentOfInstant(seconds * 1000, "UTC");
  return localMoment(date, time, clock.timeZone);
}

function momentOfText(text: string, timeZone: string): LocalMoment | undefined {
  const [, date, time] = LOCAL_TEXT.exec(text) ?? [];
  if (date === undefined) return undefined;
  return localMoment(date, time?.padStart(5, "0"), timeZone);
}

/** The same as an instant in RFC 3339. */
export function readInstant(text: string, clock: ClockSettings): string | undefined {
  const moment = readMoment(text, clock);
  if (moment === undefined) return undefined;
  return new Date(instantOf(moment)).toISOString().replace(".000Z", "Z");
}

const END_OF_DAY = ["00:00", "23:59", "23:59:59"];

/**
 * Day- and night-based resources are reserved from midnight (Planyo tutorial on e-mails, part 3).
 * Nobody agreed on midnight with the guest, so such a stay has dates and no times.
 */
export function withoutMidnights<T extends { start?: LocalMoment; end?: LocalMoment }>(stay: T): T {
  const { start, end } = stay;
  const isByDay = start?.time === "00:00" && END_OF_DAY.includes(end?.time ?? "");
  return isByDay && end ? { ...stay, start: dateOnly(start), end: dateOnly(end) } : stay;
}

function dateOnly({ date, timeZone }: LocalMoment): LocalMoment {
  return { date, timeZone };
}

/**
 * Finds out what a site's timestamps mean, from one reservation seen both ways.
 *
 * @param timestamp `start` of a notification, in seconds.
 * @param apiText `start_time` of the same reservation in the API: local text without a zone.
 * @returns undecided when both readings fit (no offset at that date) or neither does (it was moved
 *   in between): ask another reservation.
 */
export function calibrate(timestamp: number, apiText: string, timeZone: string): Calibration {
  if (SECONDS.test(apiText)) return "undecided"; // numbers beside each other prove nothing
  const shown = readMoment(apiText, { timestamps: "true_epoch", timeZone });
  const fits = (timestamps: "true_epoch" | "wall_clock") => {
    const moment = readMoment(String(timestamp), { timestamps, timeZone });
    return moment && shown && localText(moment) === localText(shown);
  };
  const isTrueEpoch = fits("true_epoch");
  if (isTrueEpoch === fits("wall_clock")) return "undecided";
  return isTrueEpoch ? "true_epoch" : "wall_clock";
}
