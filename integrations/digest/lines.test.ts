import type { ActiveBooking, Activity, EventType, LocalMoment } from "#sdk";
import { describe, expect, test } from "vitest";

import { digestView } from "./digest-view.ts";
import { discreet, lineOf } from "./discreet.ts";
import { activeOf, activityOf, bookingOf, DAY, EUROS } from "./testing.ts";

const viewOf = (activity: Partial<Activity>) =>
  digestView(activityOf(activity), DAY, { timeZone: "Europe/Oslo" });

/** `new 1201: <notes>` for each line. */
const told = (...bookings: ActiveBooking[]) =>
  viewOf({ bookings }).groups.flatMap(({ id, lines }) =>
    lines.map(({ reference = "", notes }) =>
      [`${id} ${reference}`, ...notes.map(({ text }) => text)].join(" | "),
    ),
  );

describe("a booking stands", () => {
  test.each<[string, EventType[], boolean, string[]]>([
    ["under New", ["booking.requested", "booking.confirmed"], true, ["new"]],
    ["under Changed", ["booking.modified"], false, ["changed"]],
    ["under Changed when it is confirmed later", ["booking.confirmed"], false, ["changed"]],
    [
      "once, however often it changes",
      ["booking.modified", "booking.modified"],
      false,
      ["changed"],
    ],
    [
      "under Cancelled alone once it is over",
      ["booking.modified", "booking.cancelled"],
      false,
      ["cancelled"],
    ],
    ["under Cancelled when its offer ends", ["booking.expired"], false, ["cancelled"]],
    [
      "under both when it came and went",
      ["booking.confirmed", "booking.removed"],
      true,
      ["new", "cancelled"],
    ],
    ["under Cancelled when it is first seen like that", ["booking.cancelled"], true, ["cancelled"]],
    [
      "under Changed when it came back",
      ["booking.cancelled", "booking.confirmed"],
      false,
      ["changed"],
    ],
    ["under Paid", ["payment.received"], false, ["paid"]],
    ["under New and Paid", ["booking.confirmed", "payment.received"], true, ["new", "paid"]],
    ["apart when money went back", ["payment.refunded", "payment.removed"], false, ["refunded"]],
    ["with those that need somebody", ["payment.failed"], false, ["needsYou"]],
  ])("%s", (_title, types, isNew, groups) => {
    const lines = told(activeOf("1201", types, { isNew }));

    expect(lines.map((line) => line.split(" ")[0])).toEqual(groups);
  });
});

describe("a line", () => {
  test("says who, what, when, how much, and no way to reach the guest", () => {
    const [group] = viewOf({ bookings: [activeOf("1201", ["booking.modified"])] }).groups;

    expect(group?.lines).toEqual([
      {
        connection: "fjord",
        reference: "1201",
        guest: "Anna Berg",
        title: "Fjord walk",
        start: { date: "2026-03-14", time: "09:00", timeZone: "Europe/Oslo" },
        amount: EUROS,
        notes: [{ text: "1201, sentence 1.", times: 1 }],
        olderNotes: 0,
      },
    ]);
  });

  test("of a new booking says how it stands, and not all of it once more", () => {
    const active = activeOf("1201", ["booking.requested", "payment.received"], { isNew: true });
    const summary = "Booking 1201 first seen: requested, Fjord walk, 180.00 EUR.";
    const events = active.events.map((event) => ({ ...event, summary }));

    const { groups } = viewOf({ bookings: [{ ...active, events }] });

    expect(groups.map(({ lines }) => lines)).toMatchObject([
      [{ status: "confirmed", notes: [] }],
      [{ amount: EUROS, notes: [] }],
    ]);
  });

  test("of a booking without a state says what there is", () => {
    const active = activeOf("1201", ["booking.confirmed"], { isNew: true });
    delete active.booking;

    const { groups } = viewOf({ bookings: [active] });

    expect(groups[0]?.lines).toEqual([
      {
        connection: "fjord",
        reference: "1201",
        notes: [{ text: "1201, sentence 1.", times: 1 }],
        olderNotes: 0,
      },
    ]);
  });

  test("about payments adds them up, unless they are in several currencies", () => {
    const payment = (amountMinor: number, currency = "EUR") => ({
      ...{ type: "payment.refunded" as const, time: "", summary: "" },
      payment: { amount: { amountMinor, currency } },
    });
    const of = (...events: ActiveBooking["events"]) =>
      viewOf({ bookings: [{ ...activeOf("1201", []), events }] }).groups[0]?.lines[0]?.amount;

    expect(of(payment(-500), payment(-250))).toEqual({ amountMinor: 750, currency: "EUR" });
    expect(of(payment(-500), payment(-250, "NOK"))).toBeUndefined();
  });

  test("tells the newest changes, and what came twice once", () => {
    const types = Array.from({ length: 5 }, () => "booking.modified" as const);
    const many = activeOf("1201", types);
    const same = { ...many, events: many.events.map((e) => ({ ...e, summary: "Checked." })) };

    const lines = [many, same].map((one) => viewOf({ bookings: [one] }).groups[0]?.lines[0]);

    expect(lines.map((line) => line?.notes.map(({ text, times }) => `${text} ${times}`))).toEqual([
      ["1201, sentence 3. 1", "1201, sentence 4. 1", "1201, sentence 5. 1"],
      ["Checked. 5"],
    ]);
    expect(lines.map((line) => line?.olderNotes)).toEqual([2, 0]);
  });

  test("about trouble is one for each booking, with its guest where that is known", () => {
    const reason = "needs you: could not be done by books/post.";
    const about = { connection: "fjord", reason };

    const { groups } = viewOf({
      bookings: [activeOf("1201", ["booking.modified"])],
      troubles: [
        { ...about, subject: "1201" },
        { ...about, subject: "1201", reason: "waits for a setting of crm/mirror" },
        { ...about, subject: "1202" },
        about,
        about,
      ],
    });

    const text = "Could not be done by books/post.";
    expect(groups[1]).toMatchObject({
      id: "needsYou",
      count: 3,
      lines: [
        {
          reference: "1201",
          guest: "Anna Berg",
          notes: [{ text }, { text: "Waits for a setting of crm/mirror" }],
        },
        { reference: "1202", notes: [{ text, times: 1 }] },
        { connection: "fjord", notes: [{ text, times: 2 }] },
      ],
    });
  });
});

