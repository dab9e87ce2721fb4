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

/** What codes say that a person could not know. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the host's name cannot be looked up",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak https there",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "nobody vouches for its certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "nobody vouches for its certificate",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "nobody vouches for its certificate",
};

function reasonOf(error: unknown): string {
  if (innerOf(error).name === "TimeoutError") return "timed out";
  const code = codeOf(error);
  if (code === undefined) return messageOf(error);
  return WORDS[code] === undefined ? code : `${WORDS[code]} (${code})`;
}
