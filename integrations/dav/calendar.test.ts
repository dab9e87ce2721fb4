import { expect, it } from "vitest";

import { type HttpClient, RetryableError } from "#sdk";
import { CrmDesk } from "#sdk/testing";

import type { DavConfig } from "./config.ts";
import integration from "./index.ts";
import { http, inCalendars, MOVED, OSLO, retried, WALK } from "./testing/calendars.ts";
import { textAt } from "./testing/office.ts";
import { eventsIn } from "./testing/read-calendar.ts";

inCalendars("bookings in a calendar", (opened) => {
  it("a booking is an event, with what the office needs and no note of its own", async () => {
    const { calendarUrl, desk } = await opened();

    await desk().see(WALK);

    const events = await eventsIn(calendarUrl);
    expect(events).toMatchObject([
      {
        summary: "Fjord walk, 2 Adults, Anna Berg",
        status: "CONFIRMED",
        ...{ start: "2026-03-14T09:00:00", end: "2026-03-14T12:00:00" },
        ...{ zone: OSLO, instant: "2026-03-14T08:00:00.000Z" },
      },
    ]);
    expect(events[0]?.description).toContain("Anna Berg, +47 900, anna@example.com");
    expect(events[0]?.description).not.toContain("late");
  });

  it("moved, cancelled and booked again, it stays one event", async () => {
    const { calendarUrl, desk } = await opened();
    const hub = desk();
    await hub.see(WALK);

    await hub.see({ ...WALK, ...MOVED, version: 2 });
    const moved = await eventsIn(calendarUrl);
    await hub.see({ ...WALK, ...MOVED, version: 3, status: "cancelled" });
    const cancelled = await eventsIn(calendarUrl);
    await hub.see({ ...WALK, ...MOVED, version: 4 });
    const again = await eventsIn(calendarUrl);

    expect(moved).toMatchObject([{ start: "2026-03-15T10:00:00", sequence: 1 }]);
    expect(cancelled).toMatchObject([{ status: "CANCELLED", sequence: 2 }]);
    expect(again).toMatchObject([{ status: "CONFIRMED", sequence: 3 }]);
  });

  it("told again and in the wrong order, it is as the booking is now", async () => {
    const { calendarUrl, desk } = await opened();
    const hub = desk();
    const first = hub.note(WALK);
    const second = hub.note({ ...WALK, ...MOVED, version: 2 });

    for (const event of [second, first, second, first]) await hub.handle(event);

    expect(await eventsIn(calendarUrl)).toMatchObject([
      { start: "2026-03-15T10:00:00", sequence: 0 },
    ]);
  });

  it("what was never more than a cancelled booking is no event", async () => {
    const { calendarUrl, desk } = await opened();

    await desk().see({ ...WALK, status: "cancelled" });
    await desk().see({ ...WALK, status: "quoted" });

    expect(await eventsIn(calendarUrl)).toEqual([]);
  });

  it("two items are two events, each in the calendar of its resource", async () => {
    const { calendarUrl, others, desk } = await opened({ more: 2 });
    const [cabin = "", guide = ""] = others;
    const calendars = [
      { url: cabin, units: ["Cabin 4"] },
      { url: guide, products: ["W1"] },
    ];
    const items = [
      { id: "1", name: "Fjord walk", productCode: "W1", quantity: 2 },
      { id: "2", name: "Lunch", kind: "option" as const, belongsTo: "1", quantity: 2 },
      {
        ...{ id: "3", name: "Cabin", kind: "accommodation" as const, unitName: "Cabin 4" },
        start: { date: "2026-03-14", timeZone: OSLO },
        end: { date: "2026-03-16", timeZone: OSLO },
      },
    ];
    const hub = desk({ calendars });

    await hub.see({ ...WALK, items });
    const before = [await eventsIn(cabin), await eventsIn(guide), await eventsIn(calendarUrl)];
    await hub.see({ ...WALK, version: 2, items: items.slice(0, 2) });
    const after = await eventsIn(cabin);

    expect(before).toMatchObject([
      [
        {
          start: "2026-03-14",
          end: "2026-03-16",
          summary: "Cabin, Cabin 4, 2 Adults, Anna Berg",
        },
      ],
      [{ start: "2026-03-14T09:00:00", summary: "Fjord walk, 2 Adults, Anna Berg" }],
      [],
    ]);
    expect(before[1]?.[0]?.description).toContain("- 2 x Lunch");
    expect(before[0]?.[0]?.description).not.toContain("Lunch");
    expect(after).toMatchObject([{ status: "CANCELLED" }]);
  });

  it.each([
    ["another path", (url: string) => url.replace("/hub/", "/also/hub/")],
    ["another host", (url: string) => url.replace("127.0.0.1", "localhost")],
  ])("the same calendar under %s keeps its events", async (_, renamed) => {
    const { calendarUrl, config } = await opened();
    const parts = {
      integration,
      config: config({}),
      http: alsoUnderPath,
      dataFolder: "/nowhere",
    };
    const hub = new CrmDesk<DavConfig>(parts);
    await hub.see(WALK);

    parts.config = config({ calendarUrl: renamed(calendarUrl) });
    await hub.see({ ...WALK, version: 2, travellersText: "3 Adults" });
    const before = await eventsIn(calendarUrl);
    await hub.see({ ...WALK, ...MOVED, version: 3, travellersText: "3 Adults" });

    expect(before).toMatchObject([{ start: "2026-03-14T09:00:00" }]);
    expect(await eventsIn(calendarUrl)).toMatchObject([{ start: "2026-03-15T10:00:00" }]);
  });

  it("two that share an event and then part have one each, also when they change places", async () => {
    const { calendarUrl, desk } = await opened();
    const hub = desk();
    const walk = (id: string, time: string) => {
      const start = { date: "2026-03-14", time, timeZone: OSLO };
      return { id, name: "Walk", start, quantityText: `price ${id}` };
    };
    const seen = async () =>
      (await eventsIn(calendarUrl)).map(({ start, status }) => [start.slice(11, 16), status]);

    await hub.see({ ...WALK, items: [walk("1", "09:00"), walk("2", "09:00")] });
    await hub.see({ ...WALK, version: 2, items: [walk("2", "09:00")] });
    await hub.see({ ...WALK, version: 3, items: [walk("1", "11:00"), walk("2", "09:00")] });
    const parted = await seen();
    await hub.see({ ...WALK, version: 4, items: [walk("2", "09:00")] });

    expect(parted).toEqual([
      ["09:00", "CONFIRMED"],
      ["11:00", "CONFIRMED"],
    ]);
    expect(await seen()).toEqual([
      ["09:00", "CONFIRMED"],
      ["11:00", "CANCELLED"],
    ]);
  });

  it("on the nights when the clocks change, it begins when it begins", async () => {
    const { calendarUrl, desk } = await opened();
    const at = (date: string, time: string, offset?: string) => ({
      start: { date, time, timeZone: OSLO, ...(offset !== undefined && { offset }) },
      end: { date, time: "09:00", timeZone: OSLO },
    });
    const hub = desk();

    await hub.see({ ...WALK, reference: "1", ...at("2026-03-29", "02:30") });
    await hub.see({ ...WALK, reference: "2", ...at("2026-03-29", "08:00") });
    await hub.see({ ...WALK, reference: "3", ...at("2026-10-25", "02:30", "+02:00") });
    await hub.see({ ...WALK, reference: "4", ...at("2026-10-25", "02:30", "+01:00") });

    const events = await eventsIn(calendarUrl);
    expect(events.map(({ instant }) => instant)).toEqual([
      "2026-03-29T01:30:00.000Z",
      "2026-03-29T06:00:00.000Z",
      "2026-10-25T00:30:00.000Z",
      "2026-10-25T01:30:00.000Z",
    ]);
    expect(events.map(({ zone }) => zone)).toEqual([OSLO, OSLO, undefined, undefined]);
    // Which zone is named has to be told (RFC 5545, 3.2.19).
    for (const { url } of events) {
      const text = await textAt(url);
      expect(text.includes("BEGIN:VTIMEZONE")).toBe(text.includes(`TZID=${OSLO}`));
    }
  });

  it("hostile texts are texts", async () => {
    const { calendarUrl, desk } = await opened();
    // No backslash before an n: Xandikos makes a line break of it when it stores it.
    const title = 'Walk"; x\\y,\r\nEND:VEVENT\u0000 <b>山田</b>';

    await desk().see({ ...WALK, title, notes: "a\r\nATTENDEE:mailto:x@example.com; b" });

    const [event, another] = await eventsIn(calendarUrl);
    expect(another).toBeUndefined();
    expect(event?.summary).toBe('Walk"; x\\y, END:VEVENT  <b>山田</b>, 2 Adults, Anna Berg');
    expect(event?.description).toContain("a\nATTENDEE:mailto:x@example.com; b");
  });

  it("killed between any two calls, there is one event, and it is right", async () => {
    for (let at = 1, hasStruck = true; hasStruck; at += 1) {
      const { others, desk } = await opened({ more: 2 });
      const [one = "", two = ""] = others;
      const calendars = [
        { url: one, units: ["1"] },
        { url: two, units: ["2"] },
      ];
      const dying = dyingAt(at);
      const hub = desk({ calendars }, dying.http);
      const item = { id: "1", name: "Cabin", unitName: "1" };

      await retried(() => hub.see({ ...WALK, items: [item] }));
      const last = { ...WALK, ...MOVED, version: 2, items: [{ ...item, unitName: "2" }] };
      await retried(() => hub.see(last));

      expect(await eventsIn(one)).toEqual([]);
      expect(await eventsIn(two)).toMatchObject([{ start: "2026-03-15T10:00:00" }]);
      ({ hasStruck } = dying);
    }
  });

  it("an erased guest is in no event any more, and the event stays", async () => {
    const { calendarUrl, desk } = await opened();
    const hub = desk();
    await hub.see(WALK);
    await hub.see({
      ...WALK,
      reference: "1202",
      customer: { name: "Ola Vik", phone: "+47 911" },
    });

    await hub.erase(await hub.personOf(WALK));

    const events = await eventsIn(calendarUrl);
    expect(events).toHaveLength(2);
    expect(JSON.stringify(events)).not.toMatch(/Anna|example\.com/);
    expect(JSON.stringify(events)).toContain("Ola Vik");
  });
});

/** All of the server is also under a path, as if it were another folder of it. */
const alsoUnderPath: HttpClient = {
  async send(request) {
    const url = request.url.replace("/also/", "/");
    const response = await http.send({ ...request, url });
    if (url === request.url) return response;
    const text = response.text().replaceAll(/(<[\w:]*href>)\//g, "$1/also/");
    return { ...response, text: () => text };
  },
};

/** The process dies around one of the calls: before odd ones, after even ones. */
function dyingAt(at: number) {
  let passed = 0;
  const dying = {
    hasStruck: false,
    http: {
      async send(request) {
        pass();
        const response = await http.send(request);
        pass();
        return response;
      },
    } satisfies HttpClient,
  };
  function pass(): void {
    passed += 1;
    if (passed !== at) return;
    dying.hasStruck = true;
    throw new RetryableError("the process died", { mayHaveHappened: true });
  }
  return dying;
}
