import { expect, it } from "vitest";

import { spanLines } from "../../src/sdk/calendar.ts";

const timeZone = "Europe/Oslo";
const at = (date: string, time?: string) => ({
  date,
  timeZone,
  ...(time !== undefined && { time }),
});
const NIGHT = [{ id: "1", name: "Cabin", kind: "accommodation" as const }];

it.each([
  ["a bike that comes back on the third day", "09:00", at("2026-03-16", "17:00"), [], "20260317"],
  ["a hall that is let until midnight", "09:00", at("2026-03-16", "00:00"), [], "20260316"],
  ["a cabin until the third day", "15:00", at("2026-03-16", "16:00"), NIGHT, "20260316"],
  ["a cabin until midnight", "15:00", at("2026-03-16", "00:00"), NIGHT, "20260316"],
  ["one day without times", undefined, at("2026-03-14"), [], "20260315"],
])("%s fills its days", (_, time, end, items, until) => {
  expect(spanLines({ start: at("2026-03-14", time), end, items })).toEqual([
    "DTSTART;VALUE=DATE:20260314",
    `DTEND;VALUE=DATE:${until}`,
  ]);
});

it.each([
  ["begins", at("2026-10-25", "02:30"), at("2026-10-25", "09:00")],
  ["ends", at("2026-10-24", "20:00"), at("2026-10-25", "02:30")],
])("what %s in an hour that comes twice is in UTC, both ends of it", (_, start, end) => {
  const [from, until] = spanLines({ start, end, items: [] });

  expect([from, until].map((line) => /^DT(START|END):\d{8}T\d{6}Z$/.test(line ?? ""))).toEqual([
    true,
    true,
  ]);
});
