import {
  ConfigurationError,
  messageOf,
  PermanentError,
  RetryableError,
  retryAfterMs,
  type HttpResponse,
} from "#sdk";
import type { TargetContext } from "#sdk/accounting";

import type { TrytonConfig } from "./config.ts";
import { judgeError } from "./judge.ts";

export type TrytonContext = Pick<
  TargetContext<TrytonConfig>,
  "config" | "log" | "http" | "clock" | "signal"
>;

export interface Request {
  /** `model.party.party.search_read` */
  method: string;
  params: readonly unknown[];
  /** Of `common.db.login`; absent when logging in. */
  authorization?: string;
  /** Whether it may change something, so that no answer leaves it open. */
  isWrite: boolean;
}

/** The session is over, or the password wrong: 401. */
export const REFUSED = Symbol("refused");

// Posting prints the invoice and may wait for locks; the handler's own limit is above it.
const TIMEOUT_MS = 45_000;
const TOO_MANY_WAIT_MS = 10 * 60_000;

/** Sends one call. @throws what it means for the work when Tryton does not do it. */
export async function send(request: Request, context: TrytonContext): Promise<unknown> {
  const response = await exchange(request, context);
  if (response.status === 401) return REFUSED;
  if (response.status !== 200) throw judgeStatus(response, request, context);
  const answer = parse(response, request);
  if ("error" in answer) throw judgeError(answer.error, request.method);
  return answer.result;
}

async function exchange(request: Request, context: TrytonContext): Promise<HttpResponse> {
  const { config, http, signal } = context;
  const { method, params, authorization, isWrite } = request;
  try {
    return await http.send({
      method: "POST",
      url: `${config.url}/${encodeURIComponent(config.database)}/`,
      headers: {
        "content-type": "application/json",
        ...(authorization !== undefined && { authorization }),
      },
      body: JSON.stringify({ id: 1, method, params }),
      timeoutMs: TIMEOUT_MS,
      signal,
    });
  } catch (cause) {
    const { mayHaveHappened } = cause as { mayHaveHappened?: boolean };
    throw new RetryableError(`${messageOf(cause)} (${method})`, {
      cause,
      mayHaveHappened: isWrite && mayHaveHappened !== false,
    });
  }
}

interface Answer {
  result?: unknown;
  error?: unknown;
}

function parse(response: HttpResponse, { method, isWrite }: Request): Answer {
  try {
    const answer: unknown = JSON.parse(response.text());
    if (typeof answer === "object" && answer !== null) return answer;
  } catch {
    // Not JSON: told below.
  }
  throw new ConfigurationError(`settings.url does not lead to a Tryton server (${method})`, {
    mayHaveHappened: isWrite,
  });
}

/** Statuses come from Tryton's dispatcher or from whatever stands before it, with a page of HTML. */
function judgeStatus(response: HttpResponse, request: Request, context: TrytonContext): Error {
  const { status, headers } = response;
  const { method, isWrite } = request;
  const waitMs = retryAfterMs(headers["retry-after"], context.clock.now());
  switch (status) {
    case 403:
      return new ConfigurationError(`Tryton does not let anybody call ${method}: is it 6.0?`);
    case 404:
      return new ConfigurationError(
        `settings.database: there is no database "${context.config.database}" at ${context.config.url}`,
      );
    case 429:
      return new RetryableError(
        "Tryton has seen too many wrong passwords and lets nobody in for a while, not even with " +
          "the right one: put settings.user and settings.password right and wait",
        { retryAfterMs: waitMs ?? TOO_MANY_WAIT_MS },
      );
    default:
      if (status >= 500 || status === 408) {
        return new RetryableError(`Tryton's server says ${status} (${method})`, {
          mayHaveHappened: isWrite,
          retryAfterMs: waitMs ?? 0,
        });
      }
      if (status < 400) {
        return new ConfigurationError(
          `settings.url: ${context.config.url} sends us elsewhere (${status})`,
        );
      }
      return new PermanentError(`Tryton's server refuses with ${status} (${method})`);
  }
}
