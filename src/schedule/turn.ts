import type { TimeWindow } from "../sdk/lists.ts";
import type { Clockwork } from "./clocks.ts";
import { IN_TIME_MS } from "./plan.ts";

/** What becomes of a moment of a schedule that has come. */
export interface Turn {
  /** Undefined: it is passed over. */
  window: TimeWindow | undefined;
  reason: string | undefined;
  /** The next moment, UTC milliseconds. */
  next: number;
  /** Where the window of the next one begins. */
  nextSince: number;
}

/** Walking through the moments of a long time away ends here. */
const MAX_STEPS = 10_000;

/**
 * Windows follow each other without a gap: what was passed over is part of the next one.
 *
 * @param slot The moment itself, without jitter.
 * @param since Where its window begins.
 */
export function turnOf(
  { slots, rule, withinMs, jitterMs }: Clockwork,
  slot: number,
  since: number,
  now: number,
): Turn {
  const lateMs = now - slot - jitterMs;
  if (rule === "skip" && lateMs > IN_TIME_MS) {
    const reason = "Bellhop was not at work then, and late ones are skipped";
    return { window: undefined, reason, next: slots.after(now), nextSince: since };
  }
  const last = rule === "once" ? latest(slots, slot, now) : slot;
  if (now - last > withinMs) {
    const reason = "its moment had passed too long ago: Bellhop was not at work then";
    return { window: undefined, reason, next: slots.after(last), nextSince: since };
  }
  const reason = last === slot ? undefined : "for all moments since, while Bellhop was not at work";
  return { window: { since, until: last }, reason, next: slots.after(last), nextSince: last };
}

/** The last moment that is not to come. */
function latest(slots: Clockwork["slots"], slot: number, now: number): number {
  let last = slot;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const next = slots.after(last);
    if (next > now) return last;
    last = next;
  }
  return last;
}
