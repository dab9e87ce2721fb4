import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import { tableBy } from "../db/index-hint.ts";
import type { Booking, BookingStatus } from "../sdk/booking.ts";

/** Bookings that are in memory at a time. */
const BATCH = 100;

export interface Between {
  /** `YYYY-MM-DD`, both of them included, by local dates. */
  firstDay: string;
  lastDay: string;
  today: string;
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
 * Ids of bookings of which something may take place within some days, those nearest to today first:
 * those that are not over, in the order in which they will be, and then those that ended last. So
 * what is too many is far away. Only entries of the index are read.
 */
export async function bookingIdsBetween(db: Database, between: Between): Promise<number[]> {
  const { today, limit } = between;
  const ahead = await idsOf(db, between, "asc", (query) => query.where("ends_on", ">=", today));
  const room = limit - ahead.length;
  if (room <= 0) return ahead;
  const over = await idsOf(db, { ...between, limit: room }, "desc", (query) =>
    query.where("ends_on", "<", today),
  );
  return [...ahead, ...over];
}

async function idsOf(
  db: Database,
  { firstDay, lastDay, statuses, connections, limit }: Between,
  order: "asc" | "desc",
  narrow: (query: Knex.QueryBuilder) => Knex.QueryBuilder,
): Promise<number[]> {
  const columns = ["ends_on", "starts_on", "connection", "status", "id"];
  const query = narrow(db.knex.from(tableBy(db, "subjects", "subjects_ends_on")))
    .where("ends_on", ">=", firstDay)
    .where((begun) => {
      void begun.where("starts_on", "<=", lastDay).orWhereNull("starts_on");
    })
    .whereIn("status", [...statuses])
    .orderBy(columns.map((column) => ({ column, order })))
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
