import {
  addPayment,
  balanceMinor,
  makeBooking,
  type SimulatedBooking,
  totalMinor,
} from "./booking.ts";
import { Random } from "./random.ts";

const DAY_MS = 86_400_000;
const HOLD_MS = 14 * DAY_MS;
const OLDEST_DAYS = 60;

/** Bookings with the numbers from one to another, made before a moment. */
export interface Population {
  from: number;
  /** Not included. */
  to: number;
  nowMs: number;
}

/**
 * A booking of the past weeks. It is the same each time: a hundred thousand of them need not be
 * kept, but can be made anew when someone asks.
 */
export function inhabitant(seed: number, number: number, { nowMs }: Population): SimulatedBooking {
  const random = new Random(seed * 10_007 + number * 31);
  const ageMs = random.between(DAY_MS, OLDEST_DAYS * DAY_MS);
  const isThroughAgent = random.happens(0.1);
  const madeBy = random.happens(0.3) ? "staff" : "web";
  const booking = makeBooking(random, number, nowMs - ageMs, { madeBy, isThroughAgent });
  const ageDays = Math.floor(ageMs / DAY_MS);
  const isPast = random.happens(0.04);
  booking.leadDays = isPast ? random.between(0, ageDays) : ageDays + random.between(1, 365);
  settle(booking, random, nowMs);
  return booking;
}

/** What has become of it: most are confirmed, and most of these are paid. */
function settle(booking: SimulatedBooking, random: Random, nowMs: number): void {
  const share = random.next();
  booking.status = share < 0.07 ? 0 : share < 0.15 ? 1 : 2;
  if (booking.status < 2) booking.expiresMs = nowMs + HOLD_MS;
  if (booking.status > 0) {
    const kind = random.next();
    const pay = (amountMinor: number) => {
      passSome(booking, random, nowMs);
      addPayment(booking, amountMinor, random.happens(0.8) ? "Credit Card" : "Cash");
    };
    if (kind < 0.25) pay(Math.round(totalMinor(booking) / 5));
    else if (kind < 0.85) pay(totalMinor(booking));
    if (kind < 0.1) pay(balanceMinor(booking));
  }
  if (booking.status === 2) booking.confirmedMs = booking.nowMs;
  if (random.happens(0.06)) {
    passSome(booking, random, nowMs);
    booking.cancelled = { reason: 5, text: "Customer cannot travel", atMs: booking.nowMs };
  }
}

/** Its next change is somewhere between the last one and now. */
function passSome(booking: SimulatedBooking, random: Random, nowMs: number): void {
  const leftMs = Math.max(0, nowMs - 60_000 - booking.nowMs);
  booking.nowMs += Math.floor(random.next() * 0.6 * leftMs);
}
