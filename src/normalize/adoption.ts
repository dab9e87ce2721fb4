import type { BookingFields } from "../sdk/booking.ts";
import type { BookingLook, KnownSubject } from "./look.ts";
import { stateAfter } from "./state-after.ts";

/**
 * What is new to Bellhop is not news to the guest: a booking that a list shows for the first time,
 * and that was made before Bellhop listened, is taken over in silence.
 */
export function adoptedIfOld(known: KnownSubject, look: BookingLook): BookingLook {
  if (look.origin !== "reconciled" || known.booking) return look;
  return isMadeSince(stateAfter(known, look), look.since) ? look : { ...look, origin: "adopted" };
}

/** @param since UTC milliseconds. */
export function isMadeSince(booking: Partial<BookingFields> | undefined, since: number): boolean {
  return Date.parse(booking?.madeAt ?? "") >= since;
}
