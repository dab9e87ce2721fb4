import type { WaitingDelivery } from "../inbox/inbox-store.ts";
import { isListed } from "../inbox/listed-notice.ts";
import { kindOf, messageOf } from "../sdk/errors.ts";
import type { Unit } from "./unit.ts";

/** What becomes of deliveries whose booking could not be shown. */
export type FetchEnd =
  | { kind: "postpone"; delayMs: number; reason: string; isLook: boolean }
  | { kind: "payload"; reason: string }
  | { kind: "unknown"; reason: string }
  | { kind: "end"; state: "failed" | "held"; reason: string };

/** A call that the state contradicts is looked at again after these. */
export const LOOK_DELAYS_MS: readonly number[] = [10_000, 60_000, 600_000];

const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 15 * 60_000;
const GIVE_UP_AFTER_MS = 3 * 24 * 60 * 60_000;

/** A fresh booking may not be there yet: one later look, then the payload or the dead end. */
export function endOfNotFound(reference: string, units: readonly Unit[]): FetchEnd {
  const reason = `the source knows no booking ${reference}`;
  if (units.some(({ delivery }) => delivery.looks === 0)) {
    return { kind: "postpone", delayMs: LOOK_DELAYS_MS[0] ?? 0, reason, isLook: true };
  }
  const hasPayload = units.some(({ parts }) => parts.some(({ notice }) => notice.view));
  return { kind: hasPayload ? "payload" : "unknown", reason };
}

/** @param failures How often the booking's fetch has failed in a row, with this time. */
export function endOfError(
  error: unknown,
  units: readonly Unit[],
  { now, failures }: { now: number; failures: number },
): FetchEnd {
  const kind = kindOf(error);
  const reason = messageOf(error);
  if (kind === "configuration") return { kind: "end", state: "held", reason };
  if (kind === "permanent") return { kind: "end", state: "failed", reason };
  const ageMs = now - Math.min(...units.map(({ delivery }) => delivery.receivedAt));
  if (ageMs > GIVE_UP_AFTER_MS) {
    return { kind: "end", state: "failed", reason: `gave up: ${reason}` };
  }
  const askedMs = (error as { retryAfterMs?: number } | null)?.retryAfterMs ?? 0;
  const delayMs = Math.max(askedMs, retryDelayMs(failures));
  return { kind: "postpone", delayMs, reason, isLook: false };
}

/**
 * Counted, not taken from the age of what waits: receiver and worker may be on machines whose clocks
 * differ, and a call of this minute can look an hour old. Jitter keeps failures apart.
 */
function retryDelayMs(failures: number): number {
  const delay = Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20), LONGEST_RETRY_MS);
  return Math.round(delay * (0.75 + Math.random() / 2));
}

/** A list may still name what has been deleted since: that is no call that could not be read. */
export function stateWithoutLook(
  end: Exclude<FetchEnd, { kind: "postpone" }>,
  delivery: Pick<WaitingDelivery, "method">,
): "duplicate" | "failed" | "held" {
  if (end.kind === "end") return end.state;
  return isListed(delivery) ? "duplicate" : "failed";
}
