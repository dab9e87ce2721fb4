import ICAL from "ical.js";
import { DAVClient } from "tsdav";

import { PASSWORD, USER } from "./servers.ts";

/** An event as somebody else's client and parser see it. */
export interface SeenEvent {
  url: string;
  summary: string;
  description: string;
  status: string;
  sequence: number;
  /** `2026-03-14T09:00:00`, or a date alone. */
  start: string;
  end: string;
  /** `2026-03-14T08:00:00Z`, by the zone that the file itself tells. */
  instant: string;
  zone: string | undefined;
  location: string;
}

export async function eventsIn(url: string): Promise<SeenEvent[]> {
  const client = new DAVClient({
    serverUrl: url,
    credentials: { username: USER, password: PASSWORD },
    authMethod: "Basic",
    defaultAccountType: "caldav",
  });
  await client.login();
  const objects = await client.fetchCalendarObjects({ calendar: { url } });
  return objects
    .map((object) => seen(object.url, String(object.data)))
    .toSorted((one, other) => (one.start + one.summary < other.start + other.summary ? -1 : 1));
}

function seen(url: string, text: string): SeenEvent {
  const calendar = ICAL.Component.fromString(text);
  const component = calendar.getFirstSubcomponent("vevent");
  if (!component) throw new Error(`${url} has no event`);
  const { summary, description, location, startDate, endDate } = new ICAL.Event(component);
  const textOf = (name: string) => component.getFirstPropertyValue(name)?.toString() ?? "";
  const zone = component.getFirstProperty("dtstart")?.getFirstParameter("tzid");
  return {
    ...{ url, summary, description, location, zone },
    ...{ start: startDate.toString(), end: endDate.toString() },
    instant: startDate.toJSDate().toISOString(),
    status: textOf("status"),
    sequence: Number(textOf("sequence")),
  };
}
