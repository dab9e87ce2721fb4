import fc from "fast-check";
import { DateTime, FixedOffsetZone, IANAZone } from "luxon";
import { describe, expect, it } from "vitest";

import {
  momentAt,
  type Offset,
  outOfQuietHours,
  type QuietHours,
} from "../../src/schedule/offset.ts";
import type { LocalMoment } from "../../src/sdk/time.ts";

// What the schedule computes with Temporal is looked up here with luxon, by walking over the
// minutes of a day and reading the clock on the wall at each. Both ask Node's ICU for the rules of
// the zones: whether those are right is not what is tested, but everything that is made of them.

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const SEED = 20_261_025;
const BOOKINGS = 10_000;
const YEARS = 2;

const ZONES = [
  ...["Europe/Oslo", "Europe/London", "Europe/Lisbon", "Europe/Athens", "Atlantic/Reykjavik"],
  ...["Europe/Dublin", "Atlantic/Azores", "America/New_York", "America/Los_Angeles"],
  ...["America/St_Johns", "America/Nuuk", "Africa/Casablanca", "Pacific/Auckland"],
  // Half and quarter hours.
  ...["Asia/Kolkata", "Asia/Kathmandu", "Australia/Adelaide", "Australia/Lord_Howe"],
  "Pacific/Chatham",
  // Clocks change at midnight.
  ...["America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Asuncion"],
  ...["Pacific/Apia", "UTC"],
];

/** Minutes since 1970 as the clock on the wall shows them at a minute of UTC. */
type Walls = Int32Array;

const WALKED_DAYS = 3;
const walked = new Map<string, Walls>();
const zones = new Map(ZONES.map((name) => [name, IANAZone.create(name)]));

/** The walls of each minute of a UTC day, of the day before and of the day after. */
function wallsAround(dayUtc: number, timeZone: string): Walls {
  const walls = new Int32Array(WALKED_DAYS * DAY_MINUTES);
  for (let index = 0; index < WALKED_DAYS; index += 1) {
    walls.set(wallsOf(dayUtc - 1 + index, timeZone), index * DAY_MINUTES);
  }
  return walls;
}

function wallsOf(dayUtc: number, timeZone: string): Walls {
  const key = `${timeZone} ${dayUtc}`;
  const known = walked.get(key);
  if (known) return known;
  const walls = new Int32Array(DAY_MINUTES);
  const offsetAt = (index: number) =>
    zones.get(timeZone)?.offset((dayUtc * DAY_MINUTES + index) * MINUTE_MS) ?? NaN;
  // No zone changes its clocks twice a day, and all do it at a full or a half hour; to ask luxon at
  // every minute takes minutes.
  let offset = offsetAt(0);
  const isChanging = offset !== offsetAt(DAY_MINUTES - 30);
  for (let index = 0; index < DAY_MINUTES; index += 1) {
    if (isChanging && index % 30 === 0) offset = offsetAt(index);
    walls[index] = dayUtc * DAY_MINUTES + index + offset;
  }
  walked.set(key, walls);
  return walls;
}

function firstMinute(dayUtc: number): number {
  return (dayUtc - 1) * DAY_MINUTES;
}

/** `2026-03-29 02:30` as minutes since 1970, whatever the zone. */
function wallOf(date: string, time: string): number {
  return (
    DateTime.fromISO(`${date}T${time}`, { zone: FixedOffsetZone.utcInstance }).toMillis() /
    MINUTE_MS
  );
}

/** The first minute of UTC at which the wall shows this; in a gap, the time after it. */
function findWall(wanted: number, timeZone: string): number {
  const dayUtc = Math.floor(wanted / DAY_MINUTES);
  const walls = wallsAround(dayUtc, timeZone);
  for (let index = 0; index < walls.length; index += 1) {
    const wall = walls[index] ?? NaN;
    if (wall === wanted) return firstMinute(dayUtc) + index;
    const before = walls[index - 1] ?? Infinity;
    // As far after the gap as it lies after its beginning.
    if (before < wanted && wall > wanted) {
      return firstMinute(dayUtc) + index + (wanted - (before + 1));
    }
  }
  throw new Error(`no wall of ${timeZone} shows it`);
}

