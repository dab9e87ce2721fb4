import { type DayWindow, momentOfInstant, type TimeWindow } from "#sdk";

/** `YYYY-MM-DD` of an instant, where the account is. */
export function dayOf(epochMs: number, timeZone: string): string {
  return momentOfInstant(epochMs, timeZone).date;
}

/** Lists are asked for whole days of the account's calendar. */
export function daysOf({ since, until }: TimeWindow, timeZone: string): DayWindow {
  return { from: dayOf(since, timeZone), to: dayOf(until, timeZone) };
}
