import type { Knex } from "knex";

import { insertMany } from "../db/bulk.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import type { DraftEvent } from "./event-draft.ts";

/** Everything that happened, for good. */
export class EventStore {
  /** In order: the positions that the rows get follow the order in which handlers hear of them. */
  async insert(trx: Knex.Transaction, drafts: readonly DraftEvent[]): Promise<void> {
    await insertMany(trx, "events", drafts.map(rowOf));
  }
}

function rowOf({ event, dedupeKey }: DraftEvent) {
  return {
    id: event.id,
    connection: event.connection,
    subject: event.subject,
    dedupe_key: dedupeKey,
    type: event.type,
    version: event.version,
    ordinal: event.ordinal,
    occurred_at: Date.parse(event.time),
    delivery_id: event.deliveryId ?? null,
    payload: Buffer.from(JSON.stringify(event)),
  };
}

export function readEvent(payload: Buffer): AnyEvent {
  return JSON.parse(payload.toString("utf8")) as AnyEvent;
}
