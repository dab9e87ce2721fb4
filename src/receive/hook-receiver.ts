import type { IncomingMessage, ServerResponse } from "node:http";

import { newId } from "../process/new-id.ts";

import type { GroupCommit } from "../inbox/group-commit.ts";
import type { NewDelivery } from "../inbox/inbox-store.ts";
import type { IntakeLoad } from "../inbox/intake-load.ts";
import type { Log } from "../sdk/context.ts";
import type { HookTokens } from "./hook-tokens.ts";
import { type ReceiveStats, UNKNOWN_NAMES } from "./receive-stats.ts";

export interface ReceiveLimits {
  bodyBytes: number;
  headerBytes: number;
  urlBytes: number;
  requestSeconds: number;
}

export interface HookReceiverParts {
  tokens: HookTokens;
  limits: ReceiveLimits;
  inbox: GroupCommit<NewDelivery>;
  load: IntakeLoad;
  stats: ReceiveStats;
  log: Log;
}

/** A request handler that Express and a bare Node server both take. */
export type HookReceiver = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

const PREFIX = "/hooks/";
const RETRY_AFTER_SECONDS = "10";
const ALLOWED = "GET, POST, HEAD, OPTIONS";

const STORED = { "content-type": "text/plain", "content-length": "2" };
const EMPTY = { "content-length": "0" };
/** For requests whose rest is not worth reading. */
const CLOSING = { ...EMPTY, connection: "close" };

/**
 * `GET` and `POST /hooks/:connection/:token`: takes the raw bytes, keeps them, answers 200. Nothing
 * is parsed here: a body that nobody can read is kept like any other.
 *
 * It stands in front of Express and needs nothing of it, because routing and parsing would cost
 * more than keeping. Mounted in an Express app it must come before any body parser.
 */
export function createHookReceiver(parts: HookReceiverParts): HookReceiver {
  const { tokens, limits, load, stats } = parts;

  return function receiveHook(request, response, next) {
    const url = request.url ?? "";
    if (!url.startsWith(PREFIX)) {
      next();
      return;
    }
    const refuse = (status: number, headers: Record<string, string> = CLOSING) => {
      stats.noteRefused(status);
      response.writeHead(status, headers).end();
    };
    if (url.length > limits.urlBytes) return refuse(414);
    if (headerBytes(request) > limits.headerBytes) return refuse(431);

    const { connection, token, query } = readTarget(url);
    const { method } = request;
    if (method === "OPTIONS") {
      response.writeHead(204, { allow: ALLOWED }).end();
      return;
    }
    if (method !== "GET" && method !== "POST" && method !== "HEAD") {
      return refuse(405, { ...CLOSING, allow: ALLOWED });
    }
    if (!tokens.accepts(connection, token)) {
      stats.noteRejected(tokens.knows(connection) ? connection : UNKNOWN_NAMES);
      return refuse(404);
    }
    // Only callers who know the secret make our own work stand back.
    load.noteRequest();
    if (method === "HEAD") {
      response.writeHead(200, EMPTY).end();
      return;
    }
    if (Number(request.headers["content-length"] ?? 0) > limits.bodyBytes) return refuse(413);
    if (request.readableEnded) {
      next(new Error("the hook receiver must be mounted before any body parser"));
      return;
    }
    readBody(request, limits.bodyBytes, (body) => {
      if (!body) return refuse(413);
      keep(parts, { connection, method, query, body, request }, response);
    });
  };
}

interface Target {
  connection: string;
  token: string;
  query: string;
}

function readTarget(url: string): Target {
  const queryAt = url.indexOf("?");
  const path = queryAt === -1 ? url : url.slice(0, queryAt);
  const [connection = "", token = "", ...rest] = path.slice(PREFIX.length).split("/");
  const isHook = rest.length === 0 || (rest.length === 1 && rest[0] === "");
  return {
    connection: decode(connection),
    token: isHook ? decode(token) : "",
    query: queryAt === -1 ? "" : url.slice(queryAt + 1),
  };
}

function decode(segment: string): string {
  if (!segment.includes("%")) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return "";
  }
}

function headerBytes(request: IncomingMessage): number {
  let bytes = 0;
  for (const text of request.rawHeaders) bytes += text.length + 2;
  return bytes;
}

/** Hands over the whole body, or undefined as soon as it is too large. Never, when it breaks off. */
function readBody(
  request: IncomingMessage,
  maxBytes: number,
  taken: (body: Buffer | undefined) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxBytes) {
      chunks.push(chunk);
    } else {
      request.removeAllListeners("data").removeAllListeners("end").resume();
      taken(undefined);
    }
  });
  request.on("end", () => {
    taken(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
  });
  // Without a listener a caller that hangs up would be an uncaught error. It was promised nothing.
  request.on("error", () => undefined);
}

interface TakenRequest {
  connection: string;
  method: string;
  query: string;
  body: Buffer;
  request: IncomingMessage;
}

function keep(
  { inbox, stats, log }: HookReceiverParts,
  { connection, method, query, body, request }: TakenRequest,
  response: ServerResponse,
): void {
  const delivery: NewDelivery = {
    id: newId(),
    connection,
    receivedAt: Date.now(),
    method,
    query,
    rawHeaders: request.rawHeaders,
    body,
  };
  inbox.add(delivery, (error) => {
    if (error === undefined) {
      stats.noteAccepted(connection);
      response.writeHead(200, STORED).end("ok");
      return;
    }
    stats.noteRefused(503);
    log.error({ connection, error }, "could not store a delivery");
    response.writeHead(503, { ...EMPTY, "retry-after": RETRY_AFTER_SECONDS }).end();
  });
}