test("long groups are cut, and say how many follow", () => {
  const bookings = Array.from({ length: 62 }, (_, n) => activeOf(`${n}`, ["booking.modified"]));

  const { groups, isEmpty } = viewOf({ bookings });

  expect(groups.map(({ count, lines, more }) => [count, lines.length, more])).toEqual([
    [62, 25, 37],
  ]);
  expect(isEmpty).toBe(false);
});

test("what was left off is something that happened", () => {
  expect(viewOf({ leftOff: 3 }).isEmpty).toBe(false);
  expect(viewOf({}).isEmpty).toBe(true);
});

test("connections are named when there are several", () => {
  const one = activeOf("1201", ["booking.modified"]);
  const other = { ...one, connection: "bikes", booking: bookingOf("1201") };

  expect(viewOf({ bookings: [one] }).hasConnections).toBe(false);
  expect(viewOf({ bookings: [one, other] }).hasConnections).toBe(true);
});

test.each<[string, string, string, LocalMoment["time"]]>([
  ["2026-03-02T05:00:00Z", "2026-03-02T06:00:00Z", "today", "06:00"],
  ["2026-03-01T06:00:00Z", "2026-03-02T06:00:00Z", "yesterday", "07:00"],
  // Clocks go forward in between.
  ["2026-03-28T06:00:00Z", "2026-03-29T05:00:00Z", "yesterday", "07:00"],
  ["2026-03-01T22:30:00Z", "2026-03-01T23:30:00Z", "yesterday", "23:30"],
  ["2026-02-27T06:00:00Z", "2026-03-02T06:00:00Z", "earlier", "07:00"],
])("since %s, said at %s, is %s %s", (since, until, day, time) => {
  const window = { since: Date.parse(since), until: Date.parse(until) };

  const view = digestView(activityOf(), window, { timeZone: "Europe/Oslo" });

  expect([view.day, view.since.time]).toEqual([day, time]);
});

describe("text of bookings", () => {
  test.each([
    ["Anna\r\nBcc: eve@example.com", "Anna Bcc: eve@example.com"],
    ["\u202egreb\u202c Anna", "greb Anna"],
    ["  ", undefined],
    [undefined, undefined],
    ["🚲".repeat(90), `${"🚲".repeat(80)}…`],
  ])("%j stays on one line", (text, line) => {
    expect(lineOf(text)).toBe(line);
  });

  test.each([
    ["Price 240.00 EUR → 275.50 EUR.", "Price 240.00 EUR → 275.50 EUR."],
    [
      "Guest's e-mail a@example.com → b@example.com; balance 10.00 EUR → 0.00 EUR.",
      "Guest's e-mail changed; balance 10.00 EUR → 0.00 EUR.",
    ],
    ["Guest's phone set to +47 555 0100.", "Guest's phone changed"],
    ["Customer.address.street Bryggen 12 → Bryggen 14.", "Customer.address.street changed"],
    ["Notes Write to <anna@example.com> → none.", "Notes Write to <…> → none."],
  ])("%j says no way to reach the guest", (summary, text) => {
    expect(discreet(summary)).toBe(text);
  });
});
