import { type SimulatedBooking } from "./booking.ts";
import { DayIndex } from "./day-index.ts";
import { firstDay, localDay } from "./days.ts";
import { inhabitant, type Population } from "./population.ts";

/** What a day of a booking can be. */
export type DayKind = "made" | "starting" | "cancelled" | "paid";

const KINDS: readonly DayKind[] = ["made", "starting", "cancelled", "paid"];

export interface Days {
  from: string;
  to: string;
}

/** One payment of a day. */
export interface PaymentRow {
  number: number;
  day: string;
  /** Which of the booking's payments of that day. */
  nth: number;
}

interface Kept {
  booking: SimulatedBooking;
  /** As it was before its last change; undefined when it is new. */
  before: SimulatedBooking | undefined;
  changedMs: number;
}

/** All bookings of the account, and on which days they are to be found. */
export class Register {
  readonly #seed: number;
  readonly #lagMs: number;
  readonly #populations: Population[] = [];
  /** Those that have a story, or were changed since the account was populated. */
  readonly #kept = new Map<number, Kept>();
  /** Of those with a story. */
  readonly #numbers: number[] = [];
  readonly #indexes = new Map<string, DayIndex>();

  /** @param lagMs For so long a change is not shown. */
  constructor(seed: number, lagMs: number) {
    this.#seed = seed;
    this.#lagMs = lagMs;
  }

  populate(population: Population): void {
    this.#populations.push(population);
    for (let number = population.from; number < population.to; number += 1) {
      const booking = inhabitant(this.#seed, number, population);
      for (const kind of KINDS) {
        const index = this.#index(booking.channel.id, kind);
        for (const day of daysOf(booking, kind)) index.add(day, number);
      }
    }
  }

  /** @param before Its copy from before the change. */
  keep(booking: SimulatedBooking, before: SimulatedBooking | undefined, nowMs: number): void {
    const number = Number(booking.id);
    if (!this.#populationOf(number) && !this.#kept.has(number)) this.#numbers.push(number);
    this.#kept.set(number, { booking, before, changedMs: nowMs });
    for (const kind of KINDS) {
      const index = this.#index(booking.channel.id, kind);
      // Days that are past tense stay: until the lag is over the booking is still shown there.
      for (const day of daysOf(booking, kind)) index.addOnce(day, number);
    }
  }

  /** As it really is. */
  find(number: number): SimulatedBooking | undefined {
    const population = this.#populationOf(number);
    return (
      this.#kept.get(number)?.booking ?? (population && inhabitant(this.#seed, number, population))
    );
  }

  /** As the API shows it. */
  shown(number: number, nowMs: number): SimulatedBooking | undefined {
    const kept = this.#kept.get(number);
    return kept ? this.#shownOf(kept, nowMs) : this.find(number);
  }

  get size(): number {
    return this.#populations.reduce((sum, { from, to }) => sum + to - from, this.#numbers.length);
  }

  /** The number in that place, of all there are. */
  numberAt(place: number): number | undefined {
    let left = place;
    for (const { from, to } of this.#populations) {
      if (left < to - from) return from + left;
      left -= to - from;
    }
    return this.#numbers[left];
  }

  *all(): Iterable<SimulatedBooking> {
    for (let place = 0; place < this.size; place += 1) {
      const booking = this.find(this.numberAt(place) ?? NaN);
      if (booking) yield booking;
    }
  }

  /** Numbers of a channel's bookings with such a day. */
  numbersOn(kind: DayKind, channelId: string, { from, to }: Days, nowMs: number): number[] {
    const seen = new Set<number>();
    const found: number[] = [];
    for (const [day, numbers] of this.#index(channelId, kind).between(from, to)) {
      for (const number of numbers) {
        const kept = this.#kept.get(number);
        if (kept) {
          const shown = this.#shownOf(kept, nowMs);
          if (!shown || seen.has(number) || !daysOf(shown, kind).includes(day)) continue;
          seen.add(number);
        }
        found.push(number);
      }
    }
    return found;
  }

  paymentsOn(channelId: string, { from, to }: Days, nowMs: number): PaymentRow[] {
    return this.#index(channelId, "paid")
      .between(from, to)
      .flatMap(([day, numbers]) => {
        const counts = new Map<number, number>();
        for (const number of numbers) {
          const kept = this.#kept.get(number);
          const count = kept
            ? paymentDays(this.#shownOf(kept, nowMs)).filter((paid) => paid === day).length
            : (counts.get(number) ?? 0) + 1;
          counts.set(number, count);
        }
        return [...counts].flatMap(([number, count]) =>
          Array.from({ length: count }, (_, nth) => ({ number, day, nth })),
        );
      });
  }

  #shownOf({ booking, before, changedMs }: Kept, nowMs: number): SimulatedBooking | undefined {
    return nowMs >= changedMs + this.#lagMs ? booking : before;
  }

  #populationOf(number: number): Population | undefined {
    return this.#populations.find(({ from, to }) => from <= number && number < to);
  }

  #index(channelId: string, kind: DayKind): DayIndex {
    const key = `${channelId} ${kind}`;
    const index = this.#indexes.get(key) ?? new DayIndex();
    this.#indexes.set(key, index);
    return index;
  }
}

function daysOf(booking: SimulatedBooking, kind: DayKind): string[] {
  switch (kind) {
    case "made":
      return [localDay(booking.madeMs)];
    case "starting":
      return [firstDay(booking)];
    case "cancelled":
      return booking.cancelled ? [localDay(booking.cancelled.atMs)] : [];
    case "paid":
      return paymentDays(booking);
  }
}

function paymentDays(booking: SimulatedBooking | undefined): string[] {
  return (booking?.payments ?? []).map(({ atMs }) => localDay(atMs));
}
