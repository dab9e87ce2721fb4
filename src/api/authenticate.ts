import { hash, timingSafeEqual } from "node:crypto";

import type { RequestHandler } from "express";
import { rateLimit } from "express-rate-limit";

import { Problem } from "./problem.ts";

const WINDOW_MS = 60_000;
const FAILURES_PER_WINDOW = 30;

const CHALLENGE = { headers: { "www-authenticate": "Bearer" } };

/**
 * Lets nobody past who does not show the token. Only failures are limited: whoever has the token
 * is never kept waiting by somebody else behind the same address who guesses.
 *
 * @param token Undefined: none has been set, so nobody has it.
 */
export function authenticate(token: string | undefined): RequestHandler {
  const limitFailures = rateLimit({
    windowMs: WINDOW_MS,
    limit: FAILURES_PER_WINDOW,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    // Behind a reverse proxy all callers count as one, which is right for guesses.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_request, _response, next) => {
      next(new Problem(429, "too many calls with a wrong token: wait a minute"));
    },
  });

  return (request, response, next) => {
    if (token === undefined) {
      next(new Problem(401, "set BELLHOP_API_TOKEN and restart to use the API", CHALLENGE));
      return;
    }
    const presented = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "")?.[1];
    if (presented !== undefined && isSame(presented, token)) {
      next();
      return;
    }
    void limitFailures(request, response, (error?: unknown) => {
      const what = presented === undefined ? "send the token as" : "wrong token: send";
      const refusal = new Problem(401, `${what} "Authorization: Bearer …"`, CHALLENGE);
      next(error ?? refusal);
    });
  };
}

/** Digests are of one length, so the comparison takes the same time whatever is sent. */
function isSame(presented: string, token: string): boolean {
  return timingSafeEqual(hash("sha256", presented, "buffer"), hash("sha256", token, "buffer"));
}
