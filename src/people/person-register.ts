import { StaleStateError } from "../db/database.ts";
import type { Booking } from "../sdk/booking.ts";
import type { BookingEvent } from "../sdk/booking-event.ts";
import type { People, Person } from "../sdk/people.ts";
import { hashOfKey } from "../sdk/people/person-keys.ts";
import { AliasBook, isNothing } from "./alias.ts";
import { AliasOverlay } from "./alias-overlay.ts";
import type { Aliases } from "./alias-store.ts";
import type { Guest, Identity } from "./identity.ts";

const MAX_TRIES = 20;

/**
 * Where a desk types its own address for all who walk in, an address has thousands of bookings. As
 * many are looked at, those that changed last.
 */
export const MOST_OF_PERSON = 500;

/** A booking, and whose it is. */
interface Seen {
  booking: Booking;
  guest: Guest;
  person: string;
}

/** Of each address whose guests give it, and with which bookings. */
type BookingsByEmail = ReadonlyMap<string | undefined, ReadonlyMap<string, Booking[]>>;

/** Knows which bookings are one person's, over all connections. */
export class PersonRegister {
  readonly #aliases: Aliases;
  readonly #identity: Identity;

  constructor(aliases: Aliases, identity: Identity) {
    this.#aliases = aliases;
    this.#identity = identity;
  }

