import { STATUS } from "../status.ts";
import { makeGuest } from "./people.ts";
import { Random } from "./random.ts";
import { newReservation, pay, type Reservation } from "./reservation.ts";
import type { ReservationStore } from "./reservation-store.ts";
import { PRODUCT, RESOURCES } from "./site.ts";
import { DAY_SECONDS, dayNumber } from "./site-clock.ts";

const OLDEST_DAYS = 60;
const LAST_DAY = 365;
/** Guests of stories have lower numbers. */
const FIRST_GUEST = 1_000_000;

const { reserved, emailVerified } = STATUS;
const CONFIRMED = reserved | emailVerified | STATUS.confirmed;

/** How a reservation of days to come stands, by how often in twenty. */
const COMING: readonly (readonly [number, number])[] = [
  [12, CONFIRMED],
  [2, reserved | emailVerified],
  [1, reserved | emailVerified | STATUS.cancelledByStaff],
  [1, CONFIRMED | STATUS.cancelledByCustomer],
  [1, reserved | emailVerified | STATUS.cancelledBySystem],
  [1, emailVerified | STATUS.quotation],
  [1, emailVerified | STATUS.waitingList],
  [1, CONFIRMED | STATUS.locked],
];

const GONE_BY: readonly (readonly [number, number])[] = [
  [14, CONFIRMED | STATUS.checkedIn | STATUS.checkedOut],
  [2, CONFIRMED | STATUS.noShow],
  [4, CONFIRMED | STATUS.cancelledByCustomer],
];

export interface Population {
  count: number;
  /** UTC milliseconds. */
  now: number;
  seed: number;
  /** Number of the first; the others follow in the order in which they were made. */
  firstId: number;
}

/** Makes reservations of the past weeks, most of them for days to come. */
export function populate(store: ReservationStore, { count, now, seed, firstId }: Population): void {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ firstId);
  const today = dayNumber(now / 1000);
  for (let index = 0; index < count; index += 1) {
    const age = 1 + (OLDEST_DAYS - 1) * (1 - (index + random.next()) / count);
    const madeAt = Math.floor(now / 1000 - age * DAY_SECONDS);
    const isPast = random.isOnce(12);
    const day = isPast
      ? random.between(dayNumber(madeAt), today - 1)
      : today + random.between(1, LAST_DAY);
    const guest = makeGuest(FIRST_GUEST + index, random);
    const resource = random.pick(RESOURCES);
    const id = String(firstId + index);
    const reservation = newReservation(id, guest, resource, madeAt, day, random);
    live(reservation, isPast, random);
    store.add(reservation, true);
  }
}

/** What has become of it since. */
function live(reservation: Reservation, isPast: boolean, random: Random): void {
  reservation.status = drawn(isPast ? GONE_BY : COMING, random);
  if (random.isOnce(20)) {
    reservation.products = [{ id: PRODUCT.id, name: PRODUCT.name, quantity: 2 }];
    reservation.priceMinor += 2 * PRODUCT.priceMinor;
  }
  if ((reservation.status & STATUS.confirmed) === 0) return;
  reservation.unit = random.pick(reservation.resource.units);
  const share = random.between(0, 2) / 2;
  const amountMinor = Math.round(reservation.priceMinor * share);
  if (amountMinor > 0) pay(reservation, amountMinor, reservation.madeAt + 60);
}

function drawn(list: readonly (readonly [number, number])[], random: Random): number {
  let left = random.between(1, 20);
  for (const [times, status] of list) {
    left -= times;
    if (left <= 0) return status;
  }
  return CONFIRMED;
}
