import type { Comparison } from "./compare-booking.ts";
import type { BookingLook, KnownSubject, RecordLook } from "./look.ts";
import { eventWithoutGuest } from "./without-guest.ts";

/**
 * Compares, and keeps nothing of a guest who has been erased: the booking goes on without one, as
 * often as the source still tells of them. Of a coupon or a customer nothing is left to be compared.
 */
export function compareErased<Look extends BookingLook | RecordLook>(
  compare: (known: KnownSubject, look: Look, now: number) => Comparison,
  known: KnownSubject,
  look: Look,
  now: number,
): Comparison {
  if (!known.isErased) return compare(known, look, now);
  const seen = "record" in look ? { ...look, record: undefined } : look;
  const comparison = compare(known, seen, now);
  const kept = new Set(Object.keys(known.booking?.custom ?? {}));
  return {
    ...comparison,
    after: { ...comparison.after, isErased: true },
    events: comparison.events.map((draft) => ({
      ...draft,
      event: eventWithoutGuest(draft.event, kept),
    })),
  };
}
