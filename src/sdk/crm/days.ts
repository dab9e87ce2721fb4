import type { Booking } from "../booking.ts";

/** `YYYY-MM-DD` of an instant, or of a local text that begins so; undefined where it does not. */
export function dayOf(text: string | undefined): string | undefined {
  return /^\d{4}-\d{2}-\d{2}/.exec(text ?? "")?.[0];
}

/** Order in which bookings were made; those that do not tell come first. */
export function byMaking(one: Booking, other: Booking): number {
  const [first, second] = [one.madeAt ?? "", other.madeAt ?? ""];
  if (first !== second) return first < second ? -1 : 1;
  return one.reference < other.reference ? -1 : 1;
}
