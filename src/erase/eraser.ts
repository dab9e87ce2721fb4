import { setTimeout as sleep } from "node:timers/promises";

import type { Database } from "../db/database.ts";
import type { PersonRegister } from "../people/person-register.ts";
import type { Booking } from "../sdk/booking.ts";
import { ErasingTurn } from "./erasing-turn.ts";
import { connectionsOf, findGuests, type Guest } from "./guests.ts";
import { KnownTexts } from "./known-texts.ts";
import { deedsAbout } from "./ledger.ts";
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
  /** False: something was at work all the time, and may still know them. */
  isSure: boolean;
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
    const { instances } = await deedsAbout(db, bookings);
    const told = [...instances].filter((id) => !this.asked.includes(id)).toSorted();
    const { here, isQuiet } = await this.#eraseHere(bookings, KnownTexts.of(guests, email));
    const reached = await targets.erase(guests, turn);
    if (isQuiet && reached.every(({ failed }) => failed === undefined)) {
      for (const guest of guests) {
        await targets.forget(guest);
        await records.forget(guest.id);
      }
    }
    return { here, reached, told, isSure: isQuiet && (await emptyTheLog(db)) };
  }

  /**
   * By what the guest is named is known from the state, so that goes last: broken off before, the next
   * try still knows what to look for. Jobs that have begun with it may write once more: a second walk.
   */
  async #eraseHere(
    bookings: readonly Booking[],
    texts: KnownTexts,
  ): Promise<{ here: Erased; isQuiet: boolean }> {
    const { records } = this.#parts;
    const connections = connectionsOf(bookings, this.#parts.connections);
    for (const booking of bookings) await records.mark(booking);
    const first = await this.#eraseTraces(bookings, texts);
    const unread = await records.eraseUnread(connections, texts);
    await records.eraseOthers(connections, texts);
    for (const booking of bookings) await records.eraseState(booking);
    const isQuiet = await records.untilNothingRuns(bookings);
    const { mails, deliveries, ...second } = await this.#eraseTraces(bookings, texts);
    const all = { mails: first.mails + mails, deliveries: deliveries + unread };
    return { here: { ...second, ...all }, isQuiet };
  }

  async #eraseTraces(bookings: readonly Booking[], texts: KnownTexts): Promise<Erased> {
    const { db, records, outboxFolder } = this.#parts;
    const { mails } = await deedsAbout(db, bookings);
    const erased: Erased = { bookings: bookings.length, events: 0, deliveries: 0, mails: 0 };
    erased.mails = await eraseMails(outboxFolder, mails, texts.emails);
    for (const booking of bookings) {
      const { events, deliveries } = await records.eraseTraces(booking, texts);
      erased.events += events;
      erased.deliveries += deliveries;
    }
    return erased;
  }
}

const LOG_TRIES = 20;
const LOG_PAUSE_MS = 250;

/**
 * What was written before is in SQLite's write-ahead log as well, until that begins anew.
 *
 * @returns false when somebody has read it all the time.
 */
async function emptyTheLog({ knex, dialect }: Database): Promise<boolean> {
  if (dialect.name !== "sqlite") return true;
  for (let tries = 1; tries <= LOG_TRIES; tries += 1) {
    const rows: { busy: number }[] = await knex.raw("PRAGMA wal_checkpoint(TRUNCATE)");
    if (rows[0]?.busy === 0) return true;
    await sleep(LOG_PAUSE_MS);
  }
  return false;
}
