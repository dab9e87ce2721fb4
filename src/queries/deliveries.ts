import type { Database } from "../db/database.ts";
import { type DeliveryState, readHeaders } from "../inbox/inbox-store.ts";
import { instant, oneOf, text } from "./filters.ts";
import { tableBy } from "../db/index-hint.ts";
import type { List } from "./list.ts";
import { planOf, type Table, term } from "./plan.ts";
import { presentInstant } from "./present.ts";

export const DELIVERY_STATES = ["waiting", "done", "duplicate", "held", "failed"] as const;

export interface DeliveryRow {
  id: string;
  position: number;
  connection: string;
  /** UTC milliseconds. */
  receivedAt: number;
  method: string;
  state: DeliveryState;
  reason: string | null;
  subject: string | null;
  eventIds: readonly string[];
  /** Of the body. */
  bytes: number;
}

/** All of a delivery. */
export interface WholeDelivery extends DeliveryRow {
  /** Raw query string, one character per byte. */
  query: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

const DELIVERIES: Table = {
  name: "deliveries",
  key: "position",
  ordered: [
    { name: "deliveries_subject", columns: ["subject", "connection"] },
    { name: "deliveries_state", columns: ["state", "connection"] },
    { name: "deliveries_connection", columns: ["connection"] },
  ],
};

const filters = {
  connection: text("Name of the connection"),
  state: oneOf(DELIVERY_STATES, "What became of it"),
  since: instant("Received at this time or later"),
  until: instant("Received before this time"),
  subject: text("What it is about: a booking's reference, `coupon:…`, `resource:…`"),
};

/** What arrived, newest first. */
export const deliveryList: List<typeof filters, DeliveryRow> = {
  name: "deliveries",
  filters,
  plan({ connection, state, since, until, subject }) {
    const terms = [
      ...term("subject", "=", subject),
      ...term("connection", "=", connection),
      ...term("state", "=", state),
      ...term("received_at", ">=", since),
      ...term("received_at", "<", until),
    ];
    const isTimed = since !== undefined || until !== undefined;
    const index = isTimed ? "deliveries_received_at" : "deliveries_state";
    const narrowest = subject === undefined ? index : "deliveries_subject";
    return planOf(DELIVERIES, terms, [{ index: narrowest, terms: [] }]);
  },
  read: readDeliveries,
  present: presentDelivery,
};

export function presentDelivery(row: DeliveryRow) {
  const { id, position, connection, receivedAt, method } = row;
  const { state, reason, subject, eventIds, bytes } = row;
  return {
    id,
    position,
    connection,
    receivedAt: presentInstant(receivedAt),
    method,
    state,
    reason,
    subject,
    eventIds,
    bytes,
  };
}

export async function findDelivery(db: Database, id: string): Promise<WholeDelivery | undefined> {
  const stored: unknown = await db
    .knex("deliveries")
    .where({ id })
    .first("position", "query", "headers", "body");
  if (stored === undefined) return undefined;
  const raw = stored as { position: number; query: Buffer; headers: Buffer; body: Buffer };
  const [row] = await readDeliveries(db, [raw.position]);
  return (
    row && {
      ...row,
      query: raw.query.toString("latin1"),
      headers: readHeaders(raw.headers),
      body: raw.body,
    }
  );
}

async function readDeliveries(db: Database, keys: readonly number[]): Promise<DeliveryRow[]> {
  const rows: Omit<DeliveryRow, "eventIds">[] = await db
    .knex("deliveries")
    .whereIn("position", [...keys])
    .orderBy("position", "desc")
    .select("id", "position", "connection", "received_at as receivedAt", "method", "state")
    // The length stands before the bytes: they stay unread.
    .select("reason", "subject", db.knex.raw("LENGTH(body) AS bytes"));
  const events = await eventIds(
    db,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ ...row, eventIds: events.get(row.id) ?? [] }));
}

/**
 * What deliveries led to, by the events themselves: a delivery that is replayed ends as a duplicate
 * and has still led to what it led to.
 */
async function eventIds(
  db: Database,
  deliveries: readonly string[],
): Promise<Map<string, string[]>> {
  const rows: { id: string; delivery_id: string }[] = await db.knex
    .from(tableBy(db, "events", "events_delivery"))
    .whereIn("delivery_id", [...deliveries])
    .orderBy("position")
    .select("id", "delivery_id");
  const ids = new Map<string, string[]>();
  for (const { id, delivery_id: delivery } of rows) {
    ids.set(delivery, [...(ids.get(delivery) ?? []), id]);
  }
  return ids;
}
