import { afterAll, beforeAll, describe } from "vitest";

import type { Booking, HttpClient } from "#sdk";
import { checkContext, CrmDesk, hasPrograms } from "#sdk/testing";

import type { DavConfig } from "../config.ts";
import integration from "../index.ts";
import { makeCalendar } from "./office.ts";
import { type DavServer, PASSWORD, startRadicale, startXandikos, USER } from "./servers.ts";

export const OSLO = "Europe/Oslo";

export const WALK: Booking = {
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

export const MOVED = {
  start: { date: "2026-03-15", time: "10:00", timeZone: OSLO },
  end: { date: "2026-03-15", time: "13:00", timeZone: OSLO },
};

export const { http } = checkContext({});

const SERVERS = [
  { name: "Radicale", programs: ["radicale", "htpasswd"], start: startRadicale },
  { name: "Xandikos", programs: ["xandikos"], start: startXandikos },
];

export interface Opened {
  calendarUrl: string;
  others: string[];
  config: (settings: object) => DavConfig;
  /** An instance that writes to the calendar. */
  desk: (settings?: object, client?: HttpClient) => CrmDesk<DavConfig>;
}

/** Makes a calendar for one test alone, and more beside it. */
export type Open = (parts?: { more?: number }) => Promise<Opened>;

/** The same tests on each server that speaks CalDAV. */
export function inCalendars(title: string, tests: (opened: Open) => void): void {
  for (const { name, programs, start } of SERVERS) {
    describe.runIf(hasPrograms(...programs))(`${title} on a real ${name}`, () => {
      let server: DavServer;
      let count = 0;
      beforeAll(async () => {
        server = await start();
      });
      afterAll(() => server.stop());

      tests(async ({ more = 0 } = {}) => {
        count += 1;
        const urls: string[] = [];
        for (let index = 0; index <= more; index += 1) {
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
      });
    });
  }
}

/** What was cut off is done again, as by the next process. */
export async function retried(work: () => Promise<void>): Promise<void> {
  await work().catch(work);
}
