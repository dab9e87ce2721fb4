import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import { UNSETTLED } from "../dispatch/job-store.ts";
import { tableBy } from "../db/index-hint.ts";
import type { Booking } from "../sdk/booking.ts";

/** Bookings, documents or jobs that are in memory at a time. */
export const PAGE = 500;

/** Which bookings are looked at. */
export interface Wanted {
  /** Undefined: all. */
  connections: readonly string[] | undefined;
  /** `YYYY-MM-DD`: the first day. */
  since: string;
  /** `YYYY-MM-DD`: the last day; undefined: all that is to come. */
  until?: string;
}

/** A place where a booking was come upon, in the ledger or in the queue. */
export interface Trace {
  connection: string;
  subject: string;
  position: number;
  /** Of an effect. */
  key?: string;
}

/** After every day there is. */
const NEVER = "9999-12-31";

interface DayRow {
  id: number;
  starts_on: string;
  connection: string;
  status: string;
  state: Buffer;
}

/** Bookings by the day of the service, along the index of that day. */
export async function* byServiceDay(db: Database, wanted: Wanted): AsyncGenerator<Booking[]> {
  const { connections, since, until = NEVER } = wanted;
  let last: DayRow | undefined;
  for (;;) {
    const query = db.knex
      .from(tableBy(db, "subjects", "subjects_starts_on"))
      .where("starts_on", ">=", last?.starts_on ?? since)
      .where("starts_on", "<=", until)
      .orderBy(["starts_on", "connection", "status", "id"])
      .limit(PAGE)
      .select("id", "starts_on", "connection", "status", "state");
    if (connections) void query.whereIn("connection", [...connections]);
    if (last) {
      const { starts_on, connection, status, id } = last;
      void query.where(after({ starts_on, connection, status, id }));
    }
    const rows = (await query) as DayRow[];
    if (rows.length > 0) yield rows.map(({ state }) => readState(state));
    last = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}

/** How many bookings `byServiceDay` gives. Only entries of the index are read. */
export async function countByServiceDay(db: Database, wanted: Wanted): Promise<number> {
  const { connections, since, until = NEVER } = wanted;
  const query = db.knex
    .from(tableBy(db, "subjects", "subjects_starts_on"))
    .whereBetween("starts_on", [since, until])
    .select(db.knex.raw("COUNT(*) AS count"));
  if (connections) void query.whereIn("connection", [...connections]);
  const rows = (await query) as { count: number }[];
  return rows[0]?.count ?? 0;
}

/** Bookings whose source gives no day. */
export async function* withoutDay(
  db: Database,
  { connections }: Pick<Wanted, "connections">,
): AsyncGenerator<Booking[]> {
  let last: DayRow | undefined;
  for (;;) {
    const query = db.knex
      .from(tableBy(db, "subjects", "subjects_starts_on"))
      .whereNull("starts_on")
      .whereNotNull("status")
      .orderBy(["connection", "status", "id"])
      .limit(PAGE)
      .select("id", "connection", "status", "state");
    if (connections) void query.whereIn("connection", [...connections]);
    if (last)
      void query.where(after({ connection: last.connection, status: last.status, id: last.id }));
    const rows = (await query) as DayRow[];
    if (rows.length > 0) yield rows.map(({ state }) => readState(state));
    last = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}

/** Documents that are filed under the months of the time; a booking comes up once for each. */
export async function* byDocuments(
  db: Database,
  handler: string,
  wanted: Wanted,
): AsyncGenerator<Trace[]> {
  for (const [first, lastPeriod] of periodsOf(wanted)) {
    let last: (Trace & { period: string }) | undefined;
    for (;;) {
      const query = db.knex
        .from(tableBy(db, "effects", "effects_period"))
        .where("period", ">=", last?.period ?? first)
        .where("period", "<=", lastPeriod)
        .where({ handler })
        .orderBy(["period", "handler", "position"])
        .limit(PAGE)
        .select("connection", "subject", "position", "period", "effect_key as key");
      if (last) void query.where(after({ period: last.period, position: last.position }));
      const rows = (await query) as (Trace & { period: string })[];
      if (rows.length > 0) yield rows;
      last = rows.at(-1);
      if (rows.length < PAGE) break;
    }
  }
}

/** Jobs that are not settled, whatever the time; a booking comes up once for each. */
export async function* byJobs(db: Database, handler: string): AsyncGenerator<Trace[]> {
  for (const state of UNSETTLED) {
    let last: Trace | undefined;
    for (;;) {
      const query = db.knex
        .from(tableBy(db, "jobs", "jobs_state"))
        .where({ state, handler })
        .orderBy(["connection", "position"])
        .limit(PAGE)
        .select("connection", "subject", "position");
      if (last) void query.where(after({ connection: last.connection, position: last.position }));
      const rows = (await query) as Trace[];
      if (rows.length > 0) yield rows;
      last = rows.at(-1);
      if (rows.length < PAGE) break;
    }
  }
}

/** Whether a document is filed under a period that `byDocuments` walks along. */
export function isFiledIn(period: string, wanted: Wanted): boolean {
  return periodsOf(wanted).some(([first, last]) => period >= first && period <= last);
}

/** Months, and what is kept by month and day until it is posted together. */
function periodsOf({ since, until = NEVER }: Wanted): [first: string, last: string][] {
  const [from, to] = [since.slice(0, 7), until.slice(0, 7)];
  return [
    [from, to],
    [`shares ${from}`, `shares ${to}`],
    [`takings ${from}-01`, `takings ${to}-31`],
  ];
}

/** What comes behind a row, in the order of these columns. */
function after(
  place: Readonly<Record<string, string | number>>,
): (query: Knex.QueryBuilder) => void {
  const [first, ...rest] = Object.entries(place);
  return (query) => {
    if (!first) return;
    const [column, value] = first;
    void query.where(column, ">", value);
    if (rest.length === 0) return;
    void query.orWhere((same) => {
      void same.where(column, value).where(after(Object.fromEntries(rest)));
    });
  };
}

function readState(state: Buffer): Booking {
  return JSON.parse(state.toString("utf8")) as Booking;
}
