import { setTimeout as sleep } from "node:timers/promises";

import type { Database } from "../../src/db/database.ts";

export interface KeptDelivery {
  position: number;
  connection: string;
  state: string;
  reason: string | null;
  subject: string | null;
  /** Number of the call, from the query. */
  call: number;
  /** What the call said. */
  reference: string;
  sequence: number;
}

export interface KeptEvent {
  connection: string;
  subject: string;
  ordinal: number;
  version: number;
  type: string;
}

export interface KeptJob {
  handler: string;
  state: string;
  reason: string | null;
}

export interface KnownBooking {
  connection: string;
  subject: string;
  version: number;
  sequence: number;
}

/** All that the store knows after a run. */
export interface Evidence {
  deliveries: readonly KeptDelivery[];
  events: readonly KeptEvent[];
  jobs: readonly KeptJob[];
  bookings: readonly KnownBooking[];
}

/** What still moves: deliveries to be understood, jobs to be run. */
export async function stillMoving({ knex }: Database): Promise<number> {
  // In this order: what a delivery ends with are jobs, in the same transaction.
  const deliveries: unknown[] = await knex("deliveries")
    .where({ state: "waiting" })
    .select("position");
  const jobs: unknown[] = await knex("jobs")
    .whereIn("state", ["ready", "leased"])
    .select("position");
  return deliveries.length + jobs.length;
}

/** @returns how long it took until nothing moved any more; undefined when it stood still before. */
export async function untilQuiet(
  db: Database,
  stillMs: number,
  progress: (moving: number) => void,
): Promise<number | undefined> {
  const startedAt = Date.now();
  let fewest = Infinity;
  let fewestAt = startedAt;
  for (;;) {
    const moving = await stillMoving(db);
    if (moving === 0) return Date.now() - startedAt;
    if (moving < fewest) [fewest, fewestAt] = [moving, Date.now()];
    if (Date.now() - fewestAt > stillMs) return undefined;
    progress(moving);
    await sleep(500);
  }
}

export async function gatherEvidence(db: Database): Promise<Evidence> {
  return {
    deliveries: await readDeliveries(db),
    events: await db
      .knex("events")
      .orderBy("position")
      .select("connection", "subject", "ordinal", "version", "type"),
    jobs: await db.knex("jobs").select("handler", "state", "reason"),
    bookings: await readBookings(db),
  };
}

async function readDeliveries({ knex }: Database): Promise<KeptDelivery[]> {
  type Row = Omit<KeptDelivery, "call" | "reference" | "sequence"> & {
    query: Buffer;
    body: Buffer;
  };
  const rows: Row[] = await knex("deliveries")
    .orderBy("position")
    .select("position", "connection", "state", "reason", "subject", "query", "body");
  return rows.map(({ query, body, ...row }) => {
    const said = JSON.parse(body.toString()) as { reference: string; sequence: number };
    const call = Number(/call=(\d+)/.exec(query.toString())?.[1]);
    return { ...row, call, reference: said.reference, sequence: said.sequence };
  });
}

async function readBookings({ knex }: Database): Promise<KnownBooking[]> {
  const rows: { connection: string; subject: string; version: number; state: Buffer }[] =
    await knex("subjects").select("connection", "subject", "version", "state");
  return rows.map(({ state, ...row }) => {
    const booking = JSON.parse(state.toString()) as { custom?: { sequence?: string } };
    return { ...row, sequence: Number(booking.custom?.sequence ?? 0) };
  });
}
