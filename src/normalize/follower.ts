import type { Knex } from "knex";

import type { Booking } from "../sdk/booking.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import type { DraftEvent } from "./event-draft.ts";

/** A booking whose state has become another, and what is told of that. */
export interface ChangedBooking {
  /** Undefined: it was not known. */
  before: Booking | undefined;
  after: Booking;
  events: readonly AnyEvent[];
}

/** Writes what follows from a booking's new state, in the transaction that stores it. */
export interface Follower {
  /** Those of the events that have been told already, by another clock than the source's. */
  told(
    trx: Knex.Transaction,
    connection: string,
    drafts: readonly DraftEvent[],
  ): Promise<ReadonlySet<DraftEvent>>;
  /** @param now UTC milliseconds. */
  follow(
    trx: Knex.Transaction,
    connection: string,
    changed: readonly ChangedBooking[],
    now: number,
  ): Promise<void>;
}
