import type { Database } from "../../src/db/database.ts";
import { UNKNOWN_SUBJECT } from "../../src/normalize/look.ts";
import { SubjectStore } from "../../src/normalize/subject-store.ts";
import type { Booking } from "../../src/sdk/booking.ts";

/** A booking has come to be so. @returns it as it is stored. */
export async function keepBooking(
  db: Database,
  { connection, reference, ...fields }: Omit<Booking, "version">,
): Promise<Booking> {
  const subjects = new SubjectStore(db);
  return db.transaction(async (trx) => {
    const loaded = await subjects.load(trx, connection, [reference]);
    const stored = loaded.get(reference) ?? { known: UNKNOWN_SUBJECT };
    const { version, ordinal } = stored.known;
    const booking: Booking = { connection, reference, version: version + 1, ...fields };
    const after = { ...stored.known, version: version + 1, ordinal: ordinal + 1, booking };
    await subjects.save(trx, connection, [{ subject: reference, kind: "booking", stored, after }]);
    return booking;
  });
}
