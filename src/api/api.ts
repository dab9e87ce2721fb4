import bodyParser from "body-parser";
import {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from "express";

import type { Database } from "../db/database.ts";
import type { Log } from "../sdk/context.ts";
import { type ActingParts, actingRoutes } from "./acting.ts";
import { type BooksRouteParts, booksRoutes } from "./books.ts";
import { authenticate } from "./authenticate.ts";
import { problemOf } from "./fault.ts";
import { describeApi } from "./openapi/document.ts";
import { Problem, sendProblem } from "./problem.ts";
import { type ReadingParts, readingRoutes } from "./reading.ts";
import type { Route } from "./route.ts";

export interface ApiParts extends ReadingParts, ActingParts, BooksRouteParts {
  /** Undefined: every call is refused. */
  token: string | undefined;
  log: Log;
}

const BODY_LIMIT = "64kb";

/** Everything under `/api/v1`. */
export function apiRoutes(parts: ReadingParts & ActingParts & BooksRouteParts): Route[] {
  return [...readingRoutes(parts), ...booksRoutes(parts), ...actingRoutes(parts)];
}

/** The API, to be mounted at `/api`. */
export function createApi(parts: ApiParts): Router {
  const api = Router();
  api.use((_: Request, response: Response, next) => {
    response.set("cache-control", "no-store"); // guests' data stay out of caches
    next();
  });
  const description = describeApi();
  api
    .route("/v1/openapi.json")
    .get((_: Request, response: Response) => {
      response.json(description);
    })
    .all(refuseMethod("GET, HEAD"));

  api.use(authenticate(parts.token));
  api.use(bodyParser.json({ limit: BODY_LIMIT }));
  addRoutes(api, apiRoutes(parts));
  api.use(() => {
    throw new Problem(404, "there is no such path: /api/v1/openapi.json lists them");
  });
  api.use(answerErrors(parts.db, parts.log));
  return api;
}

function addRoutes(api: Router, routes: readonly Route[]): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const ofPath = routes.filter((route) => route.path === path);
    const route = api.route(`/v1${path}`);
    for (const { method, answer } of ofPath) {
      route[method](async (request: Request, response: Response) => {
        response.json(await answer(request));
      });
    }
    const methods = ofPath.map(({ method }) => (method === "get" ? "GET, HEAD" : "POST"));
    route.all(refuseMethod(methods.join(", ")));
  }
}

function refuseMethod(allow: string): RequestHandler {
  return () => {
    throw new Problem(405, `use ${allow}`, { headers: { allow } });
  };
}

function answerErrors(db: Database, log: Log): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = problemOf(error, db);
    if (problem === undefined || problem.status === 503) {
      log.error({ method: request.method, path: request.path, error }, "API call failed");
    }
    sendProblem(response, problem ?? new Problem(500, "a fault of ours: the log tells more"));
  };
}
