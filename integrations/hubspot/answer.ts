import {
  ConfigurationError,
  type HttpResponse,
  PermanentError,
  retryAfterMs,
  RetryableError,
} from "#sdk";

/** A value that only one record may have is another's already. */
export class ConflictError extends PermanentError {
  /** Whose it is, where HubSpot says so. */
  readonly existingId: string | undefined;

  constructor(what: string, existingId: string | undefined) {
    const whose = existingId === undefined ? "another record" : `record ${existingId}`;
    super(`HubSpot refuses ${what}: ${whose} has the same address or key already`);
    this.existingId = existingId;
  }
}

export interface Asked {
  /** `POST contacts/batch/upsert`, without anybody's data. */
  what: string;
  isWrite: boolean;
}

/** How HubSpot writes what is wrong; of a batch, for each of its things. */
interface Problem {
  category?: unknown;
  message?: unknown;
  policyName?: unknown;
  errors?: unknown;
}

/** One property that is wrong, without its value: that may be a guest's. */
interface Reason {
  property?: string | undefined;
  code: string;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

/**
 * The one place that says what HubSpot's answers mean
 * (https://developers.hubspot.com/docs/api/error-handling).
 *
 * @returns the answer as JSON; undefined when what was asked for is not there.
 */
export function judge(response: HttpResponse, asked: Asked, nowMs: number): unknown {
  const { status, headers } = response;
  if (status === 404) return undefined;
  if (status === 204) return {};
  const answer = jsonOf(response);
  const problem = Object(answer) as Problem;
  if (status === 429) throw limitError(problem, retryAfterMs(headers["retry-after"], nowMs));
  if (status === 401) {
    throw new ConfigurationError(
      "HubSpot refuses the token: copy it again from the private app in HubSpot",
    );
  }
  if (status === 403) throw scopeError(problem, asked);
  if (isPassing(status)) {
    throw new RetryableError(`HubSpot answered ${status} to ${asked.what}`, {
      mayHaveHappened: asked.isWrite,
      retryAfterMs: retryAfterMs(headers["retry-after"], nowMs) ?? 0,
    });
  }
  if (status >= 400) throw refusal(problem, asked.what, status === 409);
  if (answer !== undefined && status < 300) return answer;
  throw new RetryableError(`HubSpot gave an answer to ${asked.what} that cannot be read`, {
    mayHaveHappened: asked.isWrite,
  });
}

/** 423: locked. 477: the account is being moved to another data centre. */
function isPassing(status: number): boolean {
  return status >= 500 || [408, 423, 425, 477].includes(status);
}

/** What is wrong with one thing of a batch, of which others may have gone through (207). */
export function itemError(item: unknown, what: string): Error {
  const problem = Object(item) as Problem;
  if (problem.category === "RATE_LIMITS") return limitError(problem, undefined);
  return refusal(problem, what, false);
}

/**
 * Limits hold for the account, whoever calls: 100 or 190 in ten seconds, five searches a second, and
 * a number a day (https://developers.hubspot.com/docs/api/usage-details).
 */
function limitError({ policyName }: Problem, toldMs: number | undefined): RetryableError {
  const policy = typeof policyName === "string" ? policyName : "";
  if (policy.startsWith("DAILY")) {
    // The day is the account's, whose time zone we do not know: somebody may also buy more calls.
    return new RetryableError(
      "HubSpot: today's calls of the account are used up; it goes on when the account's day ends, looked at every hour",
      { retryAfterMs: Math.max(toldMs ?? 0, HOUR_MS) },
    );
  }
  const seconds = policy.startsWith("SECONDLY") ? 1 : 10;
  return new RetryableError(`HubSpot: too many calls (${policy || "no limit named"})`, {
    retryAfterMs: Math.max(toldMs ?? seconds * SECOND_MS, SECOND_MS),
  });
}

function scopeError({ errors }: Problem, { what }: Asked): ConfigurationError {
  const scopes = objectsOf(errors).flatMap(({ context }) => {
    const { requiredGranularScopes, requiredScopes } = Object(context) as Record<string, unknown>;
    return textsOf(requiredGranularScopes ?? requiredScopes);
  });
  const missing = scopes.length > 0 ? scopes.join(", ") : "for it; HubSpot does not say which";
  return new ConfigurationError(
    `HubSpot does not allow ${what}: give the private app the scope ${missing}`,
  );
}

function refusal(problem: Problem, what: string, isConflict: boolean): Error {
  if (isConflict || problem.category === "CONFLICT") {
    const existing = /Existing ID: (\d+)/.exec(isText(problem.message) ? problem.message : "");
    return new ConflictError(what, existing?.[1]);
  }
  const reasons = reasonsIn(problem);
  const unknown = reasons.find(({ code }) => code === "PROPERTY_DOESNT_EXIST");
  if (unknown) {
    return new ConfigurationError(
      `HubSpot has no property ${unknown.property ?? "of ours"}: \`bellhop check\` says how to make it`,
    );
  }
  const words = reasons.map(({ property, code }) => (property ? `${property}: ${code}` : code));
  return new PermanentError(
    `HubSpot refuses ${what}: ${words.join("; ") || "it does not say why"}`,
  );
}

/** Names and codes only: the messages themselves quote what guests have written. */
function reasonsIn({ category, message, errors }: Problem): Reason[] {
  const listed = objectsOf(errors).flatMap(({ code, context }): Reason[] => {
    const { propertyName } = Object(context) as Record<string, unknown>;
    return isText(code) ? [{ code, property: textsOf(propertyName)[0] }] : [];
  });
  const quoted = quotedIn(message).flatMap(({ error, name }): Reason[] =>
    isText(error) ? [{ code: error, property: isText(name) ? name : undefined }] : [],
  );
  const all = [...listed, ...quoted];
  return all.length === 0 && isText(category) ? [{ code: category }] : all;
}

/** `Property values were not valid: [{"name":"email","error":"INVALID_EMAIL",…}]` */
function quotedIn(message: unknown): Record<string, unknown>[] {
  const list = /: (\[\{.*\}\])/s.exec(isText(message) ? message : "")?.[1];
  return list === undefined ? [] : objectsOf(parsed(list));
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(isText) : [];
}

function objectsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((one) => Object(one) as Record<string, unknown>) : [];
}

function jsonOf(response: HttpResponse): unknown {
  return parsed(response.text());
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
