import type { Database } from "../../src/db/database.ts";
import { DIFFERENCE_KINDS, dayOf } from "../../src/reconcile/difference.ts";
import { OCCURRENCE_STATES } from "../../src/schedule/occurrence-store.ts";
import { BOOKING_STATUSES } from "../../src/sdk/booking.ts";

/** A store full of rows of every kind, spread so that each filter leaves some and drops some. */
export interface Rows {
  deliveries: DeliveryRow[];
  events: EventRow[];
  subjects: SubjectRow[];
  jobs: JobRow[];
  effects: EffectRow[];
  comparedDays: ComparedDayRow[];
  occurrences: OccurrenceRow[];
}

interface DeliveryRow {
  id: string;
  connection: string;
  received_at: number;
  state: string;
  subject: string | null;
}

interface EventRow {
  id: string;
  connection: string;
  type: string;
  subject: string;
  occurred_at: number;
}

interface SubjectRow {
  connection: string;
  subject: string;
  kind: string;
  status: string | null;
  email: string | null;
  name: string | null;
  starts_on: string | null;
}

interface JobRow {
  id: string;
  handler: string;
  connection: string;
  subject: string;
  state: string;
  created_at: number;
}

interface EffectRow {
  id: string;
  handler: string;
  connection: string;
  subject: string;
}

interface OccurrenceRow {
  schedule: string;
  connection: string;
  subject: string;
  slot: string;
  state: string;
  due_at: number;
}

interface ComparedDayRow {
  connection: string;
  day: string;
}

export const NOON = Date.UTC(2026, 2, 2, 12);
export const MINUTE = 60_000;

export const CONNECTIONS = ["fjord", "bikes", "Fjord"];
export const STATES = ["done", "done", "done", "duplicate", "waiting", "held", "failed"];
export const TYPES = ["booking.confirmed", "booking.modified", "payment.received"];
export const JOBS = ["done", "done", "ready", "leased", "held", "dead", "skipped", "superseded"];
export const HANDLERS = ["voucher-mail/send-voucher", "books/post", "crm/mirror"];
export const SCHEDULES = ["reminder", "thanks", "digest/digest"];
export const NAMES = ["ødegård", "odegard", "o'neil", "smith", "smithson", "100%", "a_b"];

/** Counts through the values, so that all combinations come up. */
function pick<T>(values: readonly T[], index: number, stride: number): T {
  const value = values[Math.floor(index / stride) % values.length];
  if (value === undefined) throw new Error("no values");
  return value;
}

export function makeRows(count: number): Rows {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return {
    deliveries: numbers.map((n) => ({
      id: `delivery-${n}`,
      connection: pick(CONNECTIONS, n, 1),
      // Not quite in order of arrival: clocks of several machines differ.
      received_at: NOON + (n + (n % 5) * 7) * MINUTE,
      state: pick(STATES, n, 3),
      subject: n % 4 === 0 ? null : String(1201 + (n % 9)),
    })),
    events: numbers.map((n) => ({
      id: `event-${n}`,
      connection: pick(CONNECTIONS, n, 1),
      type: pick(TYPES, n, 3),
      subject: String(1201 + (n % 9)),
      occurred_at: NOON + (n + (n % 5) * 7) * MINUTE,
    })),
    subjects: numbers.map(subjectRow),
    jobs: numbers.map((n) => ({
      id: `job-${n}`,
      handler: pick(HANDLERS, n, 2),
      connection: pick(CONNECTIONS, n, 1),
      subject: String(1201 + (n % 9)),
      state: pick(JOBS, n, 3),
      // Not quite in order of the keys: several processes make them.
      created_at: NOON + (n + (n % 5) * 7) * MINUTE,
    })),
    effects: numbers.map((n) => ({
      id: `effect-${n}`,
      handler: pick(HANDLERS, n, 2),
      connection: pick(CONNECTIONS, n, 1),
      subject: String(1201 + (n % 9)),
    })),
    // A day of each connection at a time.
    comparedDays: numbers.map((n) => ({
      connection: pick(CONNECTIONS, n, 1),
      day: dayOf(NOON + Math.floor(n / CONNECTIONS.length) * 24 * 60 * MINUTE),
    })),
    occurrences: numbers.map((n) => ({
      schedule: pick(SCHEDULES, n, 2),
      connection: pick(CONNECTIONS, n, 1),
      subject: String(1201 + (n % 9)),
      slot: String(n),
      state: pick(OCCURRENCE_STATES, n, 3),
      // Not in order of the keys: bookings are made long before, and shortly before.
      due_at: NOON + ((n * 37) % count) * MINUTE,
    })),
  };
}

