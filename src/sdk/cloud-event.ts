import type { EventOf, EventType } from "./booking-event.ts";
import { present } from "./present.ts";

/**
 * An event as other programs are given it: a CloudEvents 1.0 object
 * (https://github.com/cloudevents/spec) in its JSON format.
 */
export function cloudEventOf(event: EventOf<EventType>) {
  const { id, connection, type, subject, time } = event;
  return {
    specversion: "1.0",
    id,
    source: `/connections/${connection}`,
    type,
    subject,
    time,
    datacontenttype: "application/json",
    data: dataOf(event),
  };
}

function dataOf(event: EventOf<EventType>) {
  return {
    booking: present(event.booking ?? null),
    record: event.record ?? null,
    changes: present(event.changes),
    summary: event.summary,
    payment: present(event.payment ?? null),
    customer: event.customer ?? null,
    timer: event.timer ?? null,
    by: event.by ?? null,
    custom: event.custom,
    native: event.native,
    origin: event.origin,
    actor: event.actor,
    isQuiet: event.isQuiet,
    deliveryId: event.deliveryId ?? null,
    version: event.version,
    ordinal: event.ordinal,
  };
}
