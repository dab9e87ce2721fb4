import { ConfigurationError } from "#sdk";

import { assertAsSafe, type DavContext, send } from "./client.ts";
import type { DavConfig } from "./config.ts";
import { type Found, hrefIn, readMultistatus } from "./multistatus.ts";

/** What is looked for. The words are those of CardDAV and CalDAV. */
export type CollectionKind = "addressbook" | "calendar";

export interface Collection {
  /** Ends with a slash. */
  url: string;
  /** As people see it there. */
  name: string;
  /** The server says that the user may read it and nothing more. */
  isReadOnly: boolean;
}

const WORDS = { addressbook: "address book", calendar: "calendar" } as const;
const WELL_KNOWN = { addressbook: "/.well-known/carddav", calendar: "/.well-known/caldav" };

const PROPERTIES = `<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:" xmlns:card="urn:ietf:params:xml:ns:carddav" xmlns:cal="urn:ietf:params:xml:ns:caldav">
  <prop>
    <resourcetype/><displayname/><current-user-principal/><current-user-privilege-set/>
    <card:addressbook-home-set/><cal:calendar-home-set/>
  </prop>
</propfind>`;

/** Discovered once for the settings of an instance: they are the same object until it starts anew. */
const known = new WeakMap<DavConfig, Map<string, Promise<Collection>>>();

/**
 * The address book or calendar of an address in the settings. The address may also be that of the
 * server or of the user, when there is only one to be found.
 *
 * @throws ConfigurationError when there is none, or several to choose from, which are named.
 */
export function collectionOf(
  kind: CollectionKind,
  url: string,
  context: DavContext,
): Promise<Collection> {
  const all = known.get(context.config) ?? new Map<string, Promise<Collection>>();
  known.set(context.config, all);
  const key = `${kind} ${url}`;
  const reading = all.get(key) ?? discover(kind, url, context);
  all.set(key, reading);
  // What went wrong is asked again the next time.
  reading.catch(() => all.delete(key));
  return reading;
}

async function discover(
  kind: CollectionKind,
  url: string,
  context: DavContext,
): Promise<Collection> {
  const there = await lookAt(url, 0, context);
  const [given] = there ?? [];
  if (given && isOf(kind, given)) return collectionFrom(given);
  const home =
    (await homeFrom(kind, given, context)) ??
    (await homeFrom(kind, await wellKnown(kind, url, context), context));
  // With a path somebody has meant one of them: another in its place would be a mistake.
  const isMissing = !there && new URL(url).pathname !== "/";
  const is = isMissing ? "is not there" : `is no ${WORDS[kind]}`;
  if (home === undefined) throw new ConfigurationError(`${url} ${is}, and leads to none`);
  const inside = await propertiesOf(home, 1, context);
  const all = inside.filter((found) => isOf(kind, found)).map(collectionFrom);
  const [one, another] = all;
  if (!one) throw new ConfigurationError(`${url} ${is}, and the user has none: make one there`);
  if (!another && !isMissing) return one;
  const list = all.map(({ name, url: its }) => `"${name}" (${its})`).join(", ");
  throw new ConfigurationError(
    `${url} ${is}: write the address of ${another ? "one that" : "the one that"} the user has: ${list}`,
  );
}

/** Where the user keeps all address books, or calendars. */
async function homeFrom(
  kind: CollectionKind,
  found: Found | undefined,
  context: DavContext,
): Promise<string | undefined> {
  if (!found) return undefined;
  const home = linkOf(found, `${kind}-home-set`);
  if (home !== undefined) return home;
  const principal = linkOf(found, "current-user-principal");
  if (principal === undefined || principal === found.url) return undefined;
  const [user] = await propertiesOf(principal, 0, context);
  return user && linkOf(user, `${kind}-home-set`);
}

async function wellKnown(
  kind: CollectionKind,
  url: string,
  context: DavContext,
): Promise<Found | undefined> {
  const [found] = await propertiesOf(new URL(WELL_KNOWN[kind], url).href, 0, context);
  return found;
}

/** Nothing when there is nothing at that address, or nothing that talks DAV. */
async function propertiesOf(url: string, depth: 0 | 1, context: DavContext): Promise<Found[]> {
  return (await lookAt(url, depth, context)) ?? [];
}

/** @returns undefined when there is nothing at that address. */
async function lookAt(
  url: string,
  depth: 0 | 1,
  context: DavContext,
): Promise<Found[] | undefined> {
  const headers = { depth: String(depth), "content-type": "application/xml; charset=utf-8" };
  const accept = [400, 404, 405, 410, 501];
  const request = { method: "PROPFIND", url, headers, body: PROPERTIES, accept } as const;
  const { response, url: at } = await send(request, context);
  if (response.status === 404 || response.status === 410) return undefined;
  return response.status === 207 ? readMultistatus(response.text(), at) : [];
}

/** Large services keep users on other hosts than the one that everybody knows. */
function linkOf({ url, props }: Found, name: string): string | undefined {
  const link = hrefIn(props[name], url);
  if (link !== undefined) assertAsSafe(url, link);
  return link;
}

function isOf(kind: CollectionKind, { props }: Found): boolean {
  const type = props["resourcetype"];
  return typeof type === "object" && type !== null && kind in type;
}

function collectionFrom({ url, props }: Found): Collection {
  const { displayname } = props;
  return {
    url: url.endsWith("/") ? url : `${url}/`,
    name: typeof displayname === "string" && displayname !== "" ? displayname : url,
    isReadOnly: isReadOnly(props["current-user-privilege-set"]),
  };
}

/** A server that says nothing about it may let us write. */
function isReadOnly(privileges: unknown): boolean {
  const all = JSON.stringify(privileges ?? "");
  return all.includes('"read"') && !/"(all|write|write-content|bind)"/.test(all);
}
