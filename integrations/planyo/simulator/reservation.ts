import { instantOf, localMoment, momentOfInstant } from "#sdk";

import { STATUS } from "../status.ts";
import { makeComment, type Guest } from "./people.ts";
import type { Random } from "./random.ts";
import { SITE, type Resource } from "./site.ts";

export interface Product {
  id: string;
  name: string;
  quantity: number;
}

/** A reservation as the simulated system keeps it. Times are epoch seconds, money is in cents. */
export interface Reservation {
  readonly id: string;
  readonly guest: Guest;
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
  products: Product[];
  payments: { amountMinor: number; at: number }[];
  /** Ids of the resources a reserved package consists of. */
  packageContents: string[];
  /** Ids of the packages that the reserved resource is part of. */
  affectedResources: string[];
}

const DAY_MS = 86_400_000;

/** A new reservation of some day in the coming weeks, reserved and verified. */
export function makeReservation(
  id: string,
  guest: Guest,
  resource: Resource,
  now: number,
  random: Random,
): Reservation {
  const firstDay = addDays(localDate(now), random.between(2, 60));
  const quantity = random.isOnce(4) ? 2 : 1;
  const { from, to, days } = resource.hours;
  return {
    id,
    guest,
    resource,
    madeAt: Math.ceil(now / 1000),
    start: secondsOf(firstDay, from),
    end: secondsOf(addDays(firstDay, days), to),
    status: STATUS.reserved | STATUS.emailVerified,
    quantity,
    priceMinor: quantity * resource.priceMinor,
    discountMinor: 0,
    paidMinor: 0,
    unit: "",
    cartId: "",
    comments: makeComment(random),
    wantsTransfer: random.isOnce(2),
    products: [],
    payments: [],
    packageContents: [],
    affectedResources: [],
  };
}

/** Moves the stay by whole days of the site's calendar. */
export function moveByDays(reservation: Reservation, days: number): void {
  reservation.start = movedByDays(reservation.start, days);
  reservation.end = movedByDays(reservation.end, days);
}

function movedByDays(seconds: number, days: number): number {
  const { date, time = "00:00" } = momentOfInstant(seconds * 1000, SITE.timeZone);
  return secondsOf(addDays(date, days), time);
}

function secondsOf(date: string, time: string): number {
  return instantOf(localMoment(date, time, SITE.timeZone)) / 1000;
}

function localDate(epochMs: number): string {
  return momentOfInstant(epochMs, SITE.timeZone).date;
}

function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T12:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** Books a payment; a negative one goes back. */
export function pay(reservation: Reservation, amountMinor: number): void {
  reservation.paidMinor += amountMinor;
  if (amountMinor > 0) reservation.payments.push({ amountMinor, at: reservation.madeAt + 60 });
  else reservation.payments.pop();
}

export function amountText(minor: number): string {
  return (minor / 100).toFixed(2);
}

/** `YYYY-MM-DD HH:MM:SS` on the site's clock, as the API writes times. */
export function localTimeText(seconds: number): string {
  const { date, time = "00:00" } = momentOfInstant(seconds * 1000, SITE.timeZone);
  return `${date} ${time.length === 5 ? `${time}:00` : time}`;
}
