import type { Database } from "../db/database.ts";
import { searchable } from "../normalize/subject-store.ts";
import { MOST_OF_PERSON, type PersonRegister } from "../people/person-register.ts";
import type { Booking } from "../sdk/booking.ts";
import { hashOfKey } from "../sdk/people/person-keys.ts";
import { guestEmail, type Person, type PersonRef } from "../sdk/people.ts";

/** Somebody who asks to be forgotten, with all that is known of them. */
export type Guest = PersonRef & Pick<Person, "bookings">;

const ADDRESS = /^[^\s,;:<>"()@]+@[^\s,;:<>"()@]+$/;

/** @throws Error when it is none. */
export function plainAddress(text: string): string {
  const address = text.trim().toLowerCase();
  if (!ADDRESS.test(address)) throw new Error(`"${text}" is no e-mail address`);
  return address;
}

/**
 * Everybody who has booked under an address, at any time, with all their bookings. Several when they
 * share it; one without bookings when it is known to nobody here.
 *
 * @param email From `plainAddress`.
 * @throws Error when the address is an agent's, or an office's own: those are no guests.
 */
export async function findGuests(
  db: Database,
  register: PersonRegister,
  email: string,
): Promise<Guest[]> {
  const bookings = await bookingsAt(db, email);
  for (const booking of bookings) refuseAgent(booking, email);
  refuseOffice(bookings, email);
  const known = await register.knownBy(email);
  const found = new Map<string, Guest>(known.map((guest) => [guest.id, guest]));
  // Not filed yet, or at an address that tells nobody apart: a reseller's of one booking.
  for (const booking of bookings) {
    if ([...found.values()].some((guest) => hasMade(guest, booking))) continue;
    const guest = await register.of(booking);
    found.set(guest.id, guest);
  }
  const guests = found.size > 0 ? [...found.values()] : [strangerAt(email)];
  for (const guest of guests) refuseOffice(guest.bookings, email);
  return guests.map((guest) => ({ ...guest, email: guest.email ?? email }));
}

/** Nobody here, which does not mean that no target knows them. */
function strangerAt(email: string): Guest {
  return { id: hashOfKey({ kind: "email", text: email }), bookings: [], isEmailShared: false };
}

async function bookingsAt({ knex }: Database, email: string): Promise<Booking[]> {
  const rows: { state: Buffer }[] = await knex("subjects")
    .where({ email: searchable(email), kind: "booking" })
    .limit(MOST_OF_PERSON)
    .select("state");
  return rows.map(({ state }) => JSON.parse(state.toString("utf8")) as Booking);
}

function hasMade({ bookings }: Guest, { connection, reference }: Booking): boolean {
  return bookings.some((one) => one.connection === connection && one.reference === reference);
}

function refuseOffice(bookings: readonly Booking[], email: string): void {
  if (bookings.length < MOST_OF_PERSON) return;
  throw new Error(
    `${email} has made ${MOST_OF_PERSON} bookings or more, as only an office does that types in its ` +
      "own address for its guests. Nothing was erased",
  );
}

function refuseAgent(booking: Booking, email: string): void {
  const { agent, reference } = booking;
  if (agent?.email?.trim().toLowerCase() !== email || guestEmail(booking) === email) return;
  throw new Error(
    `${email} is the address of the agent ${agent.name ?? agent.code ?? ""} (booking ${reference}), ` +
      "who is no guest. Nothing was erased",
  );
}

/** Where there may be more of them than their bookings: those that are configured now, and theirs. */
export function connectionsOf(
  bookings: readonly Booking[],
  configured: readonly string[],
): string[] {
  return [...new Set([...configured, ...bookings.map(({ connection }) => connection)])];
}
