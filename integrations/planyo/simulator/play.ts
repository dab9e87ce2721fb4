import type { SimulatedCall } from "#sdk";

import {
  callOf,
  firingParameters,
  reservationParameters,
  type Firing,
  type Parameters,
} from "./payload.ts";
import { makeGuest, type Guest } from "./people.ts";
import type { Closure } from "./closures.ts";
import type { ApiState } from "./outcome.ts";
import type { Random } from "./random.ts";
import { makeReservation, type Reservation } from "./reservation.ts";
import { RESOURCES, SITE, type Resource } from "./site.ts";

/** A story: moves the system's state on and tells of it, one call after the other. */
export type Story = (play: Play) => Iterable<SimulatedCall>;

export const BY_GUEST: Firing = { byCustomer: true };
export const BY_STAFF: Firing = { byCustomer: false };
export const BY_STAFF_QUIETLY: Firing = { byCustomer: false, isQuiet: true };

/** The most reservations that one telling of a story makes; keeps their numbers apart. */
const RESERVATIONS_PER_PLAY = 10;

const MINUTE_MS = 60_000;
const NUMBERS_PER_MINUTE = 1_000;

/** A system that is played again later does not give numbers that it gave before. */
export function firstNumber(now: number): number {
  return Math.floor((now - Date.UTC(2026, 0, 1)) / MINUTE_MS) * NUMBERS_PER_MINUTE;
}

/**
 * One telling of a story, with people, days and numbers of its own. They follow from the seed and
 * the count of stories begun so far, so that stories told in turns do not disturb each other.
 */
export class Play {
  readonly now: number;
  readonly random: Random;
  readonly guest: Guest;
  readonly number: number;
  readonly #state: ApiState;
  readonly #isJson: boolean;
  #made = 0;

  constructor(number: number, now: number, random: Random, state: ApiState) {
    this.number = number;
    this.now = now;
    this.random = random;
    this.guest = makeGuest(number, random);
    this.#isJson = random.isOnce(3);
    this.#state = state;
  }

  /** Makes a reservation that the API knows from now on. */
  reserve(parts: Partial<Reservation> = {}, resource?: Resource): Reservation {
    const first = firstNumber(this.now) + this.number * RESERVATIONS_PER_PLAY;
    const id = String(first + this.#made++);
    const wanted = resource ?? this.random.pick(RESOURCES);
    const made = makeReservation(id, this.guest, wanted, this.now, this.random);
    const reservation = { ...made, ...parts };
    this.#state.store.add(reservation);
    return reservation;
  }

  /** Deletes it: the API will not find it any more. */
  remove(reservation: Reservation): void {
    this.#state.store.remove(reservation);
  }

  /** Epoch seconds of the system's clock, for what happens in the course of the story. */
  seconds(): number {
    return Math.floor(this.#state.now() / 1000);
  }

  close(closure: Closure): void {
    this.#state.closures.set(closure.id, closure);
  }

  reopen(id: string): void {
    this.#state.closures.delete(id);
  }

  /** The call that tells of a reservation as it is now, which is when the API's state moves on. */
  tell(
    reservation: Reservation,
    event: string,
    firing: Firing,
    extra: Parameters = {},
  ): SimulatedCall {
    this.#state.store.commit(reservation, event);
    const parameters = { ...reservationParameters(reservation, firing), ...extra };
    return callOf(`reservation ${reservation.id}`, event, parameters, this.#isJson);
  }

  /** The call that tells of something that is no reservation. */
  tellOther(about: string, event: string, parameters: Parameters, firing?: Firing): SimulatedCall {
    const all = { calendar: SITE.id, ...parameters, ...(firing && firingParameters(firing)) };
    return callOf(about, event, all, this.#isJson);
  }
}
