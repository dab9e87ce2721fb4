import { momentOfInstant } from "#sdk";

import { STATUS } from "../status.ts";
import { makeComment, type Guest } from "./people.ts";
import type { Random } from "./random.ts";
import { SITE, type Resource } from "./site.ts";
import { dateOfDay, dayNumber, secondsOf } from "./site-clock.ts";

export interface Product {
  id: string;
  name: string;
  quantity: number;
}

export interface PaymentMade {
  amountMinor: number;
  /** Epoch seconds. */
  at: number;
  /** Number of the payment mode (topic add_reservation_payment). */
  mode: "1" | "2";
}

/** A reservation as the simulated system keeps it. Times are epoch seconds, money is in cents. */
export interface Reservation {
  readonly id: string;
  guest: Guest;
  readonly resource: Resource;
  readonly madeAt: number;
  start: number;
  end: number;
  status: number;
  quantity: number;
  priceMinor: number;
  discountMinor: number;
  paidMinor: number;
  unit: string;
  cartId: string;
  comments: string;
  wantsTransfer: boolean;
  products: readonly Product[];
  payments: readonly PaymentMade[];
  /** Ids of the resources a reserved package consists of. */
  packageContents: readonly string[];
  /** Ids of the packages that the reserved resource is part of. */
  affectedResources: readonly string[];
}

// Shared: a hundred thousand empty lists of their own would be the larger half of the memory.
const NOTHING: readonly never[] = [];

/** A new reservation of that resource, reserved and verified. */
export function newReservation(
  id: string,
  guest: Guest,
  resource: Resource,
  madeAt: number,
  firstDay: number,
  random: Random,
): Reservation {
  const quantity = random.isOnce(4) ? 2 : 1;
  const { from, to, days } = resource.hours;
  return {
    id,
    guest,
    resource,
    madeAt,
    start: secondsOf(dateOfDay(firstDay), from),
    end: secondsOf(dateOfDay(firstDay + days), to),
    status: STATUS.reserved | STATUS.emailVerified,
    quantity,
    priceMinor: quantity * resource.priceMinor,
    discountMinor: 0,
    paidMinor: 0,
    unit: "",
    cartId: "",
    comments: makeComment(random),
    wantsTransfer: random.isOnce(2),
    products: NOTHING,
    payments: NOTHING,
    packageContents: NOTHING,
    affectedResources: NOTHING,
  };
}

/** A new reservation of some day in the coming weeks. */
export function makeReservation(
  id: string,
  guest: Guest,
  resource: Resource,
  now: number,
  random: Random,
): Reservation {
  const madeAt = Math.ceil(now / 1000);
  const firstDay = dayNumber(now / 1000) + random.between(2, 60);
  return newReservation(id, guest, resource, madeAt, firstDay, random);
}

/** Moves the stay by whole days of the site's calendar. */
export function moveByDays(reservation: Reservation, days: number): void {
  reservation.start = movedByDays(reservation.start, days);
  reservation.end = movedByDays(reservation.end, days);
}

function movedByDays(seconds: number, days: number): number {
  const { time = "00:00" } = momentOfInstant(seconds * 1000, SITE.timeZone);
  return secondsOf(dateOfDay(dayNumber(seconds) + days), time);
}

/** Books a payment. @param at Epoch seconds. */
export function pay(
  reservation: Reservation,
  amountMinor: number,
  at: number,
  mode: PaymentMade["mode"] = "1",
): void {
  reservation.paidMinor += amountMinor;
  reservation.payments = [...reservation.payments, { amountMinor, at, mode }];
}

/** Takes the last payment off again. @returns what it was. */
export function removePayment(reservation: Reservation): number {
  const amountMinor = reservation.payments.at(-1)?.amountMinor ?? 0;
  reservation.paidMinor -= amountMinor;
  reservation.payments = reservation.payments.slice(0, -1);
  return amountMinor;
}

/** As it is at this moment: lists are replaced and never changed. */
export function copyOf(reservation: Reservation): Reservation {
  return { ...reservation };
}

export function amountText(minor: number): string {
  return (minor / 100).toFixed(2);
}
