import { RetryableError } from "#sdk";
import type { Remote } from "#sdk/crm";

import { type DavContext, send } from "./client.ts";

/** A file of an address book or a calendar: one contact, one event. */
export interface Resource {
  /** Where it was read, after redirects. */
  url: string;
  text: string;
  /** Which state of it this is. */
  etag?: string;
}

export interface Kind {
  contentType: string;
}

export const CARD: Kind = { contentType: "text/vcard; charset=utf-8" };
export const EVENT: Kind = { contentType: "text/calendar; charset=utf-8" };

const GONE = [404, 410];
const CHANGED = 412;
const TRIES = 4;

export async function read(url: string, context: DavContext): Promise<Resource | undefined> {
  const { response, url: at } = await send({ method: "GET", url, accept: GONE }, context);
  if (GONE.includes(response.status)) return undefined;
  const { etag } = response.headers;
  return { url: at, text: response.text(), ...(etag !== undefined && { etag }) };
}

/** @throws RetryableError when there is one meanwhile: whoever looks again finds it. */
export async function create(
  url: string,
  text: string,
  { contentType }: Kind,
  context: DavContext,
): Promise<Remote> {
  const headers = { "content-type": contentType, "if-none-match": "*" };
  const request = { method: "PUT", url, headers, body: text, accept: [CHANGED] } as const;
  const { response } = await send(request, context);
  if (response.status === CHANGED) throw new RetryableError("made meanwhile: looking again");
  return remoteOf(url, response.headers["etag"]);
}

/**
 * Changes what is there, never over a change that somebody makes at the same time.
 *
 * @param change Gives the new text, or undefined when nothing has to be changed.
 */
export async function edit(
  url: string,
  change: (text: string) => string | undefined,
  { contentType }: Kind,
  context: DavContext,
): Promise<Remote | "gone"> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const there = await read(url, context);
    if (!there) return "gone";
    const body = change(there.text);
    // What a server has moved is written where it is now.
    const { url: at, etag } = there;
    if (body === undefined) return remoteOf(at, etag);
    const headers = { "content-type": contentType, "if-match": etag ?? "*" };
    const accept = [CHANGED, ...GONE];
    const { response } = await send({ method: "PUT", url: at, headers, body, accept }, context);
    if (!accept.includes(response.status)) return remoteOf(at, response.headers["etag"]);
  }
  throw new RetryableError("somebody else keeps changing it: trying again");
}

/** What is not there any more is removed. */
export async function remove(url: string, context: DavContext): Promise<void> {
  await send({ method: "DELETE", url, accept: GONE }, context);
}

/**
 * Removes what was read, never a change that somebody has made since.
 *
 * @returns whether it is away.
 */
export async function removeAsRead({ url, etag }: Resource, context: DavContext): Promise<boolean> {
  const headers = { "if-match": etag ?? "*" };
  const accept = [CHANGED, ...GONE];
  const { response } = await send({ method: "DELETE", url, headers, accept }, context);
  return response.status !== CHANGED;
}

function remoteOf(url: string, etag: string | undefined): Remote {
  return { externalId: url, ...(etag !== undefined && { version: etag }) };
}
