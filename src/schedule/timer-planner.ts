import type { Knex } from "knex";

import type { DraftEvent } from "../normalize/event-draft.ts";
import type { ChangedBooking, Follower } from "../normalize/follower.ts";
import type { Booking } from "../sdk/booking.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import { minutesOf } from "./offset.ts";
import type { Occurrence, OccurrenceChange, OccurrenceStore } from "./occurrence-store.ts";
import { ending, type Plan, planBooking } from "./plan.ts";
import { readConfirmations } from "./read-confirmations.ts";
import type { Timer } from "./timer.ts";

/** Whose clock makes `booking.timer` events of a connection. */
export type WhoseClock = "both" | "own" | "source";

/**
 * Keeps the occurrences of every booking as its state wants them: in the transaction that stores the
 * state, so that a crash leaves neither without the other.
 */
export class TimerPlanner implements Follower {
  readonly #store: OccurrenceStore;
  readonly #timers: readonly Timer[];
  readonly #clockOf: (connection: string) => WhoseClock;

  constructor(
    store: OccurrenceStore,
    timers: readonly Timer[],
    clockOf: (connection: string) => WhoseClock,
  ) {
    this.#store = store;
    this.#timers = timers;
    this.#clockOf = clockOf;
  }

  /** The source's own clock and ours may stand for the same moment: the first one counts. */
  async told(
    trx: Knex.Transaction,
    connection: string,
    drafts: readonly DraftEvent[],
  ): Promise<ReadonlySet<DraftEvent>> {
    const ticks = drafts.flatMap((draft) => {
      const timer = this.#sameMoment(draft.event);
      return timer ? [{ draft, timer }] : [];
    });
    if (ticks.length === 0) return new Set();
    const subjects = ticks.map(({ draft }) => draft.event.subject);
    const known = await this.#store.ofBookings(trx, connection, subjects);
    const told = new Set<DraftEvent>();
    const ended = new Map<number, OccurrenceChange>();
    for (const { draft, timer } of ticks) {
      const last = lastOf(known.get(draft.event.subject), timer);
      // Two timers of the source may stand for the same moment, too.
      if (last?.state === "done" || ended.has(last?.position ?? 0)) told.add(draft);
      else if (last?.state === "planned") {
        const { id: eventId } = draft.event;
        const reason = "the booking system's own clock told it";
        ended.set(last.position, { ...ending(last, "done"), eventId, reason });
      }
    }
    await this.#store.change(trx, [...ended.values()]);
    return told;
  }

  async follow(
    trx: Knex.Transaction,
    connection: string,
    changed: readonly ChangedBooking[],
    now: number,
  ): Promise<void> {
    const timers = this.timersOf(connection);
    if (timers.length === 0) return;
    const moved = changed.filter(mayMove);
    const planned = moved.map(({ after, events }) => ({
      booking: after,
      confirmedAt: confirmationIn(events),
      isNews: events.some(({ origin }) => origin !== "adopted"),
    }));
    await this.#plan(trx, connection, planned, now);
  }

  /** Plans bookings anew that have not changed, for timers that are new, or others than before. */
  async replan(
    trx: Knex.Transaction,
    connection: string,
    bookings: readonly Booking[],
    now: number,
  ): Promise<void> {
    const confirmations = this.timersOf(connection).some(({ anchor }) => anchor === "confirmed")
      ? await readConfirmations(
          trx,
          connection,
          bookings.map(({ reference }) => reference),
        )
      : new Map<string, number>();
    const planned = bookings.map((booking) => ({
      booking,
      confirmedAt: confirmations.get(booking.reference),
      isNews: false,
    }));
    await this.#plan(trx, connection, planned, now);
  }

  timersOf(connection: string): readonly Timer[] {
    if (this.#clockOf(connection) === "source") return [];
    return this.#timers.filter(({ connections }) => connections?.has(connection) ?? true);
  }

  async #plan(
    trx: Knex.Transaction,
    connection: string,
    bookings: readonly { booking: Booking; confirmedAt: number | undefined; isNews: boolean }[],
    now: number,
  ): Promise<void> {
    if (bookings.length === 0) return;
    const timers = this.timersOf(connection);
    const references = bookings.map(({ booking }) => booking.reference);
    const known = await this.#store.ofBookings(trx, connection, references);
    const whole: Plan = { added: [], changed: [] };
    for (const one of bookings) {
      const occurrences = known.get(one.booking.reference) ?? [];
      const { added, changed } = planBooking(timers, { ...one, occurrences, now });
      whole.added.push(...added);
      whole.changed.push(...changed);
    }
    await this.#store.insert(trx, whole.added);
    await this.#store.change(trx, whole.changed);
  }

  /** Our timer that stands for the same moment as a tick of the source. */
  #sameMoment({ connection, timer: tick, origin }: AnyEvent): Timer | undefined {
    if (!tick || origin === "scheduled") return undefined;
    return this.timersOf(connection).find(
      ({ relativeTo, offset, quietHours }) =>
        !quietHours &&
        relativeTo === tick.relativeTo &&
        minutesOf(offset) === tick.offsetMinutes &&
        !(offset.unit === "days" && offset.time !== undefined),
    );
  }
}

function lastOf(occurrences: readonly Occurrence[] = [], { name }: Timer): Occurrence | undefined {
  return occurrences.findLast(({ schedule }) => schedule === name);
}

/** Most changes of a booking are none of when it takes place. */
function mayMove({ before, after, events }: ChangedBooking): boolean {
  if (!before || confirmationIn(events) !== undefined) return true;
  return momentsOf(before) !== momentsOf(after);
}

function momentsOf({ status, start, end, madeAt, items = [] }: Booking): string {
  const products = items.map(({ productId, productCode }) => [productId, productCode]);
  return JSON.stringify([status, start, end, madeAt, products]);
}

/** An adopted booking was confirmed some time before; when, nobody has said. */
function confirmationIn(events: readonly AnyEvent[]): number | undefined {
  const told = events.find(
    ({ type, origin }) => type === "booking.confirmed" && origin !== "adopted",
  );
  return told && Date.parse(told.time);
}
