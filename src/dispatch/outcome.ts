import { HandedBackError } from "../effects/handed-back.ts";
import { kindOf, messageOf } from "../sdk/errors.ts";
import type { HandlerResult } from "../sdk/integration.ts";
import { backoffMs } from "./backoff.ts";

/** How an attempt ended and what becomes of the job. */
export interface JobOutcome {
  state: "done" | "ready" | "held" | "dead" | "skipped";
  reason: string;
  /** Wait before the next attempt; only for `ready`. */
  delayMs?: number;
  /** How long the other side asked to be left alone. */
  askedMs?: number;
  /** What is missing concerns this job alone: no reason to leave the other side in peace. */
  isAlone?: true;
  /** Nobody's fault: the process stops, the lease or the store is lost. */
  isHandedBack?: true;
}

/** The longest that the other side can ask for; then it is asked whether it still means it. */
const LONGEST_ASKED_MS = 24 * 60 * 60_000;

export interface AttemptFacts {
  attempt: number;
  /** Since the job was made. */
  ageMs: number;
  /** From this age on a job that fails is not tried again. */
  giveUpAfterMs: number;
}

/** The one table of what errors mean for a job. */
export function outcomeOfError(
  error: unknown,
  { attempt, ageMs, giveUpAfterMs }: AttemptFacts,
): JobOutcome {
  const kind = kindOf(error);
  const why = messageOf(error);
  if (error instanceof HandedBackError) return outcomeOfHandBack(error);
  if (kind === "configuration") return { state: "held", reason: why };
  if (kind === "permanent") return { state: "dead", reason: why };
  if (ageMs >= giveUpAfterMs) {
    return { state: "dead", reason: `gave up after ${attempt} attempts: ${why}` };
  }
  const aloneMs = durationIn(error, "waitsAloneMs");
  if (aloneMs > 0) return { state: "ready", reason: why, delayMs: aloneMs, isAlone: true };
  // An unknown error is most likely our bug. It is tried again too: the fix may ship before we
  // give up.
  const askedMs = durationIn(error, "retryAfterMs");
  const delayMs = Math.max(askedMs, backoffMs(attempt));
  return { state: "ready", reason: why, delayMs, ...(askedMs > 0 && { askedMs }) };
}

export function outcomeOfHandBack({ message, delayMs }: HandedBackError): JobOutcome {
  return { state: "ready", reason: message, delayMs, isHandedBack: true };
}

function durationIn(error: unknown, name: "retryAfterMs" | "waitsAloneMs"): number {
  const { [name]: ms } = Object(error) as { [key in typeof name]?: unknown };
  return typeof ms === "number" && ms > 0 ? Math.min(ms, LONGEST_ASKED_MS) : 0;
}

/** @param result What a handler returned: its type is a promise that nobody has to keep. */
export function outcomeOfResult(result: HandlerResult | undefined): JobOutcome {
  const { done, skipped } = Object(result) as { done?: unknown; skipped?: unknown };
  if (typeof done === "string") return { state: "done", reason: done };
  if (typeof skipped === "string") return { state: "skipped", reason: skipped };
  return { state: "dead", reason: "the handler returned neither { done } nor { skipped }" };
}
