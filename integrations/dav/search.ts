import { PermanentError } from "#sdk";

import { ask, type DavContext } from "./client.ts";
import { escapeXml } from "./multistatus.ts";

/** What a property has to be, upper or lower case. */
export interface Wanted {
  property: string;
  value: string;
  match: "equals" | "contains";
}

/** A server that finds so many does not search, and finds everything. */
const MOST = 50;

/** Addresses of the cards for which any of it is true. */
export async function searchCards(
  book: string,
  wanted: readonly Wanted[],
  context: DavContext,
): Promise<string[]> {
  const headers = { depth: "1", "content-type": "application/xml; charset=utf-8" };
  const request = { method: "REPORT", url: book, headers, body: bodyOf(wanted) } as const;
  const found = (await ask(request, context)) ?? [];
  if (found.length > MOST) {
    throw new PermanentError(`the address book does not search: it finds ${found.length} contacts`);
  }
  return found.map(({ url }) => url).filter((url) => url !== book);
}

function bodyOf(wanted: readonly Wanted[]): string {
  const filters = wanted.map(
    ({ property, value, match }) =>
      `<c:prop-filter name="${escapeXml(property)}"><c:text-match collation="i;unicode-casemap" ` +
      `match-type="${match}">${escapeXml(value)}</c:text-match></c:prop-filter>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<c:addressbook-query xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">
  <prop><getetag/></prop>
  <c:filter test="anyof">${filters.join("")}</c:filter>
</c:addressbook-query>`;
}
