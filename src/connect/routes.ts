import {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from "express";
import { rateLimit } from "express-rate-limit";
import helmet from "helmet";

import type { Log } from "../sdk/context.ts";
import { messageOf } from "../sdk/errors.ts";
import type { Connector, Outcome } from "./connector.ts";
import { page, type Shown, STYLE } from "./page.ts";

const WINDOW_MS = 60_000;
const CALLS_PER_WINDOW = 120;

/** A browser gives it back only to `/connect/callback`, also when another site sends it there. */
const COOKIE = "bellhop-connect";
const COOKIE_SECONDS = 60 * 60;

const NOWHERE: Shown = {
  kind: "failed",
  title: "There is nothing here",
  line: "The address is not complete. Copy the whole link into your browser.",
  again: false,
};

const FAULT: Shown = {
  kind: "failed",
  title: "That did not work",
  line: "This is a fault of Bellhop, or its database is away: its log tells more. Try again in a minute.",
  again: true,
};

/** The pages of `/connect`: for a person with a link, in a browser that has never been here. */
export function connectRoutes(connector: Connector, log: Log): Router {
  const routes = Router();
  routes.use(withoutTraces(), limited());
  routes.get("/style.css", (_: Request, response: Response) => {
    response.type("css").send(STYLE);
  });
  routes.get("/callback", async (request: Request, response: Response) => {
    answer(response, connector, await connector.answered(answerIn(request)));
  });
  routes.get("/:instance/:token", async (request: Request, response: Response) => {
    const { instance, token } = request.params as { instance: string; token: string };
    answer(response, connector, await connector.open(instance, token), "../");
  });
  routes.use((_: Request, response: Response) => {
    show(response, 404, NOWHERE);
  });
  const onError: ErrorRequestHandler = (error: unknown, _request, response: Response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    // Not the path: it holds the token.
    log.error({ reason: messageOf(error) }, "a page of /connect failed");
    show(response, 503, FAULT);
  };
  routes.use(onError);
  return routes;
}

/** Links and codes must stay out of caches and of what the next site is told. */
function withoutTraces(): RequestHandler[] {
  return [
    helmet.contentSecurityPolicy({
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["data:"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
    (_request, response, next) => {
      response.set("cache-control", "no-store");
      next();
    },
  ];
}

function limited(): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: CALLS_PER_WINDOW,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    // Behind a reverse proxy all callers count as one, which is right for guesses.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
  });
}

function answer(response: Response, { redirectUri }: Connector, outcome: Outcome, up = ""): void {
  if (outcome.kind !== "consent") {
    show(response, outcome.kind === "connected" ? 200 : 400, outcome, up);
    return;
  }
  const { protocol, pathname } = new URL(redirectUri);
  response.cookie(COOKIE, outcome.browser, {
    httpOnly: true,
    sameSite: "lax",
    secure: protocol === "https:",
    path: pathname,
    maxAge: COOKIE_SECONDS * 1000,
  });
  response.redirect(outcome.url);
}

function show(response: Response, status: number, outcome: Shown, up = ""): void {
  response.status(status).type("html").send(page(outcome, up));
}

function answerIn(request: Request) {
  const { state, code, error } = request.query;
  const browser = new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]+)`).exec(request.headers.cookie ?? "");
  return {
    state: typeof state === "string" ? state : "",
    browser: browser?.[1] ?? "",
    ...(typeof code === "string" && code !== "" && { code }),
    ...(typeof error === "string" && { error }),
  };
}
