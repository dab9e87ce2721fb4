import { z } from "zod";

import type { HttpClient, HttpResponse } from "../sdk/context.ts";
import { ConfigurationError, RetryableError } from "../sdk/errors.ts";
import { retryAfterMs } from "../sdk/retry-after.ts";

/** What the token endpoint of the other side is, and who we are there. */
export interface Client {
  tokenUrl: string;
  clientId: string;
  clientSecret: string | undefined;
}

export interface Grant {
  accessToken: string;
  /** Absent: the one before stays good. */
  refreshToken?: string;
  lifetimeMs: number;
}

/** The grant is over: revoked, expired, used up. Only a person can give a new one. */
export class GrantOverError extends ConfigurationError {}

const TIMEOUT_MS = 10_000;
/** Where the other side does not say. Half an hour is usual; asking sooner does no harm. */
const USUAL_LIFETIME_S = 600;

const Answer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.coerce.number().positive().default(USUAL_LIFETIME_S),
});

/**
 * Asks for tokens.
 *
 * @throws GrantOverError, ConfigurationError when we ourselves are refused, RetryableError with
 *   `mayHaveHappened` when the answer was lost: what was sent may be used up then.
 */
export async function askForTokens(
  { tokenUrl, clientId, clientSecret }: Client,
  parameters: Readonly<Record<string, string>>,
  http: HttpClient,
): Promise<Grant> {
  const secret = clientSecret === undefined ? {} : { authorization: basic(clientId, clientSecret) };
  const response = await http.send({
    method: "POST",
    url: tokenUrl,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
      ...secret,
    },
    // RFC 6749, 2.3.1: who shows a secret in the header is named there, and not twice.
    body: new URLSearchParams({
      ...parameters,
      ...(clientSecret === undefined && { client_id: clientId }),
    }).toString(),
    timeoutMs: TIMEOUT_MS,
  });
  if (response.status !== 200) throw refusalOf(response, tokenUrl);
  const answer = Answer.safeParse(jsonOf(response));
  if (!answer.success) {
    const what = `${hostOf(tokenUrl)} gave an answer without a token`;
    throw new RetryableError(what, { mayHaveHappened: true });
  }
  const { access_token, refresh_token, expires_in } = answer.data;
  return {
    accessToken: access_token,
    ...(refresh_token !== undefined && { refreshToken: refresh_token }),
    lifetimeMs: Math.round(expires_in * 1000),
  };
}

/** Encoded first, as a form would be: a secret may hold a colon. */
function basic(id: string, secret: string): string {
  const encode = (text: string) => new URLSearchParams({ "": text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString("base64")}`;
}

const REFUSES_US = new Set(["invalid_client", "unauthorized_client"]);

/** Of the answer only the error's code is told: descriptions may quote what was sent. */
function refusalOf(response: HttpResponse, tokenUrl: string): Error {
  const { status, headers } = response;
  const host = hostOf(tokenUrl);
  const code = codeOf(jsonOf(response));
  if (code === "invalid_grant") return new GrantOverError(`${host} says ${code}`);
  if (status === 401 || REFUSES_US.has(code)) {
    const what = `${host} refuses the client id or the client secret (${code || status})`;
    return new ConfigurationError(`${what}: correct them`);
  }
  if (status === 429 || status >= 500) {
    const wait = retryAfterMs(headers["retry-after"], Date.now());
    return new RetryableError(`${host} answered ${status}`, {
      // A gateway's 502 says nothing about the server behind it.
      mayHaveHappened: status !== 429,
      ...(status === 429 && { retryAfterMs: wait ?? 60_000 }),
    });
  }
  return new ConfigurationError(`${host} answered ${status} ${code}`.trim());
}

function codeOf(answer: unknown): string {
  const { error } = (answer ?? {}) as { error?: unknown };
  return typeof error === "string" && /^[a-z_]{1,40}$/.test(error) ? error : "";
}

function jsonOf(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.text());
  } catch {
    return undefined;
  }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an invalid address";
}
