import fc from "fast-check";
import { DateTime } from "luxon";
import { describe, expect, it } from "vitest";

import {
  formatMoment,
  instantOf,
  isSameTimeZone,
  isTimeZone,
  localMoment,
  localText,
  momentOfInstant,
} from "../../src/sdk/time.ts";

const ZONES = [
  "Europe/Madrid",
  "Europe/Oslo",
  "America/New_York",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Asia/Kathmandu",
  "Asia/Tokyo",
  "Pacific/Auckland",
  "America/Santiago",
  "UTC",
];

it("an instant is the local time that another calendar library gives, in any zone", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) }),
      fc.constantFrom(...ZONES),
      (epochMs, zone) => {
        const wholeMinute = epochMs - (epochMs % 60_000);

        const moment = momentOfInstant(wholeMinute, zone);

        const expected = DateTime.fromMillis(wholeMinute, { zone });
        expect(localText(moment)).toBe(expected.toFormat("yyyy-MM-dd'T'HH:mm"));
        expect(instantOf(moment)).toBe(wholeMinute);
      },
    ),
    { numRuns: 2_000 },
  );
});

describe("the end of summer time", () => {
  it("gives a local time twice, and the moment remembers which it was", () => {
    const first = Date.UTC(2026, 9, 25, 0, 30);
    const second = Date.UTC(2026, 9, 25, 1, 30);

    const moments = [first, second].map((instant) => momentOfInstant(instant, "Europe/Madrid"));

    expect(moments.map(localText)).toEqual(["2026-10-25T02:30", "2026-10-25T02:30"]);
    expect(moments.map(({ offset }) => offset)).toEqual(["+02:00", "+01:00"]);
    expect(moments.map(instantOf)).toEqual([first, second]);
  });

  it("without that the first of the two is meant", () => {
    const moment = localMoment("2026-10-25", "02:30", "Europe/Madrid");

    expect(instantOf(moment)).toBe(Date.UTC(2026, 9, 25, 0, 30));
  });
});

it("a local time that the clocks skip means the time after the gap", () => {
  const moment = localMoment("2026-03-29", "02:30", "Europe/Madrid");

  expect(instantOf(moment)).toBe(Date.UTC(2026, 2, 29, 1, 30));
});

it("a day without a time is the first instant of that day, also where midnight is skipped", () => {
  expect(instantOf(localMoment("2026-06-14", undefined, "Europe/Oslo"))).toBe(
    Date.UTC(2026, 5, 13, 22),
  );
  // Chile puts its clocks forward at midnight.
  expect(instantOf(localMoment("2026-09-06", undefined, "America/Santiago"))).toBe(
    Date.UTC(2026, 8, 6, 4),
  );
});

it("seconds are kept where the source counts them", () => {
  const moment = momentOfInstant(Date.UTC(2026, 5, 14, 9, 59, 59), "UTC");

  expect(moment.time).toBe("09:59:59");
});

it.each([
  ["2026-02-30", "09:00", "UTC"],
  ["2026-06-14", "25:00", "UTC"],
  ["14.06.2026", "09:00", "UTC"],
  ["2026-06-14", "09:00", "Mars/Olympus"],
  ["2026-06-14", "09:00", "+02:00"],
])("%s %s %s does not exist", (date, time, zone) => {
  expect(() => localMoment(date, time, zone)).toThrow();
});

it("names of zones are told from other text", () => {
  expect(["Europe/Oslo", "UTC", "", "nowhere", "+01:00"].map(isTimeZone)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

it("people read a moment in their own language, in the zone of the place", () => {
  const moment = localMoment("2026-03-14", "09:00", "Europe/Oslo");

  expect(formatMoment(moment, "en-GB")).toBe("14 March 2026 at 09:00");
  expect(formatMoment(moment, "de", "full")).toBe("Samstag, 14. März 2026 um 09:00");
  expect(formatMoment(localMoment("2026-03-14", undefined, "Europe/Oslo"), "en-GB")).toBe(
    "14 March 2026",
  );
});

it.each([
  ["Europe/Oslo", "Europe/Oslo", true],
  ["Europe/Kiev", "Europe/Kyiv", true],
  ["Middle/Earth", "Middle/Earth", true],
  ["Europe/Oslo", "Europe/Berlin", false],
  ["Middle/Earth", "UTC", false],
])("%s and %s are the same zone: %s", (one, other, isSame) => {
  expect(isSameTimeZone(one, other)).toBe(isSame);
});
