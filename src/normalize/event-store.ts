import type { Knex } from "knex";

import { insertMany } from "../db/bulk.ts";
import type { AnyEvent } from "../sdk/booking-event.ts";
import type { DraftEvent } from "./event-draft.ts";

/** Everything that happened, for good. */
export class EventStore {
  /** Those of the events that are stored already, under another id. */
  async told(
    trx: Knex.Transaction,
    drafts: readonly DraftEvent[],
  ): Promise<ReadonlySet<DraftEvent>> {
    if (drafts.length === 0) return new Set();
    const rows: { subject: string; key: string }[] = await trx("events")
      .where({ connection: drafts[0]?.event.connection })
      .whereIn("subject", [...new Set(drafts.map(({ event }) => event.subject))])
      .whereIn("dedupe_key", [...new Set(drafts.map(({ dedupeKey }) => dedupeKey))])
      .select("subject", "dedupe_key as key");
    const stored = new Set(rows.map(({ subject, key }) => JSON.stringify([subject, key])));
    return new Set(
      drafts.filter(({ event, dedupeKey }) =>
        stored.has(JSON.stringify([event.subject, dedupeKey])),
      ),
    );
  }

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
