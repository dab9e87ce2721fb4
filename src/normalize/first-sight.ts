import type { BookingEvents } from "./booking-events.ts";
import type { BookingLook, Call, KnownSubject, RecentCall } from "./look.ts";
import { isRepeat, isTraceless } from "./repeats.ts";
import { isSameEvent } from "./state-events.ts";

const FIRST = "first";
const TOLD = "told:";

/**
 * Whether a call belongs to the first sight of a booking: it is the first to speak of it, or it came
 * about when that one did and found the same state. Notices of one moment arrive in any order, and
 * a fetch answers some of them or all: what is told must not depend on it. A payload is another
 * matter, there each call shows a state of its own.
 */
export function isFirstSight(known: KnownSubject, look: BookingLook, call: Call): boolean {
  if (!known.booking) return true;
  const first = { hash: FIRST, at: call.receivedAt };
  return look.isFetched && known.version === 1 && isRepeat(known.recent, first);
}

export function wasToldAtFirst({ recent }: KnownSubject, type: string): boolean {
  return recent.some(
    ({ hash }) => hash.startsWith(TOLD) && isSameEvent(hash.slice(TOLD.length), type),
  );
}

/** What to remember of a first sight: when it was, and what was told. */
export function firstSight(events: BookingEvents, isNew: boolean, at: number): RecentCall[] {
  const told = events.toldTypes
    .filter((type) => !isTraceless(type))
    .map((type) => ({ hash: `${TOLD}${type}`, at }));
  return isNew ? [{ hash: FIRST, at }, ...told] : told;
}
