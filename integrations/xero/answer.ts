import {
  ConfigurationError,
  type HttpResponse,
  PermanentError,
  retryAfterMs,
  RetryableError,
} from "#sdk";

/** Xero refuses what a document says. */
export class RefusedError extends PermanentError {
  /** In Xero's words. */
  readonly reasons: readonly string[];

  constructor(what: string, reasons: readonly string[]) {
    super(`Xero refuses ${what}: ${reasons.join("; ") || "it does not say why"}`);
    this.reasons = reasons;
  }
}

export interface Asked {
  /** `PUT Invoices` */
  what: string;
  isWrite: boolean;
  /** Texts of guests that Xero may quote. */
  hidden: readonly string[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * The one place that says what Xero's answers mean. 401 is not among them: the client gets a new
 * token first.
 *
 * @returns the answer as JSON.
 */
export function judge(response: HttpResponse, asked: Asked, nowMs: number): unknown {
  const { status } = response;
  const answer = jsonOf(response);
  if (status === 429) throw limitError(response, nowMs);
  if (status === 403) {
    throw new ConfigurationError(
      `Xero does not allow ${asked.what}: the organisation has not been connected, or the consent does not cover it; connect again`,
    );
  }
  if (status >= 500 || status === 408) {
    throw new RetryableError(`Xero answered ${status} to ${asked.what}`, {
      mayHaveHappened: asked.isWrite,
    });
  }
  if (status >= 400) throw new RefusedError(asked.what, reasonsIn(answer, asked.hidden));
  if (answer === undefined || status >= 300) {
    const why = `Xero gave an answer to ${asked.what} that cannot be read (${status})`;
    throw new RetryableError(why, { mayHaveHappened: asked.isWrite });
  }
  // With some calls a refusal is part of an answer that says 200.
  const refused = elementsOf(answer).filter(isRefused);
  if (refused.length > 0) throw new RefusedError(asked.what, reasonsIn(answer, asked.hidden));
  return answer;
}

/** 60 calls a minute, 5 at once, 5,000 a day, by organisation (developer.xero.com/faq/limits). */
function limitError({ headers }: HttpResponse, nowMs: number): RetryableError {
  const problem = headers["x-rate-limit-problem"]?.toLowerCase() ?? "";
  const isDay = problem === "day" || (problem === "" && headers["x-daylimit-remaining"] === "0");
  const told = retryAfterMs(headers["retry-after"], nowMs);
  const wait = told ?? (isDay ? HOUR_MS : MINUTE_MS);
  const what = isDay ? "the day's calls are used up" : `too many calls (${problem || "minute"})`;
  return new RetryableError(`Xero: ${what}`, { retryAfterMs: Math.max(wait, 1_000) });
}

interface Element {
  HasErrors?: unknown;
  HasValidationErrors?: unknown;
  StatusAttributeString?: unknown;
  ValidationErrors?: unknown;
}

function isRefused({ HasErrors, StatusAttributeString, ValidationErrors }: Element): boolean {
  const isMarked = HasErrors === true || StatusAttributeString === "ERROR";
  return isMarked || (Array.isArray(ValidationErrors) && ValidationErrors.length > 0);
}

/** The documents of an answer: under the name of their kind, of an error under `Elements`. */
function elementsOf(answer: unknown): Element[] {
  return Object.values(Object(answer) as Record<string, unknown>)
    .filter(Array.isArray)
    .flat()
    .filter((one): one is Element => typeof one === "object" && one !== null);
}

function reasonsIn(answer: unknown, hidden: readonly string[]): string[] {
  const inElements = elementsOf(answer).flatMap(({ ValidationErrors }) =>
    Array.isArray(ValidationErrors)
      ? ValidationErrors.map((one) => (one as { Message?: unknown }).Message)
      : [],
  );
  const { Message, Detail } = Object(answer) as { Message?: unknown; Detail?: unknown };
  const reasons = inElements.length > 0 ? inElements : [Message ?? Detail];
  return [...new Set(reasons.filter((reason) => typeof reason === "string"))].map((reason) =>
    without(reason, hidden).slice(0, 300),
  );
}

/** A guest's name has no place in a log. */
function without(text: string, hidden: readonly string[]): string {
  return hidden
    .filter((one) => one.length > 1)
    .reduce((rest, one) => rest.replaceAll(one, "…"), text);
}

function jsonOf(response: HttpResponse): unknown {
  try {
    return JSON.parse(response.text());
  } catch {
    return undefined;
  }
}
