import type { Database } from "../db/database.ts";
import { tableBy } from "../db/index-hint.ts";
import type { Booking } from "../sdk/booking.ts";

export interface WalkSpan {
  /** Ids above this one. */
  above: number;
  /** Ids below this one. */
  below: number;
  limit: number;
}

export interface WalkedBooking {
  id: number;
  booking: Booking;
}

/** Bookings whose state is known, of all connections, those first that were first seen first. */
export async function walkBookings(
  db: Database,
  { above, below, limit }: WalkSpan,
): Promise<WalkedBooking[]> {
  const rows: { id: number; state: Buffer }[] = await db.knex
    .from(tableBy(db, "subjects", undefined))
    .where("id", ">", above)
    .where("id", "<", below)
    .where({ kind: "booking" })
    .whereNotNull("status")
    .orderBy("id")
    .limit(limit)
    .select("id", "state");
  return rows.map(({ id, state }) => ({
    id,
    booking: JSON.parse(state.toString("utf8")) as Booking,
  }));
}

/** An id that every booking known by now is below. */
export async function endOfBookings({ knex }: Database): Promise<number> {
  const rows: { newest: number | null }[] = await knex("subjects").max("id", { as: "newest" });
  return (rows[0]?.newest ?? 0) + 1;
}

/**
 * Whether a booking was made, or takes place, on that day or later. One that says neither is meant too.
 *
 * @param since `2026-03-14`
 */
export function isSince(since: string, { madeAt, start, end }: Booking): boolean {
  const days = [madeAt?.slice(0, since.length), start?.date, end?.date];
  const known = days.filter((day) => day !== undefined);
  return known.length === 0 || known.some((day) => day >= since);
}
