import type { Database } from "../db/database.ts";
import type { EffectStore } from "../effects/effect-store.ts";
import type { Booking } from "../sdk/booking.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import type { LedgerEntry } from "../sdk/context.ts";
import type { LeasedJob } from "./lane-store.ts";

/** What a handler is given besides its tools. */
export interface JobInput {
  event: AnyEvent;
  /** The newest state of the booking. */
  current: Booking | undefined;
  ledger: readonly LedgerEntry[];
}

/** What of a job says which event, which booking and which lane it is about. */
export type JobPlaceInLane = Pick<LeasedJob, "id" | "eventId" | "connection" | "subject" | "scope">;

/** Reads what a batch of jobs needs, in one query per table. */
export async function loadInputs(
  db: Database,
  effects: EffectStore,
  handler: string,
  jobs: readonly JobPlaceInLane[],
): Promise<Map<string, JobInput>> {
  const [events, bookings, ledgers] = await Promise.all([
    loadEvents(db, jobs),
    loadBookings(db, jobs),
    effects.entries(
      handler,
      jobs.map(({ scope }) => scope),
    ),
  ]);
  const inputs = new Map<string, JobInput>();
  for (const { id, eventId, connection, subject, scope } of jobs) {
    const event = events.get(eventId);
    const current = bookings.get(`${connection}/${subject}`);
    if (event) inputs.set(id, { event, current, ledger: ledgers.get(scope) ?? [] });
  }
  return inputs;
}

/** Reads what a handler would be given with an event that is not stored. */
export async function loadInput(
  db: Database,
  effects: EffectStore,
  { handler, scope }: { handler: string; scope: string },
  event: AnyEvent,
): Promise<JobInput> {
  const [bookings, ledgers] = await Promise.all([
    loadBookings(db, [event]),
    effects.entries(handler, [scope]),
  ]);
  const current = bookings.get(`${event.connection}/${event.subject}`);
  return { event, current, ledger: ledgers.get(scope) ?? [] };
}

async function loadEvents(db: Database, jobs: readonly JobPlaceInLane[]) {
  const rows: { id: string; payload: Buffer }[] = await db
    .knex("events")
    .whereIn(
      "id",
      jobs.map(({ eventId }) => eventId),
    )
    .select("id", "payload");
  return new Map(rows.map(({ id, payload }) => [id, parse(payload) as AnyEvent]));
}

async function loadBookings(
  db: Database,
  jobs: readonly Pick<JobPlaceInLane, "connection" | "subject">[],
) {
  const connections = [...new Set(jobs.map(({ connection }) => connection))];
  const bookings = new Map<string, Booking>();
  for (const connection of connections) {
    const subjects = jobs.filter((job) => job.connection === connection);
    const rows: { subject: string; state: Buffer }[] = await db
      .knex("subjects")
      .where({ connection, kind: "booking" })
      .whereIn(
        "subject",
        subjects.map(({ subject }) => subject),
      )
      .select("subject", "state");
    for (const { subject, state } of rows) {
      const booking = parse(state) as Booking | null;
      if (booking) bookings.set(`${connection}/${subject}`, booking);
    }
  }
  return bookings;
}

function parse(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString("utf8"));
}
