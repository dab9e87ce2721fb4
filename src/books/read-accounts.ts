import type { Database } from "../db/database.ts";
import { concerns } from "../dispatch/matches.ts";
import type { PauseStore } from "../dispatch/pause-store.ts";
import type { EffectStore } from "../effects/effect-store.ts";
import { type Issued, issuedIn } from "../sdk/accounting/issued.ts";
import type { Booking } from "../sdk/booking.ts";
import type { Clock, LedgerEntry } from "../sdk/context.ts";
import { type Account, accountOf } from "./account-of.ts";
import type { BooksInstance } from "./books-instances.ts";
import { adoptedEvents, beginningsOf } from "./first-events.ts";
import type { LaneState } from "./lane-state.ts";
import { readLanes, scopeOf } from "./lanes.ts";

export interface AccountStores {
  db: Database;
  effects: EffectStore;
  pauses: PauseStore;
  clock: Clock;
}

/** A booking, what our ledger tells of it, and how the work on it stands. */
export interface BookingAccount {
  booking: Booking;
  entries: readonly LedgerEntry[];
  issued: readonly Issued[];
  account: Account;
  /** Only where something is missing. */
  lane: LaneState;
}

/** The ledgers of bookings, by scope. */
export type Ledgers = ReadonlyMap<string, readonly LedgerEntry[]>;

/**
 * What bookings come to in the books of an instance, from our own records. Those that are no business of
 * the instance are left out. The queries are as many for one booking as for hundreds.
 *
 * @param bookings A few hundred at most.
 * @param known Their ledgers, where they have been read already.
 */
export async function readAccounts(
  stores: AccountStores,
  instance: BooksInstance,
  bookings: readonly Booking[],
  known?: Ledgers,
): Promise<BookingAccount[]> {
  const ledgers = known ?? (await readLedgers(stores, instance, bookings));
  const looked = bookings
    .map((booking) => lookAt(booking, ledgers.get(scopeOf(booking)) ?? [], instance, stores))
    // What has been posted once stays our business, whatever the booking has become.
    .filter(({ entries, booking }) => entries.length > 0 || concerns(instance.when, booking));
  const lacking = looked.filter(({ account }) => isLacking(account));
  const lanes = await readLanes(
    stores,
    instance,
    lacking.map(({ booking }) => booking),
  );
  const accounts = looked.map((one) => ({ ...one, lane: lanes.get(scopeOf(one.booking)) ?? {} }));
  return withHistory(stores, instance, accounts);
}

export function readLedgers(
  { effects }: Pick<AccountStores, "effects">,
  { handler }: BooksInstance,
  bookings: readonly Pick<Booking, "connection" | "reference">[],
): Promise<Ledgers> {
  return bookings.length === 0
    ? Promise.resolve(new Map<string, LedgerEntry[]>())
    : effects.entries(handler, bookings.map(scopeOf));
}

type Looked = Omit<BookingAccount, "lane">;

function lookAt(
  booking: Booking,
  entries: readonly LedgerEntry[],
  { settings }: BooksInstance,
  { clock }: AccountStores,
  isAdopted = false,
): Looked {
  const issued = issuedIn(entries);
  const facts = { booking, issued, settings, nowMs: clock.now(), isAdopted };
  return { booking, entries, issued, account: accountOf(facts) };
}

function isLacking({ missing, fault }: Account): boolean {
  return missing.length > 0 || fault !== undefined;
}

/**
 * Of a booking without any document it depends on the event that is told whether it is history: looked at
 * once more as the handler will look at it.
 */
async function withHistory(
  stores: AccountStores,
  instance: BooksInstance,
  accounts: readonly BookingAccount[],
): Promise<BookingAccount[]> {
  const fresh = accounts.filter(({ issued, account }) => issued.length === 0 && isLacking(account));
  if (fresh.length === 0) return [...accounts];
  const adopted = await adoptedAmong(stores, instance, fresh);
  return accounts.map((one) => {
    const { booking, entries, lane } = one;
    if (!adopted.has(scopeOf(booking))) return one;
    return { ...lookAt(booking, entries, instance, stores, true), lane };
  });
}

/** Scopes of the bookings that are told of as taken over from before Bellhop. */
async function adoptedAmong(
  { db }: AccountStores,
  { on }: BooksInstance,
  accounts: readonly BookingAccount[],
): Promise<Set<string>> {
  const untold = accounts.filter(({ lane }) => !lane.newest).map(({ booking }) => booking);
  const beginnings = await beginningsOf(db, on, untold);
  const events = await adoptedEvents(
    db,
    accounts.flatMap(({ lane }) => lane.newest?.eventId ?? []),
  );
  const isAdopted = ({ booking, lane }: BookingAccount) =>
    lane.newest
      ? events.has(lane.newest.eventId)
      : beginnings.get(scopeOf(booking))?.isAdopted === true;
  return new Set(accounts.filter(isAdopted).map(({ booking }) => scopeOf(booking)));
}
