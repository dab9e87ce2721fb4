import type { BookingLook, KnownSubject } from "./look.ts";

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
