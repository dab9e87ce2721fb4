import { expect, it } from "vitest";

import { present } from "../../src/sdk/present.ts";
import { EVERY_FIELD } from "./every-field.ts";

it.each([
  [{ amountMinor: 123_450, currency: "EUR" }, "1234.50"],
  [{ amountMinor: -5, currency: "EUR" }, "-0.05"],
  [{ amountMinor: 12_000, currency: "JPY" }, "12000"],
  [{ amountMinor: 1, currency: "KWD" }, "0.001"],
])("an amount has the decimals of its currency: %j is %s", (money, amount) => {
  expect(present(money)).toEqual({ amount, minor: money.amountMinor, currency: money.currency });
});

it.each([
  ["2026-03-14", "09:00", "2026-03-14T09:00", "2026-03-14T08:00:00Z"],
  ["2026-07-14", "09:00", "2026-07-14T09:00", "2026-07-14T07:00:00Z"],
  ["2026-03-14", undefined, "2026-03-14", "2026-03-13T23:00:00Z"],
])("a start on %s at %s in Oslo is the instant %s", (date, time, local, instant) => {
  const moment = { date, ...(time !== undefined && { time }), timeZone: "Europe/Oslo" };

  expect(present(moment)).toEqual({ local, timeZone: "Europe/Oslo", instant });
});

it("the second of two equal hours at the end of summer time keeps its instant", () => {
  const twice = { date: "2026-10-25", time: "02:30", timeZone: "Europe/Oslo" };

  expect(present([twice, { ...twice, offset: "+01:00" }])).toMatchObject([
    { instant: "2026-10-25T00:30:00Z" },
    { instant: "2026-10-25T01:30:00Z" },
  ]);
});

it("a zone that this computer does not know hides the instant, not the booking", () => {
  const moment = { date: "2026-03-14", time: "09:00", timeZone: "Mars/Olympus" };

  expect(present({ start: moment })).toEqual({
    start: { local: "2026-03-14T09:00", timeZone: "Mars/Olympus", instant: null },
  });
});

it("what the source says in its own words is handed on untouched", () => {
  const words = { amountMinor: 1, currency: "EUR", date: "2026-03-14", timeZone: "Europe/Oslo" };

  expect(present({ custom: words, native: words, record: words })).toEqual({
    custom: words,
    native: words,
    record: words,
  });
  expect(present(EVERY_FIELD)).toMatchObject({ custom: EVERY_FIELD.custom });
});
