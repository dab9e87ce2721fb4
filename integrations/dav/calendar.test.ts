import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Booking, type HttpClient, RetryableError } from "#sdk";
import { checkContext, CrmDesk, hasPrograms } from "#sdk/testing";

import type { DavConfig } from "./config.ts";
import integration from "./index.ts";
import { change, makeCalendar, put, removeAt, textAt } from "./testing/office.ts";
import { eventsIn } from "./testing/read-calendar.ts";
import { type DavServer, PASSWORD, startRadicale, startXandikos, USER } from "./testing/servers.ts";

const OSLO = "Europe/Oslo";
const WALK: Booking = {
  connection: "fjord",
  reference: "1201",
  version: 1,
  status: "confirmed",
  title: "Fjord walk",
  start: { date: "2026-03-14", time: "09:00", timeZone: OSLO },
  end: { date: "2026-03-14", time: "12:00", timeZone: OSLO },
  customer: { firstName: "Anna", lastName: "Berg", email: "anna@example.com", phone: "+47 900" },
  travellersText: "2 Adults",
  internalNote: "pays late",
};
const MOVED = {
  start: { date: "2026-03-15", time: "10:00", timeZone: OSLO },
  end: { date: "2026-03-15", time: "13:00", timeZone: OSLO },
};

const { http } = checkContext({});

const SERVERS = [
  { name: "Radicale", programs: ["radicale", "htpasswd"], start: startRadicale },
  { name: "Xandikos", programs: ["xandikos"], start: startXandikos },
];

