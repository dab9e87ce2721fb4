import type { Database } from "../db/database.ts";
import { readEvent } from "../normalize/event-store.ts";
import type { PersonRegister } from "../people/person-register.ts";
import type { Booking } from "../sdk/booking.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import { findGuests, type Guest } from "./guests.ts";
import type { Exported, Targets } from "./targets.ts";

/** All that is kept of one guest, for them to read. */
export interface GuestFile {
  /** As they are now. */
  bookings: readonly Booking[];
  /** What happened, oldest first. */
  events: readonly AnyEvent[];
  /** Calls of the booking system, as they came. */
  notifications: readonly { receivedAt: string; query: string; body: string }[];
  /** What was done, and where. */
  done: readonly { at: string; by: string; what: string; link?: string }[];
  /** What integrations hold. */
  elsewhere: readonly Exported[];
}

/** Tells what is kept of guests. Nothing is changed. */
export class Disclosure {
  readonly #db: Database;
  readonly #register: PersonRegister;
  readonly #targets: Targets;

  constructor(db: Database, register: PersonRegister, targets: Targets) {
    this.#db = db;
    this.#register = register.unrecorded();
    this.#targets = targets;
  }

  /** @returns a file for each guest who has booked under the address. @throws as `findGuests`. */
  async of(email: string): Promise<GuestFile[]> {
    const guests = await findGuests(this.#db, this.#register, email);
    return Promise.all(guests.map((guest) => this.#fileOf(guest)));
  }

  async #fileOf(guest: Guest): Promise<GuestFile> {
    const { bookings } = guest;
    const elsewhere = await this.#targets.export(guest);
    const file = { bookings, elsewhere, events: [], notifications: [], done: [] };
    return bookings.reduce<Promise<GuestFile>>(
      async (soFar, booking) => merged(await soFar, await this.#tracesOf(booking)),
      Promise.resolve(file),
    );
  }

  async #tracesOf({ connection, reference: subject }: Booking) {
    const rowsOf = async <Row>(table: string, ...columns: string[]): Promise<Row[]> =>
      (await this.#db
        .knex(table)
        .where({ connection, subject })
        .orderBy("position")
        .select(columns)) as Row[];
    const events = await rowsOf<{ payload: Buffer }>("events", "payload");
    const calls = await rowsOf<CallRow>("deliveries", "received_at", "query", "body");
    const done = await rowsOf<DoneRow>("effects", "updated_at", "handler", "summary", "link");
    return {
      events: events.map(({ payload }) => readEvent(payload)),
      notifications: calls.map(({ received_at: at, query, body }) => ({
        receivedAt: new Date(at).toISOString(),
        ...{ query: query.toString("utf8"), body: body.toString("utf8") },
      })),
      done: done.map(({ updated_at: at, handler: by, summary, link }) => ({
        ...{ at: new Date(at).toISOString(), by, what: summary ?? "" },
        ...(link !== null && { link }),
      })),
    };
  }
}

interface CallRow {
  received_at: number;
  query: Buffer;
  body: Buffer;
}

interface DoneRow {
  updated_at: number;
  handler: string;
  summary: string | null;
  link: string | null;
}

function merged(
  file: GuestFile,
  { events, notifications, done }: Pick<GuestFile, "events" | "notifications" | "done">,
): GuestFile {
  return {
    ...file,
    events: [...file.events, ...events],
    notifications: [...file.notifications, ...notifications],
    done: [...file.done, ...done],
  };
}
