import { ask, type DavContext } from "./client.ts";
import { Card } from "./card.ts";
import { escapeXml } from "./multistatus.ts";

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
  const found =
    (await query(book, filterOf(wanted), CANNOT, context)) ??
    // All of them: slow, and better than a guest twice.
    (await query(book, "<c:filter/>", [], context)) ??
    [];
  // Servers know less of searching than they say, so what they found is looked at.
  return found.filter(({ card }) => wanted.some((one) => fits(one, card)));
}

export function fits({ property, value, match }: Wanted, card: Card): boolean {
  const text = value.toLowerCase();
  const isSo = (one: string) => (match === "equals" ? one === text : one.includes(text));
  return card.values(property).some((one) => isSo(one.toLowerCase()));
}

async function query(
  url: string,
  filter: string,
  accept: readonly number[],
  context: DavContext,
): Promise<FoundCard[] | undefined> {
  const headers = { depth: "1", "content-type": "application/xml; charset=utf-8" };
  const body = `<?xml version="1.0" encoding="utf-8"?>
<c:addressbook-query xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">
  <prop><getetag/><c:address-data/></prop>
  ${filter}
</c:addressbook-query>`;
  const found = await ask({ method: "REPORT", url, headers, body, accept }, context);
  return found?.flatMap(({ url: its, props }) => {
    const text = props["address-data"];
    const card = typeof text === "string" ? Card.parse(text) : undefined;
    return card ? [{ url: its, card }] : [];
  });
}

function filterOf(wanted: readonly Wanted[]): string {
  const filters = wanted.map(
    ({ property, value, match }) =>
      `<c:prop-filter name="${escapeXml(property)}"><c:text-match collation="i;unicode-casemap" ` +
      `match-type="${match}">${escapeXml(value)}</c:text-match></c:prop-filter>`,
  );
  return `<c:filter test="anyof">${filters.join("")}</c:filter>`;
}