/** The first minute of UTC that is of this day. */
function findDay(date: string, timeZone: string): number {
  const wanted = wallOf(date, "00:00");
  const dayUtc = Math.floor(wanted / DAY_MINUTES);
  const index = wallsAround(dayUtc, timeZone).findIndex((wall) => wall >= wanted);
  return firstMinute(dayUtc) + index;
}

function expectedMoment({ date, time, timeZone }: LocalMoment, offset: Offset): number {
  if (offset.unit === "elapsed") {
    const start =
      time === undefined ? findDay(date, timeZone) : findWall(wallOf(date, time), timeZone);
    return start + offset.ms / MINUTE_MS;
  }
  const day = DateTime.fromISO(date, { zone: "utc" }).plus({ days: offset.days }).toISODate() ?? "";
  const at = offset.time ?? time;
  return at === undefined ? findDay(day, timeZone) : findWall(wallOf(day, at), timeZone);
}

function minutesOf(clock: string): number {
  return Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
}

/** Walks to the beginning or the end of the quiet hours, over what the clocks skip or repeat. */
function expectedOutOf(minute: number, timeZone: string, { from, to, move }: QuietHours): number {
  const dayUtc = Math.floor(minute / DAY_MINUTES);
  const walls = wallsAround(dayUtc, timeZone);
  const wallAt = (at: number) => walls[at - firstMinute(dayUtc)] ?? NaN;
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  const length = (end - begin + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;
  const sinceBegin = (wallAt(minute) - begin + 2 * DAY_MINUTES) % DAY_MINUTES;
  if (sinceBegin >= length) return minute;
  const wanted = wallAt(minute) - sinceBegin + (move === "after" ? length : 0);
  if (move === "after") {
    for (let at = minute; ; at += 1) {
      if (wallAt(at) === wanted) return at;
      if (wallAt(at - 1) < wanted && wallAt(at) > wanted) return at + wanted - (wallAt(at - 1) + 1);
    }
  }
  let found = minute;
  while (wallAt(found) !== wanted) {
    const [before, wall] = [wallAt(found - 1), wallAt(found)];
    if (before < wanted && wall > wanted) {
      const afterGap = found + wanted - (before + 1);
      return afterGap <= minute ? afterGap : found;
    }
    found -= 1;
  }
  // What happens twice means the first.
  return findWall(wanted, timeZone);
}

/** The minute of UTC at which the clocks change, on a day or on one beside it. */
function jumpAround(date: string, timeZone: string): number | undefined {
  const dayUtc = Math.floor(wallOf(date, "00:00") / DAY_MINUTES);
  const walls = wallsAround(dayUtc, timeZone);
  const index = walls.findIndex((wall, at) => at > 0 && wall !== (walls[at - 1] ?? NaN) + 1);
  return index < 0 ? undefined : firstMinute(dayUtc) + index;
}

const twoDigits = (value: number) => String(value).padStart(2, "0");
const clocks = fc
  // Clocks change at night.
  .oneof(fc.nat(4 * 60 - 1), fc.nat(DAY_MINUTES - 1), fc.integer({ min: 23 * 60, max: 1439 }))
  .map(clockAfter);

/** `02:30` of so many minutes after midnight. */
function clockAfter(minutes: number): string {
  const minute = ((minutes % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
  return `${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}`;
}

/** Days around a change of clocks, in zones that have them; any others besides. */
const places = fc
  .record({
    timeZone: fc.constantFrom(...ZONES),
    day: fc.integer({ min: 0, max: YEARS * 365 }),
    change: fc.nat(),
    beside: fc.integer({ min: -2, max: 2 }),
    isNearChange: fc.boolean(),
  })
  .map(({ timeZone, day, change, beside, isNearChange }) => {
    const changes = changesOf(timeZone);
    const near = changes[change % Math.max(1, changes.length)];
    const days = isNearChange && near !== undefined ? near + beside : day;
    return { timeZone, date: dateOf(days) };
  });

function dateOf(days: number): string {
  return DateTime.utc(2026, 1, 1).plus({ days }).toISODate() ?? "";
}

const known = new Map<string, number[]>();

/** Days since 2026 on which the clocks of a zone change. */
function changesOf(timeZone: string): number[] {
  const found = known.get(timeZone);
  if (found) return found;
  const first = Date.UTC(2026, 0, 1);
  const offsets = Array.from({ length: YEARS * 365 + 1 }, (_, days) =>
    zones.get(timeZone)?.offset(first + days * DAY_MINUTES * MINUTE_MS),
  );
  const changes = [...offsets.keys()].filter(
    (days) => days < YEARS * 365 && offsets[days] !== offsets[days + 1],
  );
  known.set(timeZone, changes);
  return changes;
}

const times = fc.option(clocks, { nil: undefined, freq: 5 });
const offsets: fc.Arbitrary<Offset> = fc.oneof(
  fc
    .integer({ min: -4_000, max: 4_000 })
    .map((minutes) => ({ unit: "elapsed" as const, ms: minutes * MINUTE_MS })),
  fc.record({ days: fc.integer({ min: -2, max: 2 }), time: times }).map(({ days, time }) => ({
    unit: "days" as const,
    days,
    ...(time !== undefined && { time }),
  })),
);

function utc(minute: number): string {
  return new Date(minute * MINUTE_MS).toISOString();
}

describe(`of ${BOOKINGS} bookings in ${ZONES.length} zones`, () => {
  it("each timer goes off at the minute that the clock on the wall shows", () => {
    fc.assert(
      fc.property(places, times, offsets, (place, time, offset) => {
        const start = { ...place, ...(time !== undefined && { time }) };

        const moment = momentAt(start, offset);

        expect(new Date(moment).toISOString()).toBe(utc(expectedMoment(start, offset)));
      }),
      { seed: SEED, numRuns: BOOKINGS },
    );
  });

  it("each moment in quiet hours is moved to their beginning or end", () => {
    const night = fc.record({
      at: fc.nat(DAY_MINUTES - 1),
      move: fc.constantFrom("before" as const, "after" as const),
      // Minutes from the moment, often so few that the change of clocks lies between.
      begin: fc.oneof(fc.integer({ min: -150, max: 30 }), fc.integer({ min: -720, max: 720 })),
      end: fc.oneof(fc.integer({ min: -30, max: 150 }), fc.integer({ min: -720, max: 720 })),
    });
    fc.assert(
      fc.property(places, night, ({ date, timeZone }, { at, move, begin, end }) => {
        fc.pre(clockAfter(begin) !== clockAfter(end));
        const jump = jumpAround(date, timeZone);
        const minute = jump === undefined ? wallOf(date, "00:00") + at : jump + (at % 300) - 150;
        const wall = minute + (zones.get(timeZone)?.offset(minute * MINUTE_MS) ?? NaN);
        const quiet = { from: clockAfter(wall + begin), to: clockAfter(wall + end), move };

        const moved = outOfQuietHours(minute * MINUTE_MS, timeZone, quiet);

        expect(new Date(moved).toISOString()).toBe(utc(expectedOutOf(minute, timeZone, quiet)));
      }),
      { seed: SEED, numRuns: BOOKINGS },
    );
  });

  it("among them are gaps, hours that come twice, and days without midnight", () => {
    const gaps = new Map<string, number>();
    for (const timeZone of ZONES) {
      for (const change of changesOf(timeZone)) {
        const first = Math.floor(wallOf(dateOf(change), "12:00") / DAY_MINUTES);
        const walls = wallsAround(first, timeZone);
        const jumps = Array.from(walls, (wall, index) => wall - (walls[index - 1] ?? wall - 1) - 1);
        for (const jump of jumps.filter((one) => one !== 0)) {
          gaps.set(String(jump), (gaps.get(String(jump)) ?? 0) + 1);
        }
      }
    }

    expect([...gaps.keys()].toSorted()).toEqual(["-30", "-60", "30", "60"]);
    for (const timeZone of ["America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Havana"]) {
      const days = changesOf(timeZone).flatMap((change) => [dateOf(change), dateOf(change + 1)]);
      expect(days.filter((day) => !hasMidnight(day, timeZone)).length, timeZone).toBeGreaterThan(0);
    }
  });
});

function hasMidnight(date: string, timeZone: string): boolean {
  const wanted = wallOf(date, "00:00");
  return wallsAround(Math.floor(wanted / DAY_MINUTES), timeZone).includes(wanted);
}
