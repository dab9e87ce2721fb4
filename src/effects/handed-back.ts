import { type ErrorDetails, RetryableError } from "../sdk/errors.ts";

/**
 * An attempt that ended through no fault of the handler or of the other side: the lease is lost, the
 * store is away, the process stops. The job goes back into line and nothing is held against it.
 */
export class HandedBackError extends RetryableError {
  /** How long the job waits before it is taken again. */
  readonly delayMs: number;

  constructor(message: string, details: ErrorDetails & { delayMs?: number } = {}) {
    super(message, details);
    this.delayMs = details.delayMs ?? 1_000;
  }
}
