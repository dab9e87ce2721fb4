import type { Database } from "../db/database.ts";
import { tableBy } from "../db/index-hint.ts";
import type { Booking, BookingStatus } from "../sdk/booking.ts";

/** Bookings that are in memory at a time. */
const BATCH = 100;

export interface Between {
  /** `YYYY-MM-DD`, both of them included, by local dates. */
  firstDay: string;
  lastDay: string;
  statuses: readonly BookingStatus[];
  /** Undefined: all. */
  connections: readonly string[] | undefined;
  limit: number;
}

export interface DatedBooking {
  booking: Booking;
  /** When its state was written last, in UTC milliseconds. */
  updatedAt: number;
}

/**
 * Ids of bookings of which something may take place within some days, those first that are over
 * first. Only entries of the index are read.
 */
export async function bookingIdsBetween(
  db: Database,
  { firstDay, lastDay, statuses, connections, limit }: Between,
): Promise<number[]> {
  const query = db.knex
    .from(tableBy(db, "subjects", "subjects_ends_on"))
    .where("ends_on", ">=", firstDay)
    .where((begun) => {
      void begun.where("starts_on", "<=", lastDay).orWhereNull("starts_on");
    })
    .whereIn("status", [...statuses])
    .orderBy(["ends_on", "starts_on", "connection", "status", "id"])
    .limit(limit)
    .select("id");
  if (connections) void query.whereIn("connection", [...connections]);
  const rows = (await query) as { id: number }[];
  return rows.map(({ id }) => id);
}

/**
 * Bookings in batches, but for those that have another status by now. Their ids come first and all
 * at once: so none is passed over that is moved while others are read.
 */
export async function* bookingsById(
  db: Database,
  ids: readonly number[],
  statuses: readonly BookingStatus[],
): AsyncGenerator<DatedBooking[]> {
  for (let start = 0; start < ids.length; start += BATCH) {
    const rows: { state: Buffer; updated_at: number }[] = await db
      .knex("subjects")
      .whereIn("id", ids.slice(start, start + BATCH))
      .whereIn("status", [...statuses])
      .select("state", "updated_at");
    yield rows.map(({ state, updated_at: updatedAt }) => {
      return { booking: JSON.parse(state.toString("utf8")) as Booking, updatedAt };
    });
  }
}
