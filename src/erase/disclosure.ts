import type { Database } from "../db/database.ts";
import { readEvent } from "../normalize/event-store.ts";
import type { PersonRegister } from "../people/person-register.ts";
import type { Booking } from "../sdk/booking.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import { findGuests, type Guest } from "./guests.ts";
import { KnownTexts } from "./known-texts.ts";
import type { Records } from "./records.ts";
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

/** What is kept of everybody who has used an address. */
export interface Disclosed {
  guests: readonly GuestFile[];
  /** Coupons and customers by themselves, and calls that nobody could read. */
  besides: Pick<GuestFile, "events" | "notifications">;
}

export interface DisclosureParts {
  db: Database;
  register: PersonRegister;
  records: Records;
  targets: Targets;
  /** Calls of all of them are looked through. */
  connections: readonly string[];
}

/** Tells what is kept of guests. Nothing is changed. */
export class Disclosure {
  readonly #db: Database;
  readonly #parts: DisclosureParts;
  readonly #targets: Targets;

  constructor(parts: DisclosureParts) {
    this.#db = parts.db;
    this.#parts = parts;
    this.#targets = parts.targets;
  }

  /** @throws as `findGuests`. */
  async of(email: string): Promise<Disclosed> {
    const { register } = this.#parts;
    const guests = await findGuests(this.#db, register.unrecorded(), email);
    const files: GuestFile[] = [];
    for (const guest of guests) files.push(await this.#fileOf(guest));
    return { guests: files, besides: await this.#besides(guests, email) };
  }

  async #besides(guests: readonly Guest[], email: string): Promise<Disclosed["besides"]> {
    const { records, connections } = this.#parts;
    const emails = [email, ...guests.flatMap((guest) => guest.email ?? [])];
    const texts = new KnownTexts(
      guests.flatMap(({ bookings }) => bookings),
      emails,
    );
    const unread = (await records.unread(connections, texts)) as unknown as CallRow[];
    const besides = { events: [] as AnyEvent[], notifications: unread.map(callOf) };
    for (const other of await records.others(connections, texts)) {
      const { events, notifications } = await this.#tracesOf(other);
      besides.events.push(...events);
      besides.notifications.push(...notifications);
    }
    return besides;
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

  async #tracesOf({ connection, reference: subject }: Pick<Booking, "connection" | "reference">) {
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
      notifications: calls.map(callOf),
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

function callOf({ received_at: at, query, body }: CallRow) {
  return {
    receivedAt: new Date(at).toISOString(),
    ...{ query: query.toString("utf8"), body: body.toString("utf8") },
  };
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
