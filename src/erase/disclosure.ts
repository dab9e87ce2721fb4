import type { Database } from "../db/database.ts";
import { readEvent } from "../normalize/event-store.ts";
import type { PersonRegister } from "../people/person-register.ts";
import type { Booking } from "../sdk/booking.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import { connectionsOf, findGuests, type Guest } from "./guests.ts";
import { KnownTexts } from "./known-texts.ts";
import type { Records, Subject } from "./records.ts";
import type { Exported, Targets } from "./targets.ts";
import { textOf, type WalkedRow } from "./walks.ts";

/** What is kept of bookings and other subjects. */
export interface Traces {
  /** What happened, oldest first. */
  events: AnyEvent[];
  /** Calls of the booking system, as they came. */
  notifications: { receivedAt: string; query: string; body: string }[];
  /** What was done, and where. */
  done: { at: string; by: string; what: string; link?: string }[];
}

/** All that is kept of one guest, for them to read. */
export interface GuestFile extends Traces {
  /** As they are now. */
  bookings: readonly Booking[];
  /** What integrations hold. */
  elsewhere: readonly Exported[];
}

/** What is kept of everybody who has used an address. */
export interface Disclosed {
  guests: readonly GuestFile[];
  /** Coupons and customers by themselves, and calls that nobody could read. */
  besides: Pick<Traces, "events" | "notifications">;
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
  readonly #parts: DisclosureParts;

  constructor(parts: DisclosureParts) {
    this.#parts = parts;
  }

  /** @throws as `findGuests`. */
  async of(email: string): Promise<Disclosed> {
    const { db, register } = this.#parts;
    const guests = await findGuests(db, register.unrecorded(), email);
    const files: GuestFile[] = [];
    for (const guest of guests) files.push(await this.#fileOf(guest));
    return { guests: files, besides: await this.#besides(guests, email) };
  }

  async #fileOf(guest: Guest): Promise<GuestFile> {
    const { bookings } = guest;
    const elsewhere = await this.#parts.targets.export(guest);
    return { bookings, ...(await this.#tracesOf(bookings)), elsewhere };
  }

  async #besides(guests: readonly Guest[], email: string): Promise<Disclosed["besides"]> {
    const { records, connections } = this.#parts;
    const all = connectionsOf(
      guests.flatMap(({ bookings }) => bookings),
      connections,
    );
    const texts = KnownTexts.of(guests, email);
    const unread = (await records.unread(all, texts)).map(callOf);
    const { events, notifications } = await this.#tracesOf(await records.others(all, texts));
    return { events, notifications: [...unread, ...notifications] };
  }

  async #tracesOf(subjects: readonly Subject[]): Promise<Traces> {
    const traces: Traces = { events: [], notifications: [], done: [] };
    for (const subject of subjects) {
      const events = await this.#rowsOf(subject, "events", ["payload"]);
      traces.events.push(...events.map(({ payload }) => readEvent(payload as Buffer)));
      const calls = await this.#rowsOf(subject, "deliveries", ["received_at", "query", "body"]);
      traces.notifications.push(...calls.map(callOf));
      const columns = ["updated_at", "handler", "summary", "link"];
      traces.done.push(...(await this.#rowsOf(subject, "effects", columns)).map(deedOf));
    }
    return traces;
  }

  async #rowsOf(
    { connection, reference: subject }: Subject,
    table: string,
    columns: readonly string[],
  ): Promise<WalkedRow[]> {
    const { knex } = this.#parts.db;
    const rows: WalkedRow[] = await knex(table)
      .where({ connection, subject })
      .orderBy("position")
      .select(...columns);
    return rows;
  }
}

function callOf({ received_at: at, query, body }: WalkedRow): Traces["notifications"][number] {
  return { receivedAt: timeOf(at), query: textOf(query), body: textOf(body) };
}

function deedOf({ updated_at: at, handler, summary, link }: WalkedRow): Traces["done"][number] {
  return {
    ...{ at: timeOf(at), by: String(handler), what: typeof summary === "string" ? summary : "" },
    ...(typeof link === "string" && { link }),
  };
}

function timeOf(epochMs: unknown): string {
  return new Date(Number(epochMs)).toISOString();
}
