import type { Reservation } from "./reservation.ts";

/** Numbers of the event log (type EventType) by the callback that goes with them. */
export const ACTION_OF: Readonly<Record<string, number>> = {
  new_verified_reservation: 12,
  reservation_confirmed: 1,
  confirmed_cleared: 24,
  reservation_admin_canceled: 2,
  reservation_user_canceled: 5,
  reservation_auto_canceled: 14,
  reservation_admin_modified: 13,
  reservation_user_modified: 18,
  reservation_payment_removed: 15,
  reservation_payment_received: 16,
  reservation_products_user_modified: 17,
  reservation_price_updated: 20,
  checked_in: 8,
  checked_out: 21,
  // Without a number of their own they are "other".
  noshow: 100,
  added_to_waitlist: 100,
  new_price_quotation: 100,
};

export interface Action {
  reservation: Reservation;
  type: number;
  /** Epoch seconds. */
  at: number;
}

/** What was done to reservations, in order. Like everything in the API it may lag behind. */
export class ActionLog {
  readonly #now: () => number;
  readonly #lagMs: number;
  readonly #actions: Action[] = [];

  constructor(now: () => number, lagMs: number) {
    this.#now = now;
    this.#lagMs = lagMs;
  }

  note(reservation: Reservation, type: number): void {
    this.#actions.push({ reservation, type, at: Math.floor(this.#now() / 1000) });
  }

  /** @param from Epoch seconds, like `to`; both included. */
  within(from: number, to: number): Action[] {
    const shownUntil = Math.min(to, (this.#now() - this.#lagMs) / 1000);
    const found: Action[] = [];
    // What is asked for is nearly always at the end.
    for (let index = this.#actions.length - 1; index >= 0; index -= 1) {
      const action = this.#actions[index];
      if (!action || action.at < from) break;
      if (action.at <= shownUntil) found.push(action);
    }
    return found.reverse();
  }
}
