import { kindOf, messageOf } from "../sdk/errors.ts";
import type { HandlerResult } from "../sdk/integration.ts";
import { backoffMs } from "./backoff.ts";

/** How an attempt ended and what becomes of the job. */
export interface JobOutcome {
  state: "done" | "ready" | "held" | "dead" | "skipped";
  reason: string;
  /** Wait before the next attempt; only for `ready`. */
  delayMs?: number;
}

const GIVE_UP_AFTER_MS = 3 * 24 * 60 * 60_000;

export interface AttemptFacts {
  attempt: number;
  /** Since the job was made. */
  ageMs: number;
}

/** The one table of what errors mean for a job. */
export function outcomeOfError(error: unknown, { attempt, ageMs }: AttemptFacts): JobOutcome {
  const kind = kindOf(error);
  const why = messageOf(error);
  if (kind === "configuration") return { state: "held", reason: why };
  if (kind === "permanent") return { state: "dead", reason: why };
  if (ageMs >= GIVE_UP_AFTER_MS) {
    return { state: "dead", reason: `gave up after ${attempt} attempts: ${why}` };
  }
  // An unknown error is most likely our bug. It is tried again too: the fix may ship before we
  // give up.
  const { retryAfterMs } = (error ?? {}) as { retryAfterMs?: unknown };
  const askedMs = Number.isFinite(retryAfterMs) ? Number(retryAfterMs) : 0;
  return { state: "ready", reason: why, delayMs: Math.max(askedMs, backoffMs(attempt)) };
}

/** @param result What a handler returned: its type is a promise that nobody has to keep. */
export function outcomeOfResult(result: HandlerResult | undefined): JobOutcome {
  const { done, skipped } = Object(result) as { done?: unknown; skipped?: unknown };
  if (typeof done === "string") return { state: "done", reason: done };
  if (typeof skipped === "string") return { state: "skipped", reason: skipped };
  return { state: "dead", reason: "the handler returned neither { done } nor { skipped }" };
}
