import type { Booking } from "../sdk/booking.ts";
import type { Change, EventOrigin } from "../sdk/booking-event.ts";
import { type DraftEvent, draftEvent } from "./event-draft.ts";
import type { BookingLook, Call, KnownSubject } from "./look.ts";
import { isSameEvent, type StateEvent } from "./state-events.ts";
import { summarize, summarizeNew } from "./summary.ts";

export interface LookFacts {
  known: KnownSubject;
  look: BookingLook;
  /** The booking as the look leaves it. */
  after: Booking | undefined;
  changes: Change[];
  now: number;
}

/** Collects the events of one look at a booking, in the order in which they are to be told. */
export class BookingEvents {
  readonly #facts: LookFacts;
  readonly #events: DraftEvent[] = [];

  constructor(facts: LookFacts) {
    this.#facts = facts;
  }

  /** An event that the state shows; the call announced it or led to the look that showed it. */
  add(event: StateEvent, call: Call | undefined, isAnnounced: boolean): void {
    const { known, after, changes } = this.#facts;
    const summary = !known.booking && after ? summarizeNew(after) : summarize(changes);
    const key = this.#stateKey(event.type, after?.version ?? 0);
    this.#push(event, call, isAnnounced, { key, changes, summary });
  }

  /** A step that the booking showed when it was first seen, and that is announced only now. */
  addLate(event: StateEvent, call: Call): void {
    const summary = `${call.announcement.native.event}: the booking showed it already.`;
    const key = this.#stateKey(event.type, this.#facts.after?.version ?? 0);
    this.#push(event, call, true, { key, changes: this.#facts.changes, summary });
  }

  /** An event that only its call tells of. */
  addTraceless(event: StateEvent, call: Call, key: string): void {
    const summary = `${call.announcement.native.event}: the booking did not change.`;
    this.#push(event, call, true, { key, changes: [], summary });
  }

  has(type: string): boolean {
    return this.types.some((told) => isSameEvent(told, type));
  }

  /** Without what was only taken over: people have not been told of that. */
  get toldTypes(): string[] {
    return this.#facts.look.origin === "adopted" ? [] : this.types;
  }

  get types(): string[] {
    return this.#events.map(({ event }) => event.type);
  }

  idsOf({ deliveryId }: Call): string[] {
    return this.#events
      .filter(({ event }) => event.deliveryId === deliveryId)
      .map(({ event }) => event.id);
  }

  get count(): number {
    return this.#events.length;
  }

  /** Numbers them in the order in which handlers are to hear of them. */
  inOrder(): DraftEvent[] {
    const sorted = this.#events.toSorted((a, b) => rank(a) - rank(b));
    for (const [index, { event }] of sorted.entries()) {
      event.ordinal = this.#facts.known.ordinal + index + 1;
    }
    return sorted;
  }

  #push(
    event: StateEvent,
    call: Call | undefined,
    isAnnounced: boolean,
    { key, changes, summary }: { key: string; changes: Change[]; summary: string },
  ): void {
    const { known, look, after, now } = this.#facts;
    const drafted = draftEvent(event, key, {
      connection: look.connection,
      subject: look.reference,
      version: after?.version ?? known.version,
      ordinal: 0,
      ...(after && { booking: after }),
      changes,
      summary,
      origin: this.#origin(isAnnounced),
      isQuiet: this.#isQuiet(call, isAnnounced),
      ...(call && { call }),
      isAnnounced,
      now,
    });
    this.#events.push(drafted);
  }

  #stateKey(type: string, version: number): string {
    const same = this.#events.filter(({ event }) => event.type === type).length;
    const key = same === 0 ? `v${version}:${type}` : `v${version}:${type}:${same + 1}`;
    // A step that was taken over may still be announced, and is told then.
    return this.#facts.look.origin === "adopted" ? `${key}:adopted` : key;
  }

  #origin(isAnnounced: boolean): EventOrigin {
    const { origin } = this.#facts.look;
    return isAnnounced || origin !== "notified" ? origin : "derived";
  }

  /** What nobody announced is as quiet as the call that brought it to light. */
  #isQuiet(call: Call | undefined, isAnnounced: boolean): boolean {
    if (isAnnounced && call) return call.announcement.isQuiet ?? false;
    return this.#facts.look.calls.some(({ announcement }) => announcement.isQuiet);
  }
}

const NATURAL_ORDER = [
  "booking.unconfirmed",
  "booking.quoted",
  "booking.waitlisted",
  "booking.requested",
  "booking.confirmed",
  "booking.checked_in",
  "booking.checked_out",
  "booking.no_show",
  "booking.cancelled",
  "booking.expired",
  "booking.removed",
  "booking.modified",
  "payment.received",
  "payment.refunded",
  "payment.removed",
  "customer.updated",
];

/** Events that leave no trace come last. */
function rank({ event }: DraftEvent): number {
  const index = NATURAL_ORDER.indexOf(event.type);
  return index === -1 ? NATURAL_ORDER.length : index;
}
