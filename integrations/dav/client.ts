import {
  ConfigurationError,
  type HandlerContext,
  type HttpResponse,
  messageOf,
  PermanentError,
  RetryableError,
  retryAfterMs,
} from "#sdk";

import type { DavConfig } from "./config.ts";
import { conditionsIn, type Found, readMultistatus } from "./multistatus.ts";

export type DavContext = Pick<HandlerContext<DavConfig>, "config" | "http" | "clock" | "signal">;

export interface DavRequest {
  method: "PROPFIND" | "REPORT" | "GET" | "PUT" | "DELETE";
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Statuses from 400 on that are an answer here, and no error. */
  accept?: readonly number[];
}

export interface DavAnswer {
  response: HttpResponse;
  /** Where the answer came from, after redirects. */
  url: string;
}

const TIMEOUT_MS = 30_000;
const MOST_REDIRECTS = 4;
const REDIRECTS = [301, 302, 303, 307, 308];
/** What a server may have against the text of one card or event (RFC 6352, 6.3.2; RFC 4791, 5.3.2). */
const OF_THE_TEXT = [
  ...["supported-address-data", "valid-address-data", "supported-calendar-data"],
  ...["valid-calendar-data", "valid-calendar-object-resource", "max-resource-size"],
  ...["min-date-time", "max-date-time", "max-instances", "max-attendees-per-instance"],
];
const WRITES: readonly string[] = ["PUT", "DELETE"];

/** Sends one call. @throws what it means for the work when the server does not do it. */
export async function send(request: DavRequest, context: DavContext): Promise<DavAnswer> {
  let { url } = request;
  for (let redirects = 0; ; redirects += 1) {
    const response = await exchange({ ...request, url }, context);
    if (!REDIRECTS.includes(response.status)) {
      judge(response, request, context);
      return { response, url };
    }
    const to = redirectOf(response, url);
    if (WRITES.includes(request.method) || redirects >= MOST_REDIRECTS) {
      throw new ConfigurationError(`${url} sends us to ${to}: put that into the settings`);
    }
    url = to;
  }
}

/** Asks for properties, and reads the answer. */
export async function ask(request: DavRequest, context: DavContext): Promise<Found[] | undefined> {
  const { response, url } = await send(request, context);
  return response.status === 207 ? readMultistatus(response.text(), url) : undefined;
}

async function exchange(request: DavRequest, context: DavContext): Promise<HttpResponse> {
  const { method, url, headers, body } = request;
  const { config, http, signal } = context;
  const login = Buffer.from(`${config.user}:${config.password}`).toString("base64");
  try {
    return await http.send({
      ...{ method, url, timeoutMs: TIMEOUT_MS, signal },
      headers: {
        authorization: `Basic ${login}`,
        // Packed answers have other ETags with some servers, which then fit no later If-Match.
        "accept-encoding": "identity",
        ...headers,
      },
      ...(body !== undefined && { body }),
    });
  } catch (cause) {
    const { mayHaveHappened } = cause as { mayHaveHappened?: boolean };
    throw new RetryableError(`${messageOf(cause)} (${method})`, {
      cause,
      mayHaveHappened: WRITES.includes(method) && mayHaveHappened !== false,
    });
  }
}

/** The password goes along, so never from a protected connection to an open one. */
function redirectOf({ headers, status }: HttpResponse, from: string): string {
  const { location = "" } = headers;
  if (location === "" || !URL.canParse(location, from)) {
    throw new ConfigurationError(`${from} answers ${status} and does not say where to go`);
  }
  const to = new URL(location, from).href;
  assertAsSafe(from, to);
  return to;
}

/** @throws ConfigurationError when a server sends us from https to http. */
export function assertAsSafe(from: string, to: string): void {
  if (from.startsWith("https:") && !to.startsWith("https:")) {
    throw new ConfigurationError(`${from} sends us to ${to}, which is not protected`);
  }
}

function judge(response: HttpResponse, request: DavRequest, { clock }: DavContext): void {
  const { status, headers } = response;
  const { method, url, accept = [] } = request;
  if (status < 400) return;
  const refused = WRITES.includes(method) ? refusedFor(response) : undefined;
  if (refused !== undefined) {
    throw new PermanentError(`the server does not take it: ${refused} (${method} ${url})`);
  }
  if (accept.includes(status)) return;
  const what = `${method} ${url}: ${status}`;
  if (method === "PUT" && hasNoParent(response)) throw noSuchCollection(what);
  switch (status) {
    case 401:
      throw new ConfigurationError(`settings.user or settings.password are refused (${what})`);
    case 403:
      throw new ConfigurationError(`the user of the settings may not do this there (${what})`);
    case 404:
    case 405:
    case 410:
      throw noSuchCollection(what);
    case 507:
      throw new ConfigurationError(`the server has no room left (${what})`);
    case 408:
    case 409:
    case 412:
    case 423:
    case 425:
      throw new RetryableError(`the server cannot do it now (${what})`);
    default:
      if (status !== 429 && status < 500) {
        throw new PermanentError(`the server does not take it (${what})`);
      }
      throw new RetryableError(`the server is busy or in trouble (${what})`, {
        retryAfterMs: retryAfterMs(headers["retry-after"], clock.now()) ?? 0,
        mayHaveHappened: status !== 429 && WRITES.includes(method),
      });
  }
}

/** What a server says of a file for a collection that is not there (RFC 4918, 9.7.1). */
function hasNoParent(response: HttpResponse): boolean {
  return response.status === 409 && !conditionsIn(response.text()).includes("no-uid-conflict");
}

function noSuchCollection(what: string): ConfigurationError {
  return new ConfigurationError(`there is no such address book or calendar (${what})`);
}

/**
 * Why the text of this one thing is refused, whatever the status: some say 412, as if somebody else
 * had been faster. A twin with another status may be just that, and is found by looking again.
 */
function refusedFor(response: HttpResponse): string | undefined {
  const { status } = response;
  if (![403, 409, 412].includes(status)) return undefined;
  const reasons = [...OF_THE_TEXT, ...(status === 403 ? ["no-uid-conflict"] : [])];
  return conditionsIn(response.text()).find((name) => reasons.includes(name));
}
