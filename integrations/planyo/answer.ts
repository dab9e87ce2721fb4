import { parse } from "lossless-json";

import {
  ConfigurationError,
  PermanentError,
  RetryableError,
  retryAfterMs,
  type HttpResponse,
} from "#sdk";

import { isObject, textOf } from "./body.ts";

/** `{ data, response_code, response_message }`; numbers in `data` keep their digits. */
export interface Answer {
  code: string;
  message: string;
  data: unknown;
}

const OVERUSE_PAUSE_MS = 60_000;
const NOT_THERE = /not found|(?:does not|doesn't) exist|no such/i;

/** @returns undefined when this is no answer of Planyo's API, such as a PHP error page. */
export function parseAnswer(response: HttpResponse): Answer | undefined {
  try {
    const value = parse(response.text().trim());
    if (!isObject(value) || value["response_code"] === undefined) return undefined;
    return {
      code: textOf(value["response_code"]),
      message: textOf(value["response_message"] ?? ""),
      data: value["data"],
    };
  } catch {
    return undefined; // whatever it is, it is not the JSON that was asked for
  }
}

/**
 * The table of what Planyo's answers mean for us (API page, "response codes"). HTTP says little:
 * errors come with status 200, too.
 *
 * @param secrets Never repeated in an error, even when Planyo does.
 * @param nowMs Our clock, UTC milliseconds.
 * @returns the answer's `data`, or undefined when Planyo says that there is no such thing.
 */
export function judge(
  method: string,
  response: HttpResponse,
  secrets: readonly string[],
  nowMs: number,
): unknown {
  const { status } = response;
  if (status === 408 || status === 429 || status >= 500) {
    throw new RetryableError(`Planyo ${method}: HTTP ${status}`, {
      retryAfterMs: retryAfterMs(response.headers["retry-after"], nowMs) ?? 0,
    });
  }
  const answer = parseAnswer(response);
  if (!answer) {
    if (status < 300) throw new RetryableError(`Planyo ${method}: the answer is not JSON`);
    throw new ConfigurationError(`Planyo ${method}: HTTP ${status}; check apiBaseUrl`);
  }

  const message = secrets.reduce((text, secret) => text.replaceAll(secret, "…"), answer.message);
  const said = `Planyo ${method}: code ${answer.code}, ${message.slice(0, 200)}`;
  switch (answer.code) {
    case "0":
      return answer.data;
    case "1":
      throw new ConfigurationError(
        `${said}; check apiKey and hashKey, and that the key may use this method from here`,
      );
    case "3":
      throw new PermanentError(said);
    case "4":
      if (NOT_THERE.test(answer.message)) return undefined;
      throw new PermanentError(said);
    case "5":
      throw new RetryableError(said, { retryAfterMs: OVERUSE_PAUSE_MS });
    default: // 6 is "fatal, such as a call that took too long"; codes we do not know may pass, too
      throw new RetryableError(said);
  }
}