for (const { name, programs, start } of SERVERS) {
  describe.runIf(hasPrograms(...programs))(`bookings in a calendar on a real ${name}`, () => {
    let server: DavServer;
    let count = 0;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.stop());

    /** A calendar of its own for each test, and an instance that writes it. */
    async function opened(parts: { more?: number; settings?: object; http?: HttpClient } = {}) {
      count += 1;
      const urls: string[] = [];
      for (let index = 0; index <= (parts.more ?? 0); index += 1) {
        urls.push(await makeCalendar(`${server.calendarHome}c${count}-${index}/`));
      }
      const [calendarUrl = "", ...others] = urls;
      const config = (settings: object) =>
        integration.config.parse({ calendarUrl, user: USER, password: PASSWORD, ...settings });
      const desk = (settings: object = {}, client = http) =>
        new CrmDesk<DavConfig>({
          integration,
          config: config(settings),
          http: client,
          dataFolder: "/nowhere",
        });
      return { calendarUrl, others, config, desk };
    }

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

    it("another cabin is another calendar, and what the office wrote goes along", async () => {
      const { others, desk } = await opened({ more: 2 });
      const [one = "", two = ""] = others;
      const calendars = [
        { url: one, units: ["1"] },
        { url: two, units: ["2"] },
      ];
      const item = { id: "1", name: "Cabin", unitName: "1" };
      const hub = desk({ calendars });
      await hub.see({ ...WALK, items: [item] });
      const [event] = await eventsIn(one);
      await change(event?.url ?? "", (text) =>
        text.replace("END:VEVENT", "COLOR:red\r\nEND:VEVENT"),
      );

      await hub.see({ ...WALK, version: 2, items: [{ ...item, unitName: "2" }] });

      expect(await eventsIn(one)).toEqual([]);
      const moved = await eventsIn(two);
      expect(moved).toMatchObject([{ summary: "Cabin, 2, 2 Adults, Anna Berg" }]);
      expect(await textAt(moved[0]?.url ?? "")).toContain("COLOR:red");
    });

    it("what the office writes while it goes to another calendar goes along", async () => {
      const { others, desk } = await opened({ more: 2 });
      const [one = "", two = ""] = others;
      const calendars = [
        { url: one, units: ["1"] },
        { url: two, units: ["2"] },
      ];
      const item = { id: "1", name: "Cabin", unitName: "1" };
      let writes: (() => Promise<void>) | undefined;
      const hub = desk(
        { calendars },
        {
          async send(request) {
            if (request.method === "DELETE") await writes?.();
            return http.send(request);
          },
        },
      );
      await hub.see({ ...WALK, items: [item] });
      const [event] = await eventsIn(one);
      writes = async () => {
        writes = undefined;
        await change(event?.url ?? "", (text) =>
          text.replace("END:VEVENT", "COLOR:red\r\nEND:VEVENT"),
        );
      };

      await retried(() => hub.see({ ...WALK, version: 2, items: [{ ...item, unitName: "2" }] }));

      expect(await eventsIn(one)).toEqual([]);
      const moved = await eventsIn(two);
      expect(await textAt(moved[0]?.url ?? "")).toContain("COLOR:red");
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

    it("an edit of the office stays, until the booking itself is moved", async () => {
      const { calendarUrl, desk } = await opened();
      const hub = desk();
      await hub.see(WALK);
      const [event] = await eventsIn(calendarUrl);
      await change(event?.url ?? "", (text) =>
        text.replace(/SUMMARY:.*/, "SUMMARY:VIP").replace("T090000", "T083000"),
      );

      await hub.see({ ...WALK, version: 2, travellersText: "3 Adults" });
      const kept = await eventsIn(calendarUrl);
      await hub.see({ ...WALK, ...MOVED, version: 3, travellersText: "3 Adults" });
      const moved = await eventsIn(calendarUrl);

      expect(kept).toMatchObject([{ summary: "VIP", start: "2026-03-14T08:30:00" }]);
      expect(kept[0]?.description).toContain("3 Adults");
      expect(moved).toMatchObject([{ summary: "VIP", start: "2026-03-15T10:00:00" }]);
    });

    it("deleted by the office, it stays deleted", async () => {
      const { calendarUrl, desk } = await opened();
      const hub = desk();
      await hub.see(WALK);
      await removeAt((await eventsIn(calendarUrl))[0]?.url ?? "");

      await hub.see({ ...WALK, ...MOVED, version: 2 });
      await hub.see({ ...WALK, ...MOVED, version: 3, status: "cancelled" });

      expect(await eventsIn(calendarUrl)).toEqual([]);
    });

    it("deleted by the office and then taken out of the booking, it holds up nothing", async () => {
      const { calendarUrl, desk } = await opened();
      const hub = desk({ whenDeleted: "recreate" });
      const items = ["1", "2"].map((id) => ({ id, name: `Walk ${id}` }));
      await hub.see({ ...WALK, items });
      const [event] = await eventsIn(calendarUrl);
      await removeAt(event?.url ?? "");

      await hub.see({ ...WALK, version: 2, items: items.slice(1) });

      expect(await eventsIn(calendarUrl)).toMatchObject([{ status: "CONFIRMED" }]);
    });

    it.each([
      ["the first of several prices is taken out", ["2"]],
      ["they come in another order", ["2", "1"]],
    ])("when %s, it is the same event, with what the office wrote", async (_, ids) => {
      const { calendarUrl, desk } = await opened();
      const hub = desk();
      const itemsOf = (all: string[]) =>
        all.map((id) => ({ id, name: "Walk", quantityText: `${id} of price ${id}` }));
      await hub.see({ ...WALK, items: itemsOf(["1", "2"]) });
      const [event] = await eventsIn(calendarUrl);
      await change(event?.url ?? "", (text) => text.replace(/SUMMARY:.*/, "SUMMARY:VIP"));

      await hub.see({ ...WALK, version: 2, items: itemsOf(ids) });
      const [after, another] = await eventsIn(calendarUrl);
      await hub.see({ ...WALK, version: 3, items: itemsOf(["1", "2"]) });

      expect(another).toBeUndefined();
      expect(after).toMatchObject({ url: event?.url, summary: "VIP", status: "CONFIRMED" });
      expect(after?.description).toContain("2 of price 2");
      expect(await eventsIn(calendarUrl)).toMatchObject([{ url: event?.url }]);
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

    it("an event that the office made free stays so when it is confirmed", async () => {
      const { calendarUrl, desk } = await opened();
      const hub = desk();
      await hub.see({ ...WALK, status: "requested" });
      const [event] = await eventsIn(calendarUrl);
      await change(event?.url ?? "", (text) => text.replace("TRANSP:OPAQUE", "TRANSP:TRANSPARENT"));

      await hub.see({ ...WALK, version: 2 });

      const text = await textAt(event?.url ?? "");
      expect(text).toContain("STATUS:CONFIRMED");
      expect(text).toContain("TRANSP:TRANSPARENT");
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

    it("an erased guest is in no alarm and no exception that the office has made either", async () => {
      const { calendarUrl, desk } = await opened();
      const hub = desk();
      await hub.see(WALK);
      const [event] = await eventsIn(calendarUrl);
      const alarm = [
        ...["BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-PT15M"],
        ...["DESCRIPTION:Fjord walk\\, Anna Berg", "END:VALARM", "END:VEVENT", ""],
      ].join("\r\n");
      await change(event?.url ?? "", (text) => {
        const exception = /BEGIN:VEVENT[^]*END:VEVENT\r?\n/.exec(text)?.[0] ?? "";
        const id = "RECURRENCE-ID;TZID=Europe/Oslo:20260315T090000\r\nUID:";
        return text
          .replace(/END:VEVENT\r?\n/, `RRULE:FREQ=DAILY;COUNT=3\r\n${alarm}`)
          .replace("END:VCALENDAR", `${exception.replace("UID:", id)}END:VCALENDAR`);
      });
      const before = await textAt(event?.url ?? "");

      await hub.erase(await hub.personOf(WALK));

      const after = await textAt(event?.url ?? "");
      expect([before, after].map((text) => text.match(/BEGIN:V(EVENT|ALARM)/g)?.length)).toEqual([
        3, 3,
      ]);
      expect(before.match(/Anna/g)?.length).toBeGreaterThan(3);
      expect(after).not.toMatch(/Anna|example\.com/);
    });

    it("a calendar that was deleted waits for a person, and goes on when it is there again", async () => {
      const { calendarUrl, desk } = await opened();
      const hub = desk();
      await hub.see(WALK);
      await removeAt(calendarUrl);

      const other = { ...WALK, reference: "1202" };
      await expect(hub.see(other)).rejects.toMatchObject({ kind: "configuration" });
      await makeCalendar(calendarUrl);
      await hub.see(other);

      expect(await eventsIn(calendarUrl)).toHaveLength(1);
    });

    it("what is no event of ours under our name is told, and left", async () => {
      const { calendarUrl, desk } = await opened();
      const hub = desk();
      await hub.see(WALK);
      const [event] = await eventsIn(calendarUrl);
      const todo =
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VTODO\r\nUID:u\r\nDTSTAMP:20260101T000000Z\r\nEND:VTODO\r\nEND:VCALENDAR\r\n";
      await removeAt(event?.url ?? "");
      await put(event?.url ?? "", todo, "text/calendar");

      await expect(hub.see({ ...WALK, ...MOVED, version: 2 })).rejects.toThrow("is no event");
    });
  });
}

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

async function retried(work: () => Promise<void>): Promise<void> {
  await work().catch(work);
}
