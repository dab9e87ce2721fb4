import type { Database } from "../../src/db/database.ts";
import { SubjectStore } from "../../src/normalize/subject-store.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import type { SimulatedSystem, SimulatedTruth } from "../../src/sdk/simulator.ts";

const BATCH = 500;

/** What is known of a connection's bookings, those that are removed left out, by reference. */
export async function knownBookings(
  db: Database,
  connection: string,
): Promise<Map<string, Partial<SimulatedTruth>>> {
  const rows: { subject: string }[] = await db
    .knex("subjects")
    .where({ connection, kind: "booking" })
    .select("subject");
  const store = new SubjectStore(db);
  const known = new Map<string, Partial<SimulatedTruth>>();
  for (let start = 0; start < rows.length; start += BATCH) {
    const subjects = rows.slice(start, start + BATCH).map(({ subject }) => subject);
    for (const { known: one } of (await store.load(db.knex, connection, subjects)).values()) {
      const { booking } = one;
      if (booking && booking.status !== "removed") known.set(booking.reference, asTruth(booking));
    }
  }
  return known;
}

/** Bookings as they are at a simulated source, by reference. */
export function truthsOf(system: SimulatedSystem): Map<string, SimulatedTruth> {
  return new Map([...(system.truth?.() ?? [])].map((one) => [one.reference, one]));
}

function asTruth({ reference, status, start, totals }: Booking): Partial<SimulatedTruth> {
  return {
    reference,
    status,
    ...(start && { startsOn: start.date }),
    ...(totals?.total && { total: totals.total }),
    ...(totals?.paid && { paid: totals.paid }),
  };
}
