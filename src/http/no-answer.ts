import { kindOf, messageOf, RetryableError } from "../sdk/errors.ts";

/** Failures before the first byte of the request could leave this machine. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** What a call without an answer means, unless it was we who would not call. */
export function noAnswer(url: string, cause: unknown): Error {
  if (kindOf(cause) === "configuration") return cause as Error;
  return new RetryableError(`no answer from ${hostOf(url)}: ${reasonOf(cause)}`, {
    cause,
    mayHaveHappened: !NEVER_SENT.has(codeOf(cause) ?? ""),
  });
}

/** Only the host: paths and queries hold ids and, with some vendors, keys. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an invalid address";
}

/** Where `fetch`, and whatever was aborted, keep what went wrong; Node's own client throws that. */
function innerOf(error: unknown): { code?: unknown; name?: unknown } {
  const { cause } = Object(error) as { cause?: unknown };
  return Object(cause ?? error) as object;
}

function codeOf(error: unknown): string | undefined {
  const { code } = innerOf(error);
  return typeof code === "string" ? code : undefined;
}

function reasonOf(error: unknown): string {
  if (innerOf(error).name === "TimeoutError") return "timed out";
  return codeOf(error) ?? messageOf(error);
}
