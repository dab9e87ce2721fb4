import { expect, it } from "vitest";

import { http, inCalendars, MOVED, retried, WALK } from "./testing/calendars.ts";
import { change, makeCalendar, put, removeAt, textAt } from "./testing/office.ts";
import { eventsIn } from "./testing/read-calendar.ts";

inCalendars("what the office does in a calendar", (opened) => {
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
    await change(event?.url ?? "", (text) => text.replace("END:VEVENT", "COLOR:red\r\nEND:VEVENT"));

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