function subjectRow(n: number): SubjectRow {
  const connection = pick(CONNECTIONS, n, 1);
  const other = { status: null, email: null, name: null, starts_on: null };
  if (n % 11 === 0) return { connection, subject: `coupon:${n}`, kind: "coupon", ...other };
  // Announced, but its state has never been seen.
  if (n % 13 === 0) return { connection, subject: `${1000 + n}`, kind: "booking", ...other };
  const name = pick(NAMES, n, 1);
  return {
    connection,
    subject: `${1000 + n}`,
    kind: "booking",
    status: pick(BOOKING_STATUSES.slice(1, 5), n, 2),
    email: n % 3 === 0 ? null : `${name}@example.com`,
    name,
    starts_on: n % 6 === 0 ? null : `2026-0${4 + (n % 4)}-1${n % 7}`,
  };
}

export async function storeRows(db: Database, rows: Rows): Promise<void> {
  const empty = Buffer.alloc(0);
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const insert = (table: string, all: object[]) => db.knex.batchInsert(table, all, 40);
  const delivery = { method: "GET", query: empty, headers: json([]), body: json("hello") };
  await insert(
    "deliveries",
    rows.deliveries.map((row) => ({ ...row, ...delivery })),
  );
  await insert(
    "events",
    rows.events.map((row, n) => ({
      ...row,
      dedupe_key: `v${n}`,
      version: 1,
      ordinal: n,
      delivery_id: `delivery-${n}`,
      payload: json({ id: row.id, type: row.type, changes: [] }),
    })),
  );
  await insert(
    "subjects",
    rows.subjects.map((row) => ({
      ...row,
      version: 1,
      ordinal: 0,
      updated_at: 0,
      recent: json([]),
      state: json(row.status && { reference: row.subject, connection: row.connection }),
    })),
  );
  await insert(
    "jobs",
    rows.jobs.map((row, n) => ({
      ...row,
      event_id: `event-${n}`,
      scope: `${row.connection}/${row.subject}`,
      run_at: NOON,
    })),
  );
  await insert(
    "compared_days",
    rows.comparedDays.map((row) => ({ ...row, updated_at: NOON })),
  );
  await insert(
    "occurrences",
    rows.occurrences.map((row) => ({ ...row, reference_at: NOON, updated_at: NOON })),
  );
  await insert("differences", rows.comparedDays.map(differenceRow));
  await insert(
    "effects",
    rows.effects.map((row, n) => ({
      ...row,
      scope: `${row.connection}/${row.subject}`,
      effect_key: `voucher:v${n}`,
      job_id: `job-${n}`,
      state: "done",
      version: 1,
      updated_at: NOON,
    })),
  );
}

/** Every third is open still. */
function differenceRow({ connection, day }: ComparedDayRow, n: number) {
  const subject = `${1000 + n}`;
  const isOpen = n % 3 === 0;
  return {
    connection,
    subject,
    day,
    kind: pick(DIFFERENCE_KINDS, n, 1),
    state: isOpen ? "open" : "repaired",
    open_key: isOpen ? `${connection}/${subject}` : null,
    shown: "a",
    found_at: NOON,
    closed_at: isOpen ? null : NOON,
    fields: Buffer.from("[]"),
  };
}
