import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { HttpClient } from "#sdk";
import { checkContext, hasPrograms } from "#sdk/testing";

import { check } from "./check.ts";
import { DavConfig } from "./config.ts";
import { makeAddressBook, makeCalendar } from "./testing/office.ts";
import { type DavServer, PASSWORD, startRadicale, USER } from "./testing/servers.ts";

/** As other servers tell of calendars that Radicale has none of. */
const TASKS = (text: string) =>
  text.replace(
    /<C:supported-calendar-component-set>[^]*<\/C:supported-calendar-component-set>/,
    '<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>',
  );
const BIRTHDAYS = (text: string) =>
  text.replace(/<privilege><(all|write|write-[a-z]+) \/><\/privilege>/g, "");

describe.runIf(hasPrograms("radicale", "htpasswd"))("check on a real Radicale", () => {
  let server: DavServer;
  beforeAll(async () => {
    server = await startRadicale();
    await makeAddressBook(`${server.home}guests/`);
    await makeCalendar(`${server.home}walks/`, "Walks");
    await makeCalendar(`${server.home}cabins/`, "Cabins");
  });
  afterAll(() => server.stop());

  function checked(settings: object, http = checkContext({}).http): Promise<string> {
    const config = DavConfig.parse({ user: USER, password: PASSWORD, ...settings });
    return check(checkContext(config, { http }));
  }

  it("from the address of the server alone the only address book is found", async () => {
    const calendarUrl = `${server.home}walks`;

    const words = await checked({ addressBookUrl: server.url, calendarUrl });

    expect(words).toBe(`address book "Guests" (${server.home}guests/), calendar "Walks"`);
  });

  it("a misspelled address is not taken for the only one that there is", async () => {
    const refused = checked({ addressBookUrl: `${server.home}gests/` });

    await expect(refused).rejects.toThrow(
      `${server.home}gests/ is not there: write the address of the one that the user has: ` +
        `"Guests" (${server.home}guests/)`,
    );
  });

  it("what is something else is not said to be missing", async () => {
    const refused = checked({ calendarUrl: `${server.home}guests/` });

    await expect(refused).rejects.toThrow(
      `${server.home}guests/ is no calendar: write the address`,
    );
  });

  it("of two calendars none is chosen: both are named with their addresses", async () => {
    const refused = checked({ calendarUrl: server.home });

    await expect(refused).rejects.toMatchObject({ kind: "configuration" });
    await expect(refused).rejects.toThrow(`"Walks" (${server.home}walks/)`);
    await expect(refused).rejects.toThrow(`"Cabins" (${server.home}cabins/)`);
  });

  it.each([
    ["for tasks alone", TASKS],
    ["only to be read, such as one of birthdays", BIRTHDAYS],
  ])("a calendar %s is none to choose from, and is refused by itself", async (_, other) => {
    const { http } = checkContext({});
    const one: HttpClient = {
      async send(request) {
        const response = await http.send(request);
        const isOther = (part: string) => part.includes("/cabins/</");
        const text = response.text().split(/(?=<response>)/);
        const all = text.map((part) => (isOther(part) ? other(part) : part));
        return { ...response, text: () => all.join("") };
      },
    };

    expect(await checked({ calendarUrl: server.home }, one)).toBe(
      `calendar "Walks" (${server.home}walks/)`,
    );
    await expect(checked({ calendarUrl: `${server.home}cabins/` }, one)).rejects.toThrow("Cabins");
  });

  it("an address book is no calendar, and whatever else is wrong is named with it", async () => {
    const calendars = [{ url: `${server.home}nothing/` }];

    const refused = checked({ addressBookUrl: `${server.home}walks/`, calendars, password: "x" });

    await expect(refused).rejects.toThrow("settings.user or settings.password are refused");
    await expect(refused).rejects.toThrow("settings.calendars[0].url");
  });
});
