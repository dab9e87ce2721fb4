import { Card } from "./card.ts";
import { ask, type DavContext } from "./client.ts";
import { escapeXml } from "./multistatus.ts";
import type { Resource } from "./resource.ts";

/** What a property has to be, upper or lower case. */
export interface Wanted {
  property: string;
  value: string;
  match: "equals" | "contains";
}

export interface FoundCard {
  url: string;
  card: Card;
}

/** How servers say that they do not search, or not so. */
const CANNOT = [400, 403, 415, 422, 500, 501];

/** Cards for which any of it is true. */
export async function searchCards(
  book: string,
  wanted: readonly Wanted[],
  context: DavContext,
): Promise<FoundCard[]> {
  const filter = `<c:filter test="anyof">${wanted.map(cardFilter).join("")}</c:filter>`;
  const found = await search(book, cardQuery(filter), cardQuery("<c:filter/>"), context);
  // Servers know less of searching than they say, so what they found is looked at.
  return found
    .flatMap(({ url, text }) => {
      const card = Card.parse(text);
      return card ? [{ url, card }] : [];
    })
    .filter(({ card }) => wanted.some((one) => fits(one, card)));
}

export function fits({ property, value, match }: Wanted, card: Card): boolean {
  const text = value.toLowerCase();
  const isSo = (one: string) => (match === "equals" ? one === text : one.includes(text));
  return card.values(property).some((one) => isSo(one.toLowerCase()));
}

/** Addresses of events whose file holds a text in a property. */
export async function searchEvents(
  calendar: string,
  property: string,
  value: string,
  context: DavContext,
): Promise<string[]> {
  const filter =
    `<c:prop-filter name="${escapeXml(property)}">` +
    `<c:text-match collation="i;octet">${escapeXml(value)}</c:text-match></c:prop-filter>`;
  const found = await search(calendar, eventQuery(filter), eventQuery(""), context);
  return found.filter(({ text }) => text.includes(value)).map(({ url }) => url);
}

/** @param all Asks for everything: slow, and better than to miss one. */
async function search(
  url: string,
  some: string,
  all: string,
  context: DavContext,
): Promise<Resource[]> {
  return (await report(url, some, CANNOT, context)) ?? (await report(url, all, [], context)) ?? [];
}

async function report(
  url: string,
  body: string,
  accept: readonly number[],
  context: DavContext,
): Promise<Resource[] | undefined> {
  const headers = { depth: "1", "content-type": "application/xml; charset=utf-8" };
  const found = await ask({ method: "REPORT", url, headers, body, accept }, context);
  return found?.flatMap(({ url: its, props }) => {
    const text = props["address-data"] ?? props["calendar-data"];
    return typeof text === "string" ? [{ url: its, text }] : [];
  });
}

function cardFilter({ property, value, match }: Wanted): string {
  return (
    `<c:prop-filter name="${escapeXml(property)}"><c:text-match collation="i;unicode-casemap" ` +
    `match-type="${match}">${escapeXml(value)}</c:text-match></c:prop-filter>`
  );
}

function cardQuery(filter: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<c:addressbook-query xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">
  <prop><getetag/><c:address-data/></prop>
  ${filter}
</c:addressbook-query>`;
}

function eventQuery(filter: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
  <prop><getetag/><c:calendar-data/></prop>
  <c:filter><c:comp-filter name="VCALENDAR">
    <c:comp-filter name="VEVENT">${filter}</c:comp-filter>
  </c:comp-filter></c:filter>
</c:calendar-query>`;
}
