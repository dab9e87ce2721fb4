import type { MaskedRequest } from "../inbox/inbox-store.ts";
import { isListed } from "../inbox/listed-notice.ts";
import type { LoadedConnection } from "../registry/registry.ts";
import type { BookingView } from "../sdk/booking.ts";
import type { EventOrigin } from "../sdk/booking-event.ts";
import type { BookingLook, Call } from "./look.ts";
import { mapFields } from "./map-fields.ts";
import type { ReadyLook } from "./normalize-store.ts";
import type { Unit, UnitPart } from "./unit.ts";

/** Makes looks of what deliveries say and what the source shows. */
export class LookBuilder {
  readonly #connection: LoadedConnection;
  readonly #since: number;

  /** @param since Bookings made before are no news. UTC milliseconds. */
  constructor(connection: LoadedConnection, since: number) {
    this.#connection = connection;
    this.#since = since;
  }

  /** Each payload is a look of its own: in order of arrival, all of them count. */
  ofPayloads(units: readonly Unit[]): ReadyLook[] {
    return units.flatMap((unit) => unit.parts.map((part) => this.#ofPayload(part, unit)));
  }

  /** One fetched state answers all the calls. */
  ofFetch(units: readonly Unit[], reference: string, view: BookingView): ReadyLook {
    const calls = units
      .flatMap(({ parts }) => parts.map(({ call }) => call))
      .sort((a, b) => a.position - b.position);
    const origin = this.#originOf(units);
    const look = { ...this.#bookingLook(reference, calls, view, origin), isFetched: true };
    return { kind: "booking", look, masked: maskedOf(units) };
  }

  #ofPayload({ subject, notice, call }: UnitPart, unit: Unit): ReadyLook {
    const masked = maskedOf([unit]);
    const origin = this.#originOf([unit]);
    if (notice.subject.kind === "booking") {
      const look = this.#bookingLook(subject, [call], notice.view, origin);
      return { kind: "booking", look, masked };
    }
    const { record } = notice;
    const look = {
      connection: this.#connection.id,
      subject,
      call,
      origin,
      ...(record && { record }),
    };
    return { kind: notice.subject.kind, look, masked };
  }

  #bookingLook(
    reference: string,
    calls: readonly Call[],
    view: BookingView | undefined,
    origin: EventOrigin,
  ): BookingLook {
    const { id, config } = this.#connection;
    return {
      connection: id,
      reference,
      calls,
      isFetched: false,
      origin,
      since: this.#since,
      mapFields: (fields) => mapFields(fields, config.map ?? {}),
      ...(view && { view }),
    };
  }

  /** One call among what lists showed makes it the call's news. */
  #originOf(units: readonly Unit[]): EventOrigin {
    if (units.every(({ delivery }) => isListed(delivery))) return "reconciled";
    return this.#connection.config.simulated ? "simulated" : "notified";
  }
}

function maskedOf(units: readonly Unit[]): ReadonlyMap<number, MaskedRequest> {
  return new Map(
    units.flatMap(({ delivery, masked }) => (masked ? [[delivery.position, masked] as const] : [])),
  );
}
