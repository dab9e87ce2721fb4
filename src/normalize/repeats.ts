import type { Call, RecentCall } from "./look.ts";
import { shortKey } from "./short-key.ts";

/** Within this time the same call again is a repeat, where the state cannot tell. */
export const REPEAT_WINDOW_MS = 2 * 60_000;
const HOUR_MS = 60 * 60_000;
const MAX_REMEMBERED = 50;

/** Events that leave no trace in a state: only the call itself tells of them. */
const TRACELESS = new Set([
  "payment.failed",
  "button.pressed",
  "booking.timer",
  "clock.hourly",
  "resource.changed",
  "source.unknown",
]);

export function isTraceless(type: string): boolean {
  return TRACELESS.has(type);
}

/** Clock ticks are known by the moment they stand for: the same one is a repeat at any time. */
function isTick(hash: string): boolean {
  return hash.startsWith("hour:") || hash.startsWith("timer:");
}

/** Names the hour in which a moment lies, whoever's clock ticks. @param at UTC milliseconds. */
export function hourKey(at: number): string {
  return `hour:${Math.floor(at / HOUR_MS)}`;
}

export type ChangeKind = "payment" | "other";

/** Remembers that the state was seen to change when a call came. */
export function changeAt(kind: ChangeKind, receivedAt: number): RecentCall {
  return { hash: `change:${kind}`, at: receivedAt };
}

/** Whether the state was seen to change so about when the call came: it may well have been this. */
export function hasChangedAround(
  recent: readonly RecentCall[],
  kind: ChangeKind,
  receivedAt: number,
): boolean {
  return isRepeat(recent, changeAt(kind, receivedAt));
}

const WITHHELD = "withheld:";

/** A step that was shown but not told may still be announced within this time. */
const CLAIM_WINDOW_MS = HOUR_MS;

/** Remembers a step that a booking showed when it was first seen, and that nobody had announced. */
export function withheldStep(type: string, receivedAt: number): RecentCall {
  return { hash: WITHHELD + type, at: receivedAt };
}

/** Whether a call may announce such a step: it came soon after the booking was first seen. */
export function isWithheld(recent: readonly RecentCall[], type: string, receivedAt: number) {
  return recent.some(
    ({ hash, at }) => hash === WITHHELD + type && Math.abs(at - receivedAt) <= CLAIM_WINDOW_MS,
  );
}

/** @param isOver Whether the step has been told meanwhile, or the booking has left it behind. */
export function forgetWithheld(
  recent: readonly RecentCall[],
  isOver: (type: string) => boolean,
): readonly RecentCall[] {
  const isKept = ({ hash }: RecentCall) =>
    !hash.startsWith(WITHHELD) || !isOver(hash.slice(WITHHELD.length));
  return recent.every(isKept) ? recent : recent.filter(isKept);
}

export function isRepeat(recent: readonly RecentCall[], { hash, at }: RecentCall): boolean {
  return recent.some(
    (call) => call.hash === hash && (isTick(hash) || Math.abs(call.at - at) <= REPEAT_WINDOW_MS),
  );
}

/** The calls worth remembering: those of the last minutes, and the latest ticks. */
export function remember(
  recent: readonly RecentCall[],
  added: readonly RecentCall[],
): readonly RecentCall[] {
  if (added.length === 0) return recent;
  const all = [...recent, ...added];
  const newest = Math.max(...all.map(({ at }) => at));
  return all
    .filter(({ hash, at }) => isTick(hash) || newest - at <= memoryMs(hash))
    .slice(-MAX_REMEMBERED);
}

function memoryMs(hash: string): number {
  return hash.startsWith(WITHHELD) ? CLAIM_WINDOW_MS : REPEAT_WINDOW_MS;
}

/**
 * What tells a call that leaves no trace from another: for timers and ticks the moment they stand
 * for, else all that was said.
 *
 * @param referenceMoment What a timer counts from, as the booking has it now.
 */
export function identityOf(call: Call, referenceMoment: string): RecentCall {
  const { announcement, receivedAt } = call;
  const { type, timer } = announcement;
  if (type === "clock.hourly") {
    return { hash: hourKey(receivedAt), at: receivedAt };
  }
  if (type === "booking.timer" && timer) {
    const { name, relativeTo, offsetMinutes } = timer;
    const hash = `timer:${name}:${relativeTo}:${offsetMinutes}:${referenceMoment}`;
    return { hash: shortKey(hash), at: receivedAt };
  }
  return { hash: call.hash, at: receivedAt };
}

/** Makes an event that leaves no trace unique within its subject. */
export function tracelessKey({ hash, at }: RecentCall): string {
  return isTick(hash) ? hash : `call:${hash}:${at}`;
}
