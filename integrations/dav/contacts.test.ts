import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Booking, HttpClient } from "#sdk";
import { checkContext, CrmDesk, hasPrograms } from "#sdk/testing";
import { DAVClient } from "tsdav";

import type { DavConfig } from "./config.ts";
import integration from "./index.ts";
import { change, makeAddressBook, makeCalendar, put } from "./testing/office.ts";
import { type DavServer, PASSWORD, startRadicale, USER } from "./testing/servers.ts";

const BOOKING: Booking = {
  connection: "fjord",
  reference: "1201",
  version: 1,
  status: "confirmed",
  start: { date: "2026-03-14", time: "09:00", timeZone: "Europe/Oslo" },
  customer: {
    ...{ firstName: "Anna", lastName: "Berg", email: "anna@example.com", phone: "+47 900 10 000" },
    ...{ country: "NO", address: { street: "Storgata 1; B", city: "Bergen", postcode: "5003" } },
  },
};
const PHOTO = "PHOTO;ENCODING=b;TYPE=JPEG:AAAABBBBCCCC";

describe.runIf(hasPrograms("radicale", "htpasswd"))("guests in a real Radicale", () => {
  let server: DavServer;
  let count = 0;
  beforeAll(async () => {
    server = await startRadicale();
  });
  afterAll(() => server.stop());

  async function opened() {
    count += 1;
    const addressBookUrl = await makeAddressBook(`${server.home}b${count}/`);
    const settings = { addressBookUrl, user: USER, password: PASSWORD, tags: ["guest"] };
    const config = integration.config.parse(settings);
    const { http } = checkContext({});
    const hub = new CrmDesk<DavConfig>({ integration, config, http, dataFolder: "/nowhere" });
    return { addressBookUrl, hub };
  }

  it("a vCard as another client reads it", async () => {
    const { addressBookUrl, hub } = await opened();

    await hub.see(BOOKING);

    const [text = "", another] = await cardsIn(addressBookUrl);
    expect(another).toBeUndefined();
    expect(lines(text)).toEqual(
      expect.arrayContaining([
        ...["VERSION:3.0", "FN:Anna Berg", "N:Berg;Anna;;;", "EMAIL:anna@example.com"],
        ...["TEL:+4790010000", "CATEGORIES:guest"],
        "ADR:;;Storgata 1\\; B;Bergen;;5003;Norway",
      ]),
    );
    expect(text).toContain("NOTE:Bellhop: 1 booking");
  });

  it("after a move to another server, the old one hears nothing and the new one has it", async () => {
    const { addressBookUrl } = await opened();
    const { addressBookUrl: other } = await opened();
    const next = other.replace("127.0.0.1", "localhost");
    const config = (url: string) =>
      integration.config.parse({ addressBookUrl: url, user: USER, password: PASSWORD });
    const hosts: string[] = [];
    const http: HttpClient = {
      send(request) {
        hosts.push(new URL(request.url).hostname);
        return checkContext({}).http.send(request);
      },
    };
    const parts = { integration, config: config(addressBookUrl), http, dataFolder: "/nowhere" };
    const hub = new CrmDesk<DavConfig>(parts);
    await hub.see(BOOKING);
    hosts.length = 0;

    parts.config = config(next);
    await hub.see(BOOKING);
    const [text = ""] = await cardsIn(other);
    const erased = hub.erase(await hub.personOf(BOOKING));

    await expect(erased).rejects.toThrow(`erase it there by hand: ${addressBookUrl}`);
    expect(text).toContain("NOTE:Bellhop: 1 booking");
    expect(await cardsIn(other)).toEqual([]);
    expect(new Set(hosts)).toEqual(new Set(["localhost"]));
  });

  it("a guest is erased also from an address book that the settings name no more", async () => {
    const { addressBookUrl } = await opened();
    const calendarUrl = await makeCalendar(`${server.home}c${count}/`);
    const config = (settings: object) =>
      integration.config.parse({ ...settings, user: USER, password: PASSWORD });
    const { http } = checkContext({});
    const parts = { integration, config: config({ addressBookUrl }), http, dataFolder: "/nowhere" };
    const hub = new CrmDesk<DavConfig>(parts);
    await hub.see(BOOKING);

    parts.config = config({ calendarUrl });
    await hub.erase(await hub.personOf(BOOKING));

    expect(await cardsIn(addressBookUrl)).toEqual([]);
  });

  it("what the office has added stays, and its note beside ours", async () => {
    const { addressBookUrl, hub } = await opened();
    await hub.see(BOOKING);
    const [url = ""] = await urlsIn(addressBookUrl);
    await change(url, (text) =>
      text
        .replace("NOTE:", "NOTE:Likes tea\\n")
        .replace("CATEGORIES:guest", "CATEGORIES:guest,VIP")
        .replace("END:VCARD", `${PHOTO}\r\nEMAIL;TYPE=WORK:work@example.com\r\nEND:VCARD`),
    );

    await hub.see({ ...BOOKING, reference: "1202" });

    const [text = ""] = await cardsIn(addressBookUrl);
    expect(lines(text)).toEqual(
      expect.arrayContaining([PHOTO, "EMAIL;TYPE=WORK:work@example.com"]),
    );
    expect(text).toMatch(/NOTE:Likes tea\\nBellhop: 2 bookings/);
    expect(text).toMatch(/CATEGORIES:guest,VIP/);
  });

  it("a contact that the office has made is filled where it is empty", async () => {
    const { addressBookUrl, hub } = await opened();
    const card = ["BEGIN:VCARD", "VERSION:3.0", "UID:office-1", "FN:Anna B.", "N:B.;Anna;;;"];
    const text = [...card, "EMAIL:Anna@Example.com", "END:VCARD", ""].join("\r\n");
    await put(`${addressBookUrl}office-1.vcf`, text);

    await hub.see(BOOKING);

    const [filled = "", another] = await cardsIn(addressBookUrl);
    expect(another).toBeUndefined();
    expect(lines(filled)).toEqual(
      expect.arrayContaining([
        ...["UID:office-1", "FN:Anna B.", "EMAIL:Anna@Example.com"],
        ...["TEL:+4790010000", "CATEGORIES:guest"],
      ]),
    );
  });

  it("the card of another guest with the same address is left alone", async () => {
    const { addressBookUrl, hub } = await opened();
    const card = ["BEGIN:VCARD", "VERSION:3.0", "UID:bellhop-other", "FN:Ola Vik", "N:Vik;Ola;;;"];
    const own = ["EMAIL:Anna@Example.com", "X-BELLHOP-PERSON:other", "END:VCARD", ""];
    await put(`${addressBookUrl}bellhop-other.vcf`, [...card, ...own].join("\r\n"));

    await hub.see(BOOKING);

    const all = await cardsIn(addressBookUrl);
    expect(all).toHaveLength(2);
    expect(all.find((one) => one.includes("FN:Ola Vik"))).not.toContain("TEL:");
  });
});

async function cards(url: string) {
  const client = new DAVClient({
    serverUrl: url,
    credentials: { username: USER, password: PASSWORD },
    authMethod: "Basic",
    defaultAccountType: "carddav",
  });
  await client.login();
  return client.fetchVCards({ addressBook: { url } });
}

async function cardsIn(url: string): Promise<string[]> {
  return (await cards(url)).map(({ data }) => String(data));
}

async function urlsIn(url: string): Promise<string[]> {
  return (await cards(url)).map((card) => card.url);
}

/** Unfolded. */
function lines(text: string): string[] {
  return text.replaceAll(/\r?\n[ \t]/g, "").split(/\r?\n/);
}
