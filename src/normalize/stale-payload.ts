import type { BookingLook, KnownSubject } from "./look.ts";
import { MAX_LOOKS } from "./unseen-ending.ts";

/**
 * Where calls are the state, the last to arrive counts. One that is looked at anew (a replay, or one
 * that could not be read when it came) must not put the booking back to what it was then.
 */
export function withoutStalePayload(
  { payloadPosition }: KnownSubject,
  look: BookingLook,
): BookingLook {
  const isStale = !look.isFetched && newestPosition(look) < payloadPosition;
  return isStale ? { ...look, view: undefined } : look;
}

export function newestPosition({ calls }: BookingLook): number {
  return Math.max(0, ...calls.map(({ position }) => position));
}

/**
 * Whether a source that answers from several copies has shown one that is behind what is known. The
 * next look will be of the newer state; one that stays behind, as after a restored backup, counts.
 */
export function isOlderState(
  { booking }: KnownSubject,
  { isFetched, view, calls }: BookingLook,
): boolean {
  if (!isFetched || calls.some(({ looks }) => looks >= MAX_LOOKS)) return false;
  return Date.parse(view?.updatedAt ?? "") < Date.parse(booking?.updatedAt ?? "");
}
