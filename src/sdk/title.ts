import type { Booking } from "./booking.ts";
import { oneLine } from "./text.ts";

/** What a booking is about, without anybody's name. */
export function titleOf({ title, start, reference }: Booking): string {
  const parts = [title, start?.date, `booking ${reference}`];
  return oneLine(parts.filter((part) => part !== undefined && part !== "").join(", "));
}
