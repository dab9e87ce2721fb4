import type { Database } from "../db/database.ts";
import { FilterError } from "../queries/filters.ts";
import { Problem } from "./problem.ts";

const RETRY_AFTER = { "retry-after": "10" };

/**
 * What a caller is told of an error. Only our own words: messages of libraries may quote SQL,
 * paths or what somebody else sent.
 *
 * @returns undefined when it is a fault of ours that nobody expected.
 */
export function problemOf(error: unknown, db: Database): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof FilterError) {
    return new Problem(400, error.message, { errors: error.problems });
  }
  const failure = db.failureOf(error);
  if (failure === "unavailable" || failure === "conflict") {
    return new Problem(503, "the store is not available now", { headers: RETRY_AFTER });
  }
  return requestFault(error);
}

/** Express and body-parser say by `status` and `type` what is wrong with a request. */
function requestFault(error: unknown): Problem | undefined {
  const { status, type } = error as { status?: unknown; type?: unknown };
  if (error instanceof URIError) return new Problem(400, "the path is not well encoded");
  if (type === "entity.parse.failed") return new Problem(400, "the body is not JSON");
  if (type === "entity.too.large") return new Problem(413, "the body is too large");
  if (status === 415) return new Problem(415, "write the body in UTF-8");
  if (typeof status === "number" && status >= 400 && status < 500) {
    return new Problem(status, "the request cannot be read");
  }
  return undefined;
}
