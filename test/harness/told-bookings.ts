import type { Database } from "../../src/db/database.ts";
import { Identity } from "../../src/people/identity.ts";
import { newId } from "../../src/process/new-id.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import type { EventType } from "../../src/sdk/booking-event.ts";

export interface ToldBooking extends Pick<Booking, "reference" | "version"> {
  /** Types of its events, oldest first. */
  events: readonly EventType[];
  parts?: Partial<Booking>;
}

const ROWS = 200;

/** Bookings of a connection as Bellhop knows them, with what has happened to them; without any jobs. */
export async function addToldBookings(
  { knex }: Database,
  connection: string,
  bookings: readonly ToldBooking[],
): Promise<void> {
  const whole = bookings.map(({ reference, version, events, parts }) => {
    const booking: Booking = { connection, reference, version, status: "confirmed", ...parts };
    return { booking, events };
  });
  await knex.batchInsert(
    "subjects",
    whole.map(({ booking, events }) => subjectRow(booking, events.length)),
    ROWS,
  );
  await knex.batchInsert(
    "events",
    whole.flatMap(({ booking, events }) =>
      events.map((type, at) => eventRow(booking, type, at + 1)),
    ),
    ROWS,
  );
}

function subjectRow(booking: Booking, ordinal: number) {
  const { connection, reference, version, status, start } = booking;
  return {
    ...{ connection, subject: reference, kind: "booking", version, ordinal, status },
    person_key: new Identity().personKey(booking),
    starts_on: start?.date ?? null,
    state: Buffer.from(JSON.stringify(booking)),
    recent: Buffer.from("[]"),
    updated_at: 1,
  };
}

function eventRow(booking: Booking, type: EventType, ordinal: number) {
  const { connection, reference: subject, version } = booking;
  const [id, time] = [newId(), "2026-03-02T13:20:00Z"];
  const event = {
    ...{ id, type, subject, connection, time, version: ordinal, ordinal, booking },
    ...{ changes: [], summary: "", custom: {}, native: { event: "test", fields: {} } },
    ...{ origin: "adopted", actor: "unknown", isQuiet: false },
  };
  return {
    ...{ id, connection, subject, dedupe_key: `v${ordinal}:${type}`, type, version, ordinal },
    occurred_at: Date.parse(time),
    payload: Buffer.from(JSON.stringify(event)),
  };
}
