import {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from "express";
import { rateLimit } from "express-rate-limit";

import { HookTokens } from "../receive/hook-tokens.ts";
import type { Log } from "../sdk/context.ts";
import type { Calendar } from "./calendar.ts";
import { type Feed, type FeedParts, Feeds } from "./feeds.ts";

export interface CalendarRouteParts extends FeedParts {
  calendars: readonly Calendar[];
}

const WINDOW_MS = 60_000;
const FAILURES_PER_WINDOW = 30;
/** Of one calendar, whoever asks: a link that has got about must not keep us busy. */
const CALLS_PER_WINDOW = 60;

const ENDING = ".ics";
const RETRY_AFTER_SECONDS = "60";

/** `GET /calendars/:name/:token.ics`: what calendar programs subscribe to. */
export function calendarRoutes({ calendars, ...parts }: CalendarRouteParts): Router {
  const feeds = new Feeds(parts);
  const tokens = new HookTokens(calendars);
  const byId = new Map(calendars.map((calendar) => [calendar.id, calendar]));
  const [limitFailures, limitCalls] = [limited(FAILURES_PER_WINDOW), limitedByName()];
  const routes = Router();
  routes.use(withoutTraces);
  const path = routes.route("/:name/:file");
  path.get(
    // Whoever has the link is not kept waiting by somebody who guesses.
    (request: Request, response: Response, next) => {
      const { name, file } = partsOf(request);
      const token = file.endsWith(ENDING) ? file.slice(0, -ENDING.length) : "";
      if (tokens.accepts(name, token)) void limitCalls(request, response, next);
      else void limitFailures(request, response, () => nothingHere(response));
    },
    async (request: Request, response: Response) => {
      const calendar = byId.get(partsOf(request).name);
      if (calendar) answer(await feeds.of(calendar), calendar, request, response);
      else nothingHere(response);
    },
  );
  path.all((_: Request, response: Response) => {
    response.status(405).set("allow", "GET, HEAD").type("text/plain").send("use GET");
  });
  routes.use((_: Request, response: Response) => {
    nothingHere(response);
  });
  routes.use(answerErrors(parts.log));
  return routes;
}

function answer(
  { text, etag }: Feed,
  { id }: Calendar,
  request: Request,
  response: Response,
): void {
  response.set({ "content-disposition": `inline; filename="${id}${ENDING}"`, etag });
  if (hasAlready(request, etag)) response.status(304).end();
  else response.type("text/calendar; charset=utf-8").send(text);
}

/**
 * Express would say no to whoever also sends `no-cache`, as programs do that want to be sure; and a
 * web server between us that compresses makes a weak tag of ours.
 */
function hasAlready(request: Request, etag: string): boolean {
  const tags = (request.headers["if-none-match"] ?? "").split(",");
  return tags.some((tag) => tag.trim().replace(/^W\//, "") === etag);
}

/** The same for a wrong token and for a name that no calendar has. */
function nothingHere(response: Response): void {
  response.status(404).type("text/plain").send("there is nothing here");
}

function partsOf(request: Request): { name: string; file: string } {
  return request.params as { name: string; file: string };
}

/** Kept by nobody between us and the program that asked, found by no search engine. */
const withoutTraces: RequestHandler = (_request, response, next) => {
  response.set({ "cache-control": "private, no-cache", "x-robots-tag": "noindex" });
  next();
};

function limited(limit: number): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    // Behind a reverse proxy all callers count as one, which is right for guesses.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
  });
}

function limitedByName(): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: CALLS_PER_WINDOW,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    keyGenerator: (request) => partsOf(request).name,
  });
}

function answerErrors(log: Log): ErrorRequestHandler {
  return (error: unknown, _request, response: Response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof URIError) {
      nothingHere(response);
      return;
    }
    // Not the path: it holds the token.
    log.error({ error }, "a calendar could not be told");
    response.status(503).set("retry-after", RETRY_AFTER_SECONDS);
    response.type("text/plain").send("not now: ask again in a minute");
  };
}
