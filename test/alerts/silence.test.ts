import { describe, expect, it } from "vitest";

import { isTickMissed, missedCalls } from "../../src/alerts/silence.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
/** A Wednesday, 12:00. */
const NOON = Date.UTC(2026, 2, 4, 12);
const RULE = { hours: 2, missedCalls: 24 };

/** Calls by hour over the weeks before the silence, as a function of the moment gives them. */
function hoursBefore(silentSince: number, callsAt: (at: Date, weeksAgo: number) => number) {
  const hours = new Map<number, number>();
  for (let at = silentSince - 5 * WEEK; at < silentSince; at += HOUR) {
    const calls = callsAt(new Date(at), Math.ceil((silentSince - at) / WEEK));
    if (calls > 0) hours.set(Math.floor(at / HOUR), calls);
  }
  return hours;
}

/** A silence of so many hours after weeks of such calls. */
function missed(
  silentHours: number,
  callsAt: (at: Date, weeksAgo: number) => number,
  knownSince = NOON - 6 * WEEK,
) {
  const hours = hoursBefore(NOON, callsAt);
  const now = NOON + silentHours * HOUR;
  return missedCalls({ now, silentSince: NOON, knownSince, hours }, RULE);
}

const busy = () => 20;
const byDay = (at: Date) => (at.getUTCHours() >= 8 && at.getUTCHours() < 20 ? 6 : 0);

describe("a connection is missed", () => {
  it.each([
    ["a busy one after two hours, not after one", busy, 1.9, undefined],
    ["a busy one after two hours", busy, 2, 40],
    ["one with six calls an hour not after three hours", byDay, 3, undefined],
    ["one with six calls an hour after four hours", byDay, 4, 24],
    [
      "not for a night in which nobody ever calls",
      (at: Date) => byDay(new Date(+at + DAY / 2)),
      8,
      undefined,
    ],
    [
      "one with three calls a day after more than a week",
      (at: Date) => (at.getUTCHours() % 8 ? 0 : 1),
      7 * 24,
      undefined,
    ],
    [
      "one with ten calls a day after three days",
      (at: Date) => (at.getUTCHours() < 10 ? 1 : 0),
      72,
      30,
    ],
    ["one that never called is not", () => 0, 1_000, undefined],
  ])("%s", (_, callsAt, silentHours, calls) => {
    expect(missed(silentHours, callsAt)).toBe(calls);
  });

  it("not because of one import that came in a single week at this hour", () => {
    const once = (at: Date, weeksAgo: number) => (weeksAgo === 2 && at.getUTCDay() === 3 ? 500 : 0);

    expect(missed(6, once)).toBeUndefined();
  });

  it("although one of the weeks was a quiet holiday", () => {
    expect(missed(2, (_, weeksAgo) => (weeksAgo === 1 ? 0 : 20))).toBe(40);
  });

  it("not in its first two weeks", () => {
    expect(missed(5, busy, NOON - 13 * DAY)).toBeUndefined();
    expect(missed(5, busy, NOON - 15 * DAY)).toBe(100);
  });

  it("for as long as it is silent, however long that is", () => {
    expect(missed(6 * 7 * 24, busy)).toBeGreaterThan(24);
  });
});

it("an hourly tick is missed when one and half an hour are over", () => {
  expect(isTickMissed(NOON + 1.49 * HOUR, NOON)).toBe(false);
  expect(isTickMissed(NOON + 1.5 * HOUR, NOON)).toBe(true);
});
