import { instantOf, localMoment, localText, momentOfInstant, type LocalMoment } from "#sdk";
import type { DayWindow, TimeWindow } from "#sdk";

import type { PlanyoConfig } from "../config.ts";
import { readMoment } from "../times.ts";

const HOUR_MS = 3_600_000;

/** The day of the site's calendar. */
export function dayOf(epochMs: number, { timeZone }: PlanyoConfig): string {
  return momentOfInstant(epochMs, timeZone).date;
}

/** From the first to the last second of the days, on the site's clock. */
export function wholeDays({ from, to }: DayWindow): { start_time: string; end_time: string } {
  return { start_time: `${from} 00:00:00`, end_time: `${to} 23:59:59` };
}

export function daysTouched({ since, until }: TimeWindow, config: PlanyoConfig): DayWindow {
  return { from: dayOf(since, config), to: dayOf(until, config) };
}

/**
 * The window on the site's clock, which runs through one hour twice when summer time ends. There
 * the window is widened, so that it holds whichever of the two Planyo takes the text for.
 */
export function onSiteClock({ since, until }: TimeWindow, config: PlanyoConfig) {
  return {
    start_time: textAround(since, -HOUR_MS, config),
    end_time: textAround(until, HOUR_MS, config),
  };
}

function textAround(epochMs: number, wideningMs: number, { timeZone }: PlanyoConfig): string {
  const moment = momentOfInstant(epochMs, timeZone);
  const isTwice = moment.offset !== undefined;
  return textOfMoment(isTwice ? momentOfInstant(epochMs + wideningMs, timeZone) : moment);
}

function textOfMoment(moment: LocalMoment): string {
  const [date = "", time = "00:00"] = localText(moment).split("T");
  return `${date} ${time.length === 5 ? `${time}:00` : time.slice(0, 8)}`;
}

/**
 * The latest instant that a time in an answer can mean: of a local time that comes twice the
 * second, of a number whose reading is open the later one. Whoever takes it for the time of a
 * change looks once too often and never once too few.
 *
 * @returns UTC milliseconds; undefined when it is no time.
 */
export function latestInstant(text: string, config: PlanyoConfig): number | undefined {
  const readings =
    config.timestamps === "auto" ? (["true_epoch", "wall_clock"] as const) : [config.timestamps];
  const instants = readings.flatMap((timestamps) => {
    const moment = readMoment(text, { ...config, timestamps });
    return moment ? [latestOf(moment)] : [];
  });
  return instants.length === 0 ? undefined : Math.max(...instants);
}

function latestOf(moment: LocalMoment): number {
  const first = instantOf(moment);
  if (moment.offset !== undefined || moment.time === undefined) return first;
  const later = first + HOUR_MS;
  return localText(momentOfInstant(later, moment.timeZone)) === localText(moment) ? later : first;
}

/** The same day so many days on. */
export function daysLater(day: string, days: number): string {
  const noon = instantOf(localMoment(day, "12:00", "UTC"));
  return momentOfInstant(noon + days * 24 * HOUR_MS, "UTC").date;
}
