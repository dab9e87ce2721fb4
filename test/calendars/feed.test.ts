import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { eventsOf } from "../../src/calendars/calendar-events.ts";
import { calendarsOf } from "../../src/calendars/calendar.ts";
import { Feeds } from "../../src/calendars/feeds.ts";
import { CLOCK } from "../../src/compose.ts";
import { FactStore } from "../../src/db/fact-store.ts";
import { SubjectFilling } from "../../src/normalize/subject-filling.ts";
import { Identity } from "../../src/people/identity.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { type App, startApp } from "../harness/app.ts";
import { keepBooking } from "../harness/keep-booking.ts";
import { onOneStore } from "../harness/stores.ts";
import { eventsIn, type SeenEvent } from "./read-feed.ts";

const NOW = Date.UTC(2026, 2, 1, 12);
const [NEW, OLD, FULL, KARI, OLA, BIKES] = ["new", "old", "full", "kari", "ola", "bikes"].map(
  (name) => `token-of-the-calendar-${name}`,
) as [string, string, string, string, string, string];

const CONFIG = {
  connections: {
    fjord: { source: "tourcms", tokens: ["hook-token-of-the-tests"], settings: { accountId: "1" } },
    bikes: { source: "planyo", tokens: ["another-hook-token"] },
  },
  calendars: {
    all: { name: "Fjord; Walks, all\nof them", tokens: [NEW, OLD] },
    full: { tokens: [FULL], show: ["name", "contact", "pickup", "notes", "balance", "agent"] },
    kari: { tokens: [KARI], custom: { Guide: "Kari" }, show: [] },
    ola: { tokens: [OLA], custom: { Guide: "Ola" } },
    bikes: {
      tokens: [BIKES],
      connections: ["bikes"],
      units: ["Bike 4"],
      daysBack: 5,
      daysAhead: 20,
    },
  },
};

const OSLO = "Europe/Oslo";
const WALK = {
  ...{ connection: "fjord", reference: "1201", status: "confirmed", title: "Fjord walk" },
  start: { date: "2026-03-14", time: "09:00", timeZone: OSLO },
  end: { date: "2026-03-14", time: "12:00", timeZone: OSLO },
  customer: { firstName: "Anna", lastName: "Berg", email: "anna@example.com", phone: "+47 900" },
  ...{ travellersText: "2 Adults", notes: "allergic to nuts", internalNote: "pays late" },
  agent: { name: "Nordic Tours" },
  balance: { amountMinor: 5000, currency: "NOK" },
  items: [
    {
      ...{ id: "1", name: "Fjord walk", quantityText: "2 Adults", place: "Quay 3" },
      pickup: { name: "Hotel Bristol", time: "08:30" },
    },
  ],
} satisfies Omit<Booking, "version">;

const MOVED = {
  start: { date: "2026-03-15", time: "10:00", timeZone: OSLO },
  end: { date: "2026-03-15", time: "13:00", timeZone: OSLO },
};

