import type { SimulatedCall } from "#sdk";

import { STATUS } from "../status.ts";
import { BY_GUEST, BY_STAFF, type Play } from "./play.ts";
import { amountText, pay, type Reservation } from "./reservation.ts";

// Pieces that several stories have in common.

export type Calls = Generator<SimulatedCall>;

export function* requested(play: Play): Generator<SimulatedCall, Reservation> {
  const reservation = play.reserve();
  yield play.tell(reservation, "new_verified_reservation", BY_GUEST);
  return reservation;
}

export function* confirmed(play: Play): Generator<SimulatedCall, Reservation> {
  const reservation = yield* requested(play);
  yield* confirm(play, reservation);
  return reservation;
}

export function* confirm(play: Play, reservation: Reservation): Calls {
  reservation.status |= STATUS.confirmed;
  reservation.unit = play.random.pick(reservation.resource.units);
  yield play.tell(reservation, "reservation_confirmed", BY_STAFF);
}

export function* paid(play: Play, reservation: Reservation, amountMinor: number): Calls {
  pay(reservation, amountMinor, play.seconds());
  const payment = { payment_amount: amountText(amountMinor) };
  yield play.tell(reservation, "reservation_payment_received", BY_GUEST, payment);
}
