import type { DayWindow } from "../sdk/lists.ts";
import type { Progress, Wanted } from "./comparison.ts";
import { daysAfter } from "./days.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Filters of sources are often whole days, and clocks differ: windows overlap by a day. */
const OVERLAP_MS = DAY_MS;
/** The first time, and after a long stop, so far back at most. */
const LONGEST_LOOK_BACK_MS = 31 * DAY_MS;

/** Stays that began so long before today may still go on. */
const LONGEST_STAY_DAYS = 60;

export interface ScheduleRules {
  /** 0: never by itself. */
  everyMinutes: number;
  /** `HH:MM` of this machine's clock. */
  at: string;
  daysAhead: number;
}

/** A comparison that a schedule has begun. */
export interface Begun {
  wanted: Wanted;
  progress: Progress;
}

/** What a connection's schedule remembers. */
export interface ScheduleState {
  /** Until when changes have been asked for, UTC milliseconds. */
  roundAt?: number;
  /** The day on which coming bookings were last compared. */
  nightOn?: string;
  /** Until when the daily lists have been asked for. */
  dailyAt?: number;
  /** Positions of deliveries that ended comparisons have left behind. */
  waiting?: readonly number[];
  round?: Begun;
  night?: Begun;
}

/**
 * Whether it is time to ask what has changed.
 *
 * @param spacingMs The source's budget asks for at least so much between two rounds.
 */
export function isRoundDue(
  { roundAt }: ScheduleState,
  { everyMinutes }: ScheduleRules,
  spacingMs: number,
  now: number,
): boolean {
  if (everyMinutes === 0) return false;
  // A clock that was put back must not silence the rounds.
  if (roundAt === undefined || roundAt > now) return true;
  return now - roundAt >= Math.max(everyMinutes * MINUTE_MS, spacingMs);
}

/** @param today Day and time of this machine. */
export function isNightDue(
  { nightOn }: ScheduleState,
  { everyMinutes, at }: ScheduleRules,
  today: { day: string; time: string },
): boolean {
  if (everyMinutes === 0 || today.time < at) return false;
  return nightOn === undefined || nightOn !== today.day;
}

export function roundOf({ roundAt }: ScheduleState, now: number): Wanted {
  return { since: sinceOf(roundAt, now) };
}

/** @param today Of the source's calendar. */
export function nightOf(
  { dailyAt }: ScheduleState,
  { daysAhead }: ScheduleRules,
  today: string,
  now: number,
): Wanted {
  const days: DayWindow = { from: today, to: daysAfter(today, daysAhead) };
  return { since: sinceOf(dailyAt, now), isDaily: true, days };
}

/**
 * What an import asks for: present and coming bookings.
 *
 * @param from Given by a person: then past bookings count, too.
 */
export function importWanted(today: string, to: string, from?: string): Wanted {
  if (from !== undefined) return { days: { from, to } };
  return { days: { from: daysAfter(today, -LONGEST_STAY_DAYS), to }, endsFrom: today };
}

function sinceOf(last: number | undefined, now: number): number {
  const from = last === undefined || last > now ? now : last;
  return Math.max(from - OVERLAP_MS, now - LONGEST_LOOK_BACK_MS);
}

/** `2026-11-25` and `14:05` by this machine's clock. */
export function localToday(epochMs: number): { day: string; time: string } {
  const at = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, "0");
  return {
    day: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
  };
}