  /** The same without a trace in the store. */
  unrecorded(): PersonRegister {
    return new PersonRegister(new AliasOverlay(this.#aliases), this.#identity);
  }

  /**
   * As a handler borrows it.
   *
   * @param current The newest state of the event's booking.
   * @param connections Those that the handler is meant for: what a guest has booked, said and agreed
   *   to elsewhere may be another operator's. Undefined: all.
   */
  peopleFor(current: Booking | undefined, connections?: readonly string[]): People {
    return {
      of: (booking) => this.of(booking, connections),
      touchedBy: (event) => this.#touchedBy(event, current, connections),
    };
  }

  /**
   * Everybody who is known by an address, or was. At most 500 of the bookings filed under it are
   * looked at: those changed last.
   *
   * @param email In lower case.
   */
  async knownBy(email: string): Promise<Person[]> {
    const key = hashOfKey({ kind: "email", text: email });
    const ids = new Set((await this.#aliases.named([key])).map(({ person }) => person));
    for (const booking of await this.#aliases.bookings([key], MOST_OF_PERSON)) {
      ids.add(await this.#know(booking));
    }
    return this.#persons([...ids]);
  }

  async of(booking: Booking, connections?: readonly string[]): Promise<Person> {
    const id = await this.#know(booking);
    const [found] = await this.#persons([id], connections);
    return found ?? { id, bookings: [], isEmailShared: false, sharers: [] };
  }

  async #touchedBy(
    { booking }: BookingEvent,
    current: Booking | undefined,
    connections: readonly string[] | undefined,
  ): Promise<Person[]> {
    const key = this.#identity.personKey(booking);
    const filed = await this.#aliases.bookings([key], MOST_OF_PERSON, connections);
    const own = ({ connection, reference }: Booking) =>
      connection === booking.connection && reference === booking.reference;
    const bookings = [...filed.filter((one) => !own(one)), ...(current ? [current] : [])];
    return this.#persons(await this.#personsBehind(bookings), connections);
  }

  /** Ids of all whose the bookings are or were. */
  async #personsBehind(bookings: readonly Booking[]): Promise<string[]> {
    const seen = bookings.map((booking) => ({ booking, guest: this.#identity.guestOf(booking) }));
    const guests = seen.map(({ guest }) => guest);
    const before = await this.#read(guests);
    const strangers = seen.filter(({ guest }) => !before.knows(guest));
    for (const { booking } of strangers) await this.#know(booking);
    const book = strangers.length === 0 ? before : await this.#read(guests);
    const ids = guests.flatMap((guest) => [
      book.personOf(guest) ?? guest.booking,
      ...(book.get(guest.booking)?.formerly ?? []),
    ]);
    return [...new Set(ids)];
  }

  /** Id of whose booking it is; from now on the guest is known by all keys. */
  async #know(booking: Booking): Promise<string> {
    const guest = this.#identity.guestOf(booking);
    for (let tries = 1; ; tries += 1) {
      const change = (await this.#read([guest])).changeFor(guest);
      try {
        if (!isNothing(change)) await this.#aliases.write(change);
        return change.person;
      } catch (error) {
        // What somebody else has just written may make it another person.
        if (!(error instanceof StaleStateError) || tries === MAX_TRIES) throw error;
      }
    }
  }

  async #persons(ids: readonly string[], connections?: readonly string[]): Promise<Person[]> {
    const aliases = await this.#aliases.ofPersons(ids);
    const keys = aliases.map(({ personKey }) => personKey);
    const bookings = await this.#aliases.bookings(keys, MOST_OF_PERSON, connections);
    const sorted = bookings.toSorted(byMaking);
    const known = sorted.map((booking) => ({ booking, guest: this.#identity.guestOf(booking) }));
    const book = await this.#read(known.map(({ guest }) => guest));
    const seen = known.map(({ booking, guest }) => {
      // Whoever has not been looked at yet is somebody all the same.
      return { booking, guest, person: book.personOf(guest) ?? guest.booking };
    });
    const byEmail = bookingsByEmail(seen);
    return ids.map((id) => {
      const own = seen.filter(({ person }) => person === id);
      const isShared = (guest: Guest) =>
        book.isEmailShared(guest, id) && !(connections && isFirstSeen(id, guest, byEmail, book));
      return this.#personOf(id, own, byEmail, isShared);
    });
  }

  /** @param own In the order they were made. */
  #personOf(
    id: string,
    own: readonly Seen[],
    byEmail: BookingsByEmail,
    isShared: (guest: Guest) => boolean,
  ): Person {
    const reaches = own.map(({ booking, guest }) => ({
      ...this.#identity.reachOf(booking),
      guest,
      isShared: isShared(guest),
    }));
    const withEmail = reaches.filter(({ email }) => email !== undefined);
    const newest = withEmail.findLast(({ isShared }) => !isShared) ?? withEmail.at(-1);
    const phone = reaches.findLast((reach) => reach.phone !== undefined)?.phone;
    return {
      id,
      bookings: own.map(({ booking }) => booking),
      ...(newest?.email !== undefined && { email: newest.email }),
      ...(phone !== undefined && { phone }),
      isEmailShared: newest?.isShared ?? false,
      sharers: newest ? sharersOf(newest.guest, id, byEmail) : [],
    };
  }

  /** All aliases of the guests, and of everybody whom these name. */
  async #read(guests: readonly Guest[]): Promise<AliasBook> {
    const named = await this.#aliases.named(guests.flatMap(keysOf));
    // Also of who had a booking before: it may become theirs again.
    const ids = named.flatMap(({ person, formerly }) => [person, ...formerly]);
    return new AliasBook([...named, ...(await this.#aliases.ofPersons(ids))]);
  }
}

/** Others who give the address of a guest, each with the bookings that do. */
function sharersOf({ email }: Guest, id: string, byEmail: BookingsByEmail): Booking[][] {
  const behind = [...(byEmail.get(email) ?? [])];
  return behind.filter(([person]) => person !== id).map(([, bookings]) => bookings);
}

/** Whose an address is where nobody sees the bookings by which it was another person's first. */
function isFirstSeen(id: string, { email }: Guest, byEmail: BookingsByEmail, book: AliasBook) {
  const behind = [...(byEmail.get(email)?.keys() ?? [])];
  const owner = email === undefined ? undefined : book.get(email)?.person;
  return behind[0] === id && !behind.some((person) => person === owner);
}

/** In one walk: a walk for each person would be one for each two behind a desk's address. */
function bookingsByEmail(seen: readonly Seen[]): BookingsByEmail {
  const byEmail = new Map<string | undefined, Map<string, Booking[]>>();
  for (const { booking, guest, person } of seen) {
    const behind = byEmail.get(guest.email) ?? new Map<string, Booking[]>();
    byEmail.set(guest.email, behind);
    behind.set(person, [...(behind.get(person) ?? []), booking]);
  }
  return byEmail;
}

function keysOf({ customer, email, emailWords, phone, booking }: Guest): string[] {
  return [customer, email, ...emailWords, phone, booking].filter((key) => key !== undefined);
}

/** Those that do not tell when they were made come first. */
function byMaking(one: Booking, other: Booking): number {
  const orderOf = ({ madeAt = "", connection, reference }: Booking) =>
    [madeAt, connection, reference].join(" ");
  return orderOf(one) < orderOf(other) ? -1 : 1;
}
