import type { BookingFields } from "../sdk/booking.ts";
import type { BookingLook, Call } from "./look.ts";
import { isEnding, sightOf } from "./steps.ts";

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
export function isFollowed(
  { position }: Call,
  state: BookingFields,
  { calls }: BookingLook,
): boolean {
  return calls.some(
    (later) =>
      later.position > position && sightOf(later.announcement.type ?? "", state) === "shown",
  );
}
