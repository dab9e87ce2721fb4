import type { Booking, BookingFields } from "../sdk/booking.ts";
import type { BookingLook, Call, KnownSubject } from "./look.ts";
import { isEnded, isEnding, sightOf } from "./steps.ts";

/** A call that the state contradicts is looked at again this often, then the state has the word. */
export const MAX_LOOKS = 3;

/** Whether a call says that the booking has ended, and the source does not show it yet. */
export function isUnseenEnding(call: Call, state: BookingFields, look: BookingLook): boolean {
  const { announcement, looks } = call;
  const { type } = announcement;
  if (type === undefined || !isEnding(type) || looks >= MAX_LOOKS) return false;
  return sightOf(type, state) === "missing" && !isFollowed(call, state, look);
}

/** Whether a later call has announced what the state shows: the booking has moved on since. */
function isFollowed({ position }: Call, state: BookingFields, { calls }: BookingLook): boolean {
  return calls.some(
    (later) =>
      later.position > position && sightOf(later.announcement.type ?? "", state) === "shown",
  );
}

/** A booking that ended about when the call came, or later, has left the call behind. */
const OVERTAKEN_TOLERANCE_MS = 5 * 60_000;

/** Whether a booking has left behind what a call announces, so that it will not be seen any more. */
export function isOvertaken(
  call: Call,
  after: Booking,
  look: BookingLook,
  { booking: before }: KnownSubject,
): boolean {
  if (isFollowed(call, after, look)) return true;
  if (!isEnded(after.status)) return false;
  const endedAt = Date.parse(after.cancellation?.at ?? "");
  const hasJustEnded = before !== undefined && !isEnded(before.status);
  return hasJustEnded || endedAt >= call.receivedAt - OVERTAKEN_TOLERANCE_MS;
}
