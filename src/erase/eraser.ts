import type { Database } from "../db/database.ts";
import type { PersonRegister } from "../people/person-register.ts";
import type { Booking } from "../sdk/booking.ts";
import { ErasingTurn } from "./erasing-turn.ts";
import { findGuests, type Guest } from "./guests.ts";
import { KnownTexts } from "./known-texts.ts";
import { eraseMails } from "./outbox-files.ts";
import type { Records } from "./records.ts";
import type { Reached, Targets } from "./targets.ts";

export interface EraserParts {
  db: Database;
  register: PersonRegister;
  records: Records;
  targets: Targets;
  outboxFolder: string;
  /** Calls of all of them are looked through. */
  connections: readonly string[];
}

/** What was erased here. */
export interface Erased {
  bookings: number;
  events: number;
  deliveries: number;
  mails: number;
}

export interface Erasure {
  here: Erased;
  reached: readonly Reached[];
  /** Instances that were told of the guests and cannot be asked to forget them. */
  told: readonly string[];
}

/**
 * Erases guests: here first, so that nothing brings them back, then wherever they can be reached. What
 * they are found by goes last. Broken off at any point, the same again goes on from there.
 */
export class Eraser {
  readonly #parts: EraserParts;

  constructor(parts: EraserParts) {
    this.#parts = parts;
  }

  /** @throws as `findGuests`. */
  async find(email: string): Promise<Guest[]> {
    const { db, register } = this.#parts;
    return findGuests(db, register, email);
  }

  /** The same without a trace in the store. */
  async look(email: string): Promise<Guest[]> {
    const { db, register } = this.#parts;
    return findGuests(db, register.unrecorded(), email);
  }

  get asked(): readonly string[] {
    return this.#parts.targets.ids;
  }

  /** @throws Error when another process is erasing somebody. */
  async erase(guests: readonly Guest[], email: string): Promise<Erasure> {
    const turn = await ErasingTurn.take(this.#parts.db);
    try {
      return await this.#erase(guests, email, turn);
    } finally {
      await turn.end();
    }
  }

  async #erase(guests: readonly Guest[], email: string, turn: ErasingTurn): Promise<Erasure> {
    const { db, records, targets } = this.#parts;
    const bookings = guests.flatMap((guest) => guest.bookings);
    const emails = [...new Set([email, ...guests.flatMap((guest) => guest.email ?? [])])];
    const texts = new KnownTexts(bookings, emails);
    await overwriteWhatIsDeleted(db);
    const here = await this.#eraseHere(bookings, emails, texts);
    const reached = await targets.erase(guests, turn);
    const told = await targets.told(guests);
    if (reached.every(({ failed }) => failed === undefined)) {
      for (const booking of bookings) await records.eraseLedger(booking, texts);
      for (const guest of guests) {
        await targets.forget(guest);
        await records.forget(guest.id);
      }
    }
    await emptyTheLog(db);
    return { here, reached, told };
  }

  async #eraseHere(
    bookings: readonly Booking[],
    emails: readonly string[],
    texts: KnownTexts,
  ): Promise<Erased> {
    const { db, records, outboxFolder, connections } = this.#parts;
    for (const booking of bookings) await records.eraseState(booking);
    const here: Erased = { bookings: bookings.length, events: 0, deliveries: 0, mails: 0 };
    for (const booking of bookings) {
      const { events, deliveries } = await records.eraseTraces(booking, texts);
      here.events += events;
      here.deliveries += deliveries;
    }
    here.deliveries += await records.eraseUnread(connections, texts);
    await records.eraseOthers(connections, texts);
    here.mails = await eraseMails(db, outboxFolder, bookings, emails);
    return here;
  }
}

/** SQLite leaves pages that come free as they are until they are needed. */
async function overwriteWhatIsDeleted({ knex, dialect }: Database): Promise<void> {
  if (dialect.name === "sqlite") await knex.raw("PRAGMA secure_delete = ON");
}

/** What was written before is in the write-ahead log as well, until that begins anew. */
async function emptyTheLog({ knex, dialect }: Database): Promise<void> {
  if (dialect.name === "sqlite") await knex.raw("PRAGMA wal_checkpoint(TRUNCATE)");
}
