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
  /** The server says that it is a list of tasks, or of something else than events. */
  isWithoutEvents: boolean;
}

const WORDS = { addressbook: "address book", calendar: "calendar" } as const;
const WELL_KNOWN = { addressbook: "/.well-known/carddav", calendar: "/.well-known/caldav" };

const PROPERTIES = `<?xml version="1.0" encoding="utf-8"?>
<propfind xmlns="DAV:" xmlns:card="urn:ietf:params:xml:ns:carddav" xmlns:cal="urn:ietf:params:xml:ns:caldav">
  <prop>
    <resourcetype/><displayname/><current-user-principal/><current-user-privilege-set/>
    <card:addressbook-home-set/><cal:calendar-home-set/><cal:supported-calendar-component-set/>
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

/**
 * Whether an address is on a server of the settings. What was written on another one, before these
 * settings, is out of reach: the password is not for that server.
 */
export async function isOnOurServer(
  kind: CollectionKind,
  url: string,
  context: DavContext,
): Promise<boolean> {
  const { addressBookUrl, calendarUrl, calendars } = context.config;
  const ofCalendars = [calendarUrl, ...calendars.map((one) => one.url)];
  const { origin } = new URL(url);
  const isThere = (one: string | undefined) => one !== undefined && new URL(one).origin === origin;
  if ([addressBookUrl, ...ofCalendars].some(isThere)) return true;
  // Large services keep users on other hosts than those of the settings.
  for (const one of kind === "addressbook" ? [addressBookUrl] : ofCalendars) {
    if (one !== undefined && isThere((await collectionOf(kind, one, context)).url)) return true;
  }
  return false;
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
  const what = `${url} ${isMissing ? "is not there" : `is no ${WORDS[kind]}`}`;
  if (home === undefined) throw new ConfigurationError(`${what}, and leads to none`);
  const inside = await propertiesOf(home, 1, context);
  const choice = eligible(inside.filter((found) => isOf(kind, found)).map(collectionFrom));
  const [one, another] = choice;
  if (one && !another && !isMissing) return one;
  throw new ConfigurationError(`${what}${adviceFrom(choice)}`);
}

/** Many users have a list of tasks and a calendar of birthdays besides, made by the server. */
function eligible(all: readonly Collection[]): readonly Collection[] {
  const usable = all.filter((one) => !one.isReadOnly && !one.isWithoutEvents);
  return usable.length > 0 ? usable : all;
}

function adviceFrom(choice: readonly Collection[]): string {
  if (choice.length === 0) return ", and the user has none: make one there";
  const which = choice.length > 1 ? "one that" : "the one that";
  const list = choice.map(({ name, url }) => `"${name}" (${url})`).join(", ");
  return `: write the address of ${which} the user has: ${list}`;
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
    isWithoutEvents: isWithoutEvents(props["supported-calendar-component-set"]),
  };
}

/** A server that says nothing about it may let us write. */
function isReadOnly(privileges: unknown): boolean {
  const all = JSON.stringify(privileges ?? "");
  return all.includes('"read"') && !/"(all|write|write-content|bind)"/.test(all);
}

/** A server that says nothing about it takes everything (RFC 4791, 5.2.3). */
function isWithoutEvents(components: unknown): boolean {
  const all = JSON.stringify(components ?? "");
  return all.includes('"comp"') && !all.includes('"VEVENT"');
}
