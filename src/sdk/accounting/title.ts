import type { Booking } from "../booking.ts";

/** What documents of a booking are about, without anybody's name. */
export function titleOf({ title, start, reference }: Booking): string {
  const parts = [title, start?.date, `booking ${reference}`];
  return parts.filter((part) => part !== undefined && part !== "").join(", ");
}
