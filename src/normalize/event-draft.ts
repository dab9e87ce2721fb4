import { createHash } from "node:crypto";

import { newId } from "../process/new-id.ts";

import type { Booking } from "../sdk/booking.ts";
import type {
  AnyEvent,
  Change,
  EventOrigin,
  EventSchedule,
  EventTimer,
  SubjectRecord,
} from "../sdk/booking-event.ts";
import type { Announcement } from "../sdk/source.ts";
import type { Call } from "./look.ts";
import type { StateEvent } from "./state-events.ts";

/** An event ready to be stored. */
export interface DraftEvent {
  event: AnyEvent;
  /** With connection and subject it makes the event unique. */
  dedupeKey: string;
}

export interface EventFacts {
  connection: string;
  subject: string;
  version: number;
  ordinal: number;
  booking?: Booking;
  record?: SubjectRecord;
  changes: Change[];
  summary: string;
  origin: EventOrigin;
  isQuiet: boolean;
  /** The call that announced the event, or that led to the look which showed it. */
  call?: Call;
  isAnnounced: boolean;
  /** Which timer or schedule made the event, where no call has. */
  timer?: EventTimer;
  schedule?: EventSchedule;
  now: number;
}

/** Hash of what a call says: the same for a repeat, whatever the order of its fields. */
export function hashOfCall({ native }: Announcement): string {
  const fields = Object.entries(native.fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([native.event, fields]))
    .digest("base64url")
    .slice(0, 22);
}

export function draftEvent(
  { type, payment }: StateEvent,
  dedupeKey: string,
  facts: EventFacts,
): DraftEvent {
  const { booking, call, isAnnounced } = facts;
  const announcement = call?.announcement;
  const customer = announcement?.customer ?? booking?.customer;
  const said = isAnnounced ? announcement : undefined;
  const paid = payment ?? said?.payment;
  const timer = facts.timer ?? said?.timer;
  const by =
    type === "booking.cancelled" ? (booking?.cancellation?.by ?? byActor(said)) : undefined;
  const event = {
    id: newId(),
    type,
    subject: facts.subject,
    connection: facts.connection,
    time: new Date(call?.receivedAt ?? facts.now).toISOString(),
    version: facts.version,
    ordinal: facts.ordinal,
    booking,
    ...(facts.record && { record: facts.record }),
    changes: facts.changes,
    summary: facts.summary,
    ...(by && { by }),
    ...(paid && { payment: paid }),
    ...(customer && { customer }),
    ...(timer && { timer }),
    ...(facts.schedule && { schedule: facts.schedule }),
    custom: { ...customer?.custom, ...booking?.custom },
    native: announcement?.native ?? { event: "", fields: {} },
    origin: facts.origin,
    actor: said?.actor ?? "unknown",
    isQuiet: facts.isQuiet,
    ...(call && { deliveryId: call.deliveryId }),
  };
  return { event: event as AnyEvent, dedupeKey };
}

function byActor(announcement: Announcement | undefined): AnyEvent["by"] {
  const actor = announcement?.actor;
  return actor === "staff" || actor === "customer" || actor === "system" ? actor : undefined;
}
