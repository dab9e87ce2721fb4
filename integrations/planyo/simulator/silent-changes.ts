import { readStatus } from "../status.ts";
import type { Random } from "./random.ts";
import { amountText, moveByDays, pay, removePayment, type Reservation } from "./reservation.ts";
import type { ReservationStore } from "./reservation-store.ts";

interface SilentChange {
  /** Event of the log that goes with it; absent: the log does not tell of it either. */
  event?: string;
  /** @returns what is done, in words; undefined where there is nothing to do. */
  plan(
    reservation: Reservation,
    now: number,
    random: Random,
  ): { words: string; make: () => void } | undefined;
}

/** What staff can do that makes no call. */
const CHANGES: readonly [SilentChange, ...SilentChange[]] = [
  {
    event: "reservation_payment_received",
    plan: (reservation, now) => {
      const openMinor = reservation.priceMinor - reservation.paidMinor;
      if (openMinor <= 0) return undefined;
      return {
        words: `${amountText(openMinor)} paid at the counter`,
        make: () => {
          pay(reservation, openMinor, Math.floor(now / 1000), "2");
        },
      };
    },
  },
  {
    event: "reservation_payment_removed",
    plan: (reservation) => {
      if (reservation.payments.length === 0) return undefined;
      return {
        words: "a payment removed through the API",
        make: () => {
          removePayment(reservation);
        },
      };
    },
  },
  {
    event: "reservation_admin_modified",
    plan: (reservation, now, random) => {
      if (reservation.start * 1000 <= now) return undefined;
      const days = random.between(1, 3);
      return {
        words: `moved by ${days} days through the API`,
        make: () => {
          moveByDays(reservation, days);
        },
      };
    },
  },
  {
    plan: (reservation) => ({
      words: "the customer's address edited",
      make: () => {
        const { guest } = reservation;
        reservation.guest = { ...guest, email: `new.${guest.email}`, phone: `${guest.phone}9` };
      },
    }),
  },
];

const TRIES = 30;

/** Changes a reservation that is not over, without a call. @returns what was changed. */
export function changeSilently(
  store: ReservationStore,
  now: number,
  random: Random,
): string | undefined {
  for (let turn = 0; turn < TRIES; turn += 1) {
    const change = random.pick(CHANGES);
    const reservation = store.any((count) => random.between(0, Math.max(0, count - 1)));
    if (!reservation || isOver(reservation)) continue;
    const planned = change.plan(reservation, now, random);
    if (!planned) continue;
    store.change(reservation, change.event, planned.make);
    return `reservation ${reservation.id}: ${planned.words}`;
  }
  return undefined;
}

function isOver({ status }: Reservation): boolean {
  return readStatus(String(status))?.cancellation !== null;
}
