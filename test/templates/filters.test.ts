import { expect, test } from "vitest";

import { createExpressions, createLiquid } from "../../src/templates/expressions.ts";

const write = (source: string, scope: object, language = "en-GB") =>
  createExpressions(createLiquid([], false), { t: {}, language })
    .render(source, scope)
    .replaceAll(/[\u2009\u202f\u00a0]/g, " ");

const at = (date: string, time?: string, timeZone = "Europe/Oslo") => ({
  date,
  timeZone,
  ...(time === undefined ? {} : { time }),
});

test.each([
  [
    "a tour of one day",
    at("2026-03-14", "09:00"),
    at("2026-03-14", "12:30"),
    "en-GB",
    "14 March 2026, 09:00 – 12:30",
  ],
  [
    "a rental over nights",
    at("2026-03-14", "15:00"),
    at("2026-03-16", "11:00"),
    "nb",
    "14. mars 2026 kl. 15:00–16. mars 2026 kl. 11:00",
  ],
  ["a stay without times", at("2026-03-14"), at("2026-03-16"), "de", "14.–16. März 2026"],
  ["a tour with no end", at("2026-03-14", "09:00"), undefined, "fr", "14 mars 2026 à 09:00"],
  ["one moment given twice", at("2026-03-14"), at("2026-03-14"), "nl", "14 maart 2026"],
  [
    "a tour in Japanese",
    at("2026-03-14", "09:00"),
    at("2026-03-14", "12:30"),
    "ja",
    "2026年3月14日 9:00–12:30",
  ],
  [
    "a start with a time, an end without",
    at("2026-03-14", "09:00"),
    at("2026-03-15"),
    "en-GB",
    "14 March 2026 at 09:00 – 15 March 2026",
  ],
  [
    "a crossing between zones",
    at("2026-03-14", "09:00"),
    at("2026-03-14", "09:30", "Europe/London"),
    "en-GB",
    "14 March 2026 at 09:00 – 14 March 2026 at 09:30",
  ],
  [
    "an end before the start",
    at("2026-03-14", "09:00"),
    at("2026-03-13", "09:00"),
    "en-GB",
    "14 March 2026 at 09:00 – 13 March 2026 at 09:00",
  ],
])("the period of %s is written as people write it", (_, start, end, language, expected) => {
  const text = write("{{ item | period }}", { item: { start, end } }, language);

  expect(text.replaceAll(/ ?– ?/g, "–")).toBe(expected.replaceAll(/ ?– ?/g, "–"));
});

test.each([
  ["{{ start | date: 'full' }}", "Saturday, 14 March 2026"],
  ["{{ start | time }}", "09:00"],
  ["{{ start | moment: 'medium' }}", "14 Mar 2026, 09:00"],
  ["{{ day | date }}", "14 March 2026"],
  ["{{ day | time }}", ""],
  ["{{ hostile | date }}", ""],
  ["{{ hostile | money }}", ""],
  ["{{ none | period }}", ""],
  ["{{ price | money }}", "€12.50"],
  ["{{ yen | money }}", "JP¥12,000"],
])("%s gives %j", (source, expected) => {
  const text = write(source, {
    start: at("2026-03-14", "09:00"),
    day: "2026-03-14",
    hostile: "<b>9999-99-99</b>",
    price: { amountMinor: 1250, currency: "EUR" },
    yen: { amountMinor: 12000, currency: "JPY" },
  });

  expect(text).toBe(expected);
});

test("a sentence keeps placeholders nobody fills", () => {
  const text = write("{{ text | fill: name: name, seats: 0 }}", {
    text: "Hello {name}, {seats} seats, {other}",
    name: "{seats} $& Anna",
  });

  expect(text).toBe("Hello {seats} $& Anna, 0 seats, {other}");
});
