/** What an error means for the work that met it: try again, give up, or wait for a setting. */
export type ErrorKind = "retryable" | "permanent" | "configuration";

export interface ErrorDetails {
  cause?: unknown;
  /**
   * True when the other side may have done what was asked although we got no answer (a time-out
   * after sending). The ledger then asks `find` before it performs again.
   */
  mayHaveHappened?: boolean;
}

abstract class SdkError extends Error {
  abstract readonly kind: ErrorKind;
  readonly mayHaveHappened: boolean;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.name = new.target.name;
    this.mayHaveHappened = details.mayHaveHappened ?? false;
  }
}

/** The same input may work later: time-out, 429, 5xx, a lock held by somebody else. */
export class RetryableError extends SdkError {
  readonly kind = "retryable";
  /** How long the other side asked us to wait; 0 when it did not say. */
  readonly retryAfterMs: number;
  /**
   * When what is missing concerns this job alone, such as a draft that a person has to approve:
   * when to look again. The handler's other jobs go on, and nothing is concluded about the other
   * side. 0: it is the usual kind of failure.
   */
  readonly waitsAloneMs: number;

  constructor(
    message: string,
    details: ErrorDetails & { retryAfterMs?: number; waitsAloneMs?: number } = {},
  ) {
    super(message, details);
    this.retryAfterMs = details.retryAfterMs ?? 0;
    this.waitsAloneMs = details.waitsAloneMs ?? 0;
  }
}

/** The same input will fail again: 400, 404, 422, unreadable data. A person has to look. */
export class PermanentError extends SdkError {
  readonly kind = "permanent";
}

/** A setting is missing or refused: 401, 403, unknown account. Work is held until it is put right. */
export class ConfigurationError extends SdkError {
  readonly kind = "configuration";
}

/**
 * Reads `error.kind` and not the class, because a plug-in may have been built against another copy
 * of the SDK, and `instanceof` does not cross copies.
 */
export function kindOf(error: unknown): ErrorKind | undefined {
  const kind = (error as { kind?: unknown } | null | undefined)?.kind;
  return kind === "retryable" || kind === "permanent" || kind === "configuration"
    ? kind
    : undefined;
}

/** One line for logs, tables and pages, whatever was thrown. */
export function messageOf(error: unknown): string {
  const text: unknown = error instanceof Error ? error.message || error.name : error;
  return typeof text === "string" ? text : "unknown error";
}