onOneStore((store) => {
  let app: App;
  beforeAll(async () => {
    app = await startApp({
      config: CONFIG,
      roles: "console",
      location: await store.newLocation(),
      override: (c) => c.register(CLOCK, { useValue: { now: () => NOW } }),
    });
  });
  afterAll(() => app.stop());
  afterEach(() => app.db.knex("subjects").delete());

  const keep = (parts: Partial<Booking> = {}) => keepBooking(app.db, { ...WALK, ...parts });

  const ask = (name: string, token: string, init: RequestInit = {}) =>
    fetch(`${app.url}/calendars/${name}/${token}.ics`, init);

  async function seen(name = "all", token = NEW): Promise<SeenEvent[]> {
    const response = await ask(name, token);
    expect(response.status).toBe(200);
    return eventsIn(await response.text());
  }

  it("a booking is an event, with the guest's name and nothing else of the guest", async () => {
    await keep();

    const [event, ...others] = await seen();

    expect(others).toEqual([]);
    expect(event).toMatchObject({
      ...{ summary: "Fjord walk, 2 Adults, Anna Berg", location: "Quay 3", status: "CONFIRMED" },
      ...{ start: "2026-03-14T08:00:00.000Z", end: "2026-03-14T11:00:00.000Z" },
      description: "Booking 1201 (fjord), confirmed\n2 Adults\nAnna Berg\n2 Adults Fjord walk",
    });
  });

  it("the rest is told where it is asked for, and of the office's own notes never anything", async () => {
    await keep();

    const [all, none] = [await seen("full", FULL), JSON.stringify(await seen("kari", KARI))];
    await keep({ custom: { Guide: "Kari" } });
    const [nameless] = await seen("kari", KARI);

    expect(all[0]?.description.split("\n")).toEqual([
      ...["Booking 1201 (fjord), confirmed", "2 Adults", "Anna Berg, +47 900, anna@example.com"],
      ...["2 Adults Fjord walk", "Pick-up: 08:30, Hotel Bristol", "Agent: Nordic Tours"],
      ...["To be paid: 50.00 NOK", "The guest says: allergic to nuts"],
    ]);
    expect(none).toBe("[]");
    expect(nameless?.summary).toBe("Fjord walk, 2 Adults");
    expect(JSON.stringify(nameless)).not.toMatch(/Anna|Berg|900|Bristol|nuts|late/);
  });

  it("moved and booked again, it is the same event in a newer version", async () => {
    const before = [await keep(), (await seen())[0]][1] as SeenEvent;

    await keep(MOVED);
    const [moved] = await seen();
    await keep({ ...MOVED, status: "cancelled" });
    const cancelled = await seen();
    await keep({ ...MOVED, status: "confirmed" });
    const [again] = await seen();

    expect(moved).toMatchObject({ uid: before.uid, start: "2026-03-15T09:00:00.000Z" });
    expect(cancelled).toEqual([]);
    expect(again).toMatchObject({ uid: before.uid, status: "CONFIRMED" });
    expect([before, moved, again].map((event) => event?.sequence)).toEqual([1, 2, 4]);
  });

  it("requested it is tentative, and what is only offered or over is not there", async () => {
    await keep({ reference: "1", status: "requested" });
    for (const status of ["quoted", "waitlisted", "draft", "expired", "removed"] as const) {
      await keep({ reference: status, status });
    }
    await keep({ reference: "2", status: "no_show" });

    expect((await seen()).map(({ status }) => status).toSorted()).toEqual([
      "CONFIRMED",
      "TENTATIVE",
    ]);
  });

  it("given to another guide, it goes from one calendar to the other", async () => {
    await keep({ custom: { Guide: "Kari" } });
    const before = [await seen("kari", KARI), await seen("ola", OLA)];

    await keep({ custom: { Guide: "Ola" } });
    const after = [await seen("kari", KARI), await seen("ola", OLA)];

    expect(before.map(({ length }) => length)).toEqual([1, 0]);
    expect(after.map(({ length }) => length)).toEqual([0, 1]);
    expect(after[1]?.[0]?.uid).toBe(before[0]?.[0]?.uid);
  });

  it("two things booked are two events, each where it belongs", async () => {
    const day = (date: string) => ({ date, timeZone: "Europe/Madrid" });
    const bike = { name: "Bike", start: day("2026-03-14"), end: day("2026-03-16") };
    const items = [
      { id: "1", ...bike, unitName: "Bike 3" },
      { id: "2", ...bike, unitName: "Bike 4" },
    ];
    await keep({ connection: "bikes", items });
    await keep({ items });

    const [event, ...others] = await seen("bikes", BIKES);

    expect(others).toEqual([]);
    expect(event).toMatchObject({
      ...{ summary: "Bike, Bike 4, 2 Adults, Anna Berg", start: "2026-03-14", end: "2026-03-17" },
    });
    expect(await seen()).toHaveLength(4);
  });

  it("reaches as far back and ahead as it says, by when something ends and begins", async () => {
    const stay = (reference: string, from: string, to: string) => {
      const [start, end] = [from, to].map((date) => ({ date, timeZone: OSLO }));
      const item = { id: "1", name: reference, unitName: "Bike 4" };
      const span = { ...(start && { start }), ...(end && { end }) };
      return keep({ connection: "bikes", reference, ...span, items: [item] });
    };
    await stay("over", "2026-01-01", "2026-02-23");
    await stay("just over", "2026-01-01", "2026-02-24");
    await stay("all the time", "2025-01-01", "2027-01-01");
    await stay("coming", "2026-03-21", "2026-05-01");
    await stay("too far", "2026-03-22", "2026-05-01");

    const names = (await seen("bikes", BIKES)).map(({ summary }) => summary.split(",")[0]);

    expect(names).toEqual(["all the time", "just over", "coming"]);
  });

  it("a trip of many days gives a calendar those of its parts that are in its time", async () => {
    const at = (date: string) => ({ start: { date, timeZone: OSLO } });
    const items = ["2026-02-01", "2026-03-10", "2026-09-01"].map((date) => {
      return { id: date, name: date, unitName: "Bike 4", ...at(date) };
    });
    await keep({ connection: "bikes", items });

    const names = (await seen("bikes", BIKES)).map(({ start }) => start);

    expect(names).toEqual(["2026-03-10"]);
  });

  it("on the nights when clocks change it begins when it begins", async () => {
    const night = (reference: string, date: string, time: string, offset?: string) =>
      keep({
        ...{ reference, items: [] },
        start: { date, time, timeZone: OSLO, ...(offset !== undefined && { offset }) },
        end: { date, time: "09:00", timeZone: OSLO },
      });
    await night("1", "2026-03-29", "02:30");
    await night("2", "2026-03-29", "08:00");
    await night("3", "2026-10-25", "02:30", "+02:00");
    await night("4", "2026-10-25", "02:30", "+01:00");

    expect((await seen()).map(({ start, end }) => [start, end])).toEqual([
      ["2026-03-29T01:30:00.000Z", "2026-03-29T07:00:00.000Z"],
      ["2026-03-29T06:00:00.000Z", "2026-03-29T07:00:00.000Z"],
      ["2026-10-25T00:30:00.000Z", "2026-10-25T08:00:00.000Z"],
      ["2026-10-25T01:30:00.000Z", "2026-10-25T08:00:00.000Z"],
    ]);
  });

  it("an end that is not after the beginning is none", async () => {
    await keep({ end: { date: "2026-03-14", timeZone: OSLO } });

    expect(await seen()).toMatchObject([{ start: "2026-03-14T08:00:00.000Z", end: undefined }]);
  });

  it("hostile texts are texts, and no line is longer than lines may be", async () => {
    const name = 'Walk"; \\n x\\y,\r\nEND:VEVENT\u0000\u2028 <b>山田👩‍👩‍👧</b>'.repeat(5);
    const notes = "a\r\nATTENDEE:mailto:x@example.com; b\rEND:VCALENDAR";
    await keep({ items: [{ id: "1", name, place: "x\nUID:y" }], notes, customer: {} });

    const text = await (await ask("full", FULL)).text();
    const [event, another] = eventsIn(text);

    expect(another).toBeUndefined();
    const shown = 'Walk"; \\n x\\y, END:VEVENT  <b>山田👩‍👩‍👧</b>'.repeat(5);
    expect(event).toMatchObject({ summary: `${shown}, 2 Adults`, location: "x UID:y" });
    expect(event?.description).toContain("a\nATTENDEE:mailto:x@example.com; b\nEND:VCALENDAR");
    const lines = text.split("\r\n");
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBe(75);
    expect(text.replaceAll("\r\n", "")).not.toMatch(/\p{Cc}|\uFFFD/u);
  });

  it("a calendar without bookings is a calendar", async () => {
    const text = await (await ask("all", NEW)).text();

    expect(eventsIn(text)).toEqual([]);
    expect(text).toMatch(/^BEGIN:VCALENDAR\r\nVERSION:2.0\r\n[^]*\r\nEND:VCALENDAR\r\n$/);
    expect(text).toContain("X-WR-CALNAME:Fjord\\; Walks\\, all\\nof them\r\n");
    expect(text).toContain("BEGIN:VTIMEZONE");
  });

  it("an erased booking has left nothing, and one whose guest was taken out no name", async () => {
    await keep();
    await keep({ reference: "1202", customer: {} });
    const erased = { status: null, ends_on: null, state: Buffer.from("null") };
    await app.db.knex("subjects").where({ subject: "1201" }).update(erased);

    expect(await seen()).toMatchObject([{ summary: "Fjord walk, 2 Adults" }]);
  });

  it("bookings of an earlier version are there once they have been gone through", async () => {
    await keep();
    await app.db.knex("subjects").update({ ends_on: null });
    const before = await seen();
    const { db } = app;
    const parts = { db, facts: new FactStore(db), identity: new Identity(), log: memoryLog() };

    await new SubjectFilling({ ...parts, relief: () => Promise.resolve() }).fill();

    expect(before).toEqual([]);
    expect(await seen()).toHaveLength(1);
  });

  it("of too many, what is furthest from today is left out, first of what is over, and that is said", async () => {
    for (const day of ["03-13", "02-20", "03-11", "02-27", "03-12"]) {
      const at = { date: `2026-${day}`, timeZone: OSLO };
      await keep({ reference: day, start: at, end: at, items: [] });
    }
    const [all] = calendarsOf(app.settings.config);
    if (!all) throw new Error("not reached");
    const reader = { db: app.db, nowMs: NOW, relief: () => Promise.resolve() };
    const daysOf = async (events: number, bookings: number) => {
      const found = await eventsOf(all, { ...reader, limits: { events, bookings } });
      const days = found.events.map(({ appointment }) => appointment.start.date.slice(5));
      return [found.isCut, ...days];
    };

    expect(await daysOf(5, 5)).toEqual([false, "02-20", "02-27", "03-11", "03-12", "03-13"]);
    expect(await daysOf(4, 5)).toEqual([true, "02-27", "03-11", "03-12", "03-13"]);
    expect(await daysOf(5, 4)).toEqual([true, "02-27", "03-11", "03-12", "03-13"]);
    expect(await daysOf(2, 5)).toEqual([true, "03-11", "03-12"]);
    expect(await daysOf(5, 2)).toEqual([true, "03-11", "03-12"]);
  });

  it("is made once for all who ask at a time, and anew for the next", async () => {
    await keep();
    const [all] = calendarsOf(app.settings.config);
    if (!all) throw new Error("not reached");
    const log = memoryLog();
    const relief = () => Promise.resolve();
    const feeds = new Feeds({ db: app.db, clock: { now: () => NOW }, log, relief });

    const [one, other] = await Promise.all([feeds.of(all), feeds.of(all)]);
    await keep(MOVED);
    const next = await feeds.of(all);

    expect(other).toBe(one);
    expect(eventsIn(next.text)).toMatchObject([{ start: "2026-03-15T09:00:00.000Z" }]);
  });

  describe("who asks for it", () => {
    it("has either token, while one is changed for another", async () => {
      expect((await ask("all", NEW)).status).toBe(200);
      expect((await ask("all", OLD)).status).toBe(200);
    });

    it.each([
      ["a wrong token", "/calendars/all/wrong.ics"],
      ["another calendar's token", `/calendars/all/${KARI}.ics`],
      ["a connection's token", "/calendars/all/hook-token-of-the-tests.ics"],
      ["a calendar that there is not", `/calendars/nothing/${NEW}.ics`],
      ["no ending", `/calendars/all/${NEW}`],
      ["nothing", "/calendars/all/.ics"],
      ["a path that is not well encoded", "/calendars/all/%E0%A4%A.ics"],
      ["less", "/calendars/all"],
    ])("with %s learns nothing", async (_title, path) => {
      const response = await fetch(app.url + path);

      expect(response.status).toBe(404);
      expect(await response.text()).toBe("there is nothing here");
    });

    it("is told what it is, and may ask for that alone", async () => {
      await keep();

      const [answer, head] = [await ask("all", NEW), await ask("all", NEW, { method: "HEAD" })];

      const expected = {
        "content-type": "text/calendar; charset=utf-8",
        "content-disposition": 'inline; filename="all.ics"',
        "cache-control": "private, no-cache",
        etag: expect.stringMatching(/^"[\w-]{43}"$/) as string,
        "content-length": String(Buffer.byteLength(await answer.text())),
      };
      expect(Object.fromEntries(answer.headers)).toMatchObject(expected);
      expect(Object.fromEntries(head.headers)).toMatchObject(expected);
      expect(await head.text()).toBe("");
      expect((await ask("all", NEW, { method: "POST" })).status).toBe(405);
    });

    it("gets it again only when it has changed", async () => {
      await keep();
      const etag = (await ask("all", NEW)).headers.get("etag") ?? "";
      const again = () => ask("all", OLD, { headers: { "if-none-match": etag } });

      const same = await again();
      await keep(MOVED);
      const changed = await again();

      expect([same.status, await same.text()]).toEqual([304, ""]);
      expect(same.headers.get("etag")).toBe(etag);
      expect(changed.status).toBe(200);
    });

    it("finds no token in our log, also when something is wrong", async () => {
      await app.db.knex("subjects").insert({
        ...{ connection: "fjord", subject: "x", kind: "booking", version: 1, ordinal: 1 },
        ...{ status: "confirmed", starts_on: "2026-03-14", ends_on: "2026-03-14" },
        ...{ state: Buffer.from("no JSON"), recent: Buffer.from("[]"), updated_at: 1 },
      });

      const response = await ask("all", NEW);

      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "60"]);
      expect(app.logLines.join("\n")).toContain("a calendar could not be told");
      expect(app.logLines.join("\n")).not.toContain(NEW);
    });
  });
});

it("is served where the API is, and who guesses or hammers is stopped", async () => {
  const [receiver, app] = [
    await startApp({ config: CONFIG, roles: "receive" }),
    await startApp({ config: CONFIG, roles: "console" }),
  ];
  try {
    const statuses = async (times: number, name: string, token: string) => {
      const path = `/calendars/${name}/${token}.ics`;
      const all = await Promise.all(Array.from({ length: times }, () => fetch(app.url + path)));
      return all.filter(({ status }) => status === 429).length;
    };

    expect((await fetch(`${receiver.url}/calendars/all/${NEW}.ics`)).status).toBe(404);
    expect(await statuses(40, "all", "wrong")).toBe(10);
    expect(await statuses(61, "all", NEW)).toBe(1);
    expect(await statuses(1, "kari", KARI)).toBe(0);
  } finally {
    await receiver.stop();
    await app.stop();
  }
});
