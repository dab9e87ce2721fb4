import type { BookingItem } from "#sdk";
import { describe, expect, test } from "vitest";

import type { Kind, Reminder } from "./config.ts";
import { reminderView } from "./reminder-view.ts";
import { bookingOf, bookingWithout } from "./testing.ts";

const viewOf = (kind: Kind, booking = bookingOf(), more: Partial<Reminder> = {}) =>
  reminderView(booking, { template: kind, kind, ...more }, { colour: "#000000" }, "Fjord Walks");

const at = (time: string) => ({ date: "2026-03-14", time, timeZone: "Europe/Oslo" });

describe("what a mail says", () => {
  test.each<[Kind, string[]]>([
    ["before", ["importantNote", "pickup"]],
    ["other", ["importantNote", "pickup"]],
    ["after", []],
    ["balance", ["balance", "balanceDueOn"]],
    ["expiring", ["expires"]],
  ])("of the kind %s", (kind, expected) => {
    const view = viewOf(kind, bookingOf({ expiresAt: "2026-03-03T12:00:00Z" }));

    const shown = { ...view, ...view.items[0] };
    const special = ["importantNote", "pickup", "balance", "balanceDueOn", "expires"];
    expect(special.filter((key) => key in shown)).toEqual(expected);
  });

  test("never the office's own notes, nor what the guest told only the office", () => {
    const booking = bookingOf({
      internalNote: "SECRET",
      customer: { name: "Anna", note: "SECRET", custom: { passport: "SECRET" } },
      custom: { internal: "SECRET" },
    });

    const views = (["before", "after", "balance", "expiring", "other"] as const).map((kind) =>
      viewOf(kind, booking),
    );

    expect(JSON.stringify(views)).not.toContain("SECRET");
  });

  test("when a provisional booking runs out, on the clocks of the place", () => {
    const { expires } = viewOf("expiring", bookingOf({ expiresAt: "2026-03-03T23:30:00Z" }));

    expect(expires).toEqual({ date: "2026-03-04", time: "00:30", timeZone: "Europe/Oslo" });
  });

  test.each([
    ["that is no date", bookingOf({ expiresAt: "soon" })],
    [
      "in a place that is not known",
      { ...bookingWithout("start", "end", "items"), expiresAt: "2026-03-03T12:00:00Z" },
    ],
  ])("no end %s", (_, booking) => {
    expect(viewOf("expiring", booking)).not.toHaveProperty("expires");
  });

  test("names on one line that end somewhere", () => {
    const customer = { name: `Anna\r\nBcc: eve@example.com ${"x".repeat(900)}` };

    const { guest } = viewOf("before", bookingOf({ customer }));

    expect(guest.name).toMatch(/^Anna Bcc: eve@example\.com x+…$/);
    expect(guest.name?.length).toBeLessThan(310);
  });
});

describe("what guests come for", () => {
  const walk = { id: "1", name: "Walk", start: at("09:00") };

  test.each<[string, BookingItem[], string[]]>([
    ["the items", [walk, { ...walk, id: "2", name: "Cruise" }], ["Walk", "Cruise"]],
    [
      "not options and fees",
      [walk, { id: "2", belongsTo: "1", name: "Picnic" }, { id: "3", kind: "fee", name: "Tax" }],
      ["Walk"],
    ],
    [
      "options with a time of their own",
      [walk, { id: "2", belongsTo: "1", name: "Dinner", start: at("19:00") }],
      ["Walk", "Dinner"],
    ],
    ["an item whose owner is missing", [{ id: "1", belongsTo: "9", name: "Walk" }], ["Walk"]],
    [
      "the booking itself, of items in a circle",
      [
        { id: "1", belongsTo: "2", name: "Hen" },
        { id: "2", belongsTo: "1", name: "Egg" },
      ],
      ["Fjord walk"],
    ],
    ["the booking itself, of no items", [], ["Fjord walk"]],
  ])("%s", (_, items, expected) => {
    const view = viewOf("before", bookingOf({ items }));

    expect(view.items.map(({ name }) => name)).toEqual(expected);
  });

  test("the only thing takes place when the booking does", () => {
    const view = viewOf("before", bookingOf({ items: [{ id: "1", name: "Bike" }] }));

    expect(view.items).toEqual([{ name: "Bike", start: at("09:00"), end: at("12:30") }]);
    expect(view).not.toHaveProperty("when");
  });

  test("several things without times leave the times to the booking", () => {
    const items = [
      { id: "1", name: "Bike" },
      { id: "2", name: "Boat" },
    ];

    const view = viewOf("before", bookingOf({ items }));

    expect(view.when).toEqual({ start: at("09:00"), end: at("12:30") });
  });
});
