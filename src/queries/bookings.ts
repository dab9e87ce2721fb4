import type { Database } from "../db/database.ts";
import { searchable } from "../normalize/subject-store.ts";
import { type Booking, BOOKING_STATUSES } from "../sdk/booking.ts";
import { day, oneOf, text } from "./filters.ts";
import { tableBy } from "../db/index-hint.ts";
import type { List } from "./list.ts";
import { beginsWith, planOf, type Range, type Table, term, type Term } from "./plan.ts";
import { present } from "../sdk/present.ts";

export const SUBJECTS: Table = {
  name: "subjects",
  key: "id",
  ordered: [
    { name: "subjects_email", columns: ["email"] },
    { name: "subjects_status", columns: ["status", "connection"] },
    { name: "subjects_kind", columns: ["kind", "connection"] },
  ],
};

/** Only bookings whose state has been seen have a status. */
export const WITH_STATE: Term = { column: "status", operator: "in", value: BOOKING_STATUSES };

const filters = {
  connection: text("Name of the connection"),
  status: oneOf(BOOKING_STATUSES, "Status of the booking"),
  email: text("E-mail address of the lead customer, in any case"),
  startsFrom: day("Starts on this day or later, by the local date"),
  startsTo: day("Starts on this day or before"),
  q: text("Beginning of the reference, the e-mail address or the last name", 100),
};

/** Bookings as they are known now, those first that were first seen last. */
export const bookingList: List<typeof filters, Booking> = {
  name: "bookings",
  filters,
  plan({ connection, status, email, startsFrom, startsTo, q }) {
    const searched = email === undefined ? undefined : (searchable(email) ?? undefined);
    const terms = [
      ...term("kind", "=", "booking"),
      ...(status === undefined ? [WITH_STATE] : term("status", "=", status)),
      ...term("connection", "=", connection),
      ...term("email", "=", searched),
      ...term("starts_on", ">=", startsFrom),
      ...term("starts_on", "<=", startsTo),
    ];
    const search = q === undefined ? [] : searches(q.trim());
    if (email !== undefined) return planOf(SUBJECTS, terms, [], search);
    const isTimed = startsFrom !== undefined || startsTo !== undefined;
    const index = isTimed ? "subjects_starts_on" : "subjects_status";
    return planOf(SUBJECTS, terms, q === undefined ? [{ index, terms: [] }] : search, search);
  },
  async read(db, keys) {
    const rows: { state: Buffer }[] = await db
      .knex("subjects")
      .whereIn("id", [...keys])
      .orderBy("id", "desc")
      .select("state");
    return rows.map(({ state }) => readState(state));
  },
  present: presentBooking,
};

/** Where a person's few letters may be found. Names and addresses are stored in lower case. */
function searches(letters: string): Range[] {
  const lower = searchable(letters) ?? "";
  return [
    { index: "subjects_subject", terms: beginsWith("subject", letters) },
    { index: "subjects_email", terms: beginsWith("email", lower) },
    { index: "subjects_name", terms: beginsWith("name", lower) },
  ];
}

export async function findBooking(
  db: Database,
  connection: string,
  reference: string,
): Promise<Booking | undefined> {
  const row: unknown = await db
    .knex("subjects")
    .where({ connection, subject: reference, kind: "booking" })
    .whereNotNull("status")
    .first("state");
  return row === undefined ? undefined : readState((row as { state: Buffer }).state);
}

/** Those of the references whose state is known, in no order. */
export async function findBookings(
  db: Database,
  connection: string,
  references: readonly string[],
): Promise<Booking[]> {
  const rows: { state: Buffer }[] = await db.knex
    .from(tableBy(db, "subjects", "subjects_key"))
    .where({ connection, kind: "booking" })
    .whereIn("subject", [...references])
    .whereNotNull("status")
    .select("state");
  return rows.map(({ state }) => readState(state));
}

function readState(state: Buffer): Booking {
  return JSON.parse(state.toString("utf8")) as Booking;
}

/** Connection, reference and version first, for those who read with their eyes. */
export function presentBooking(booking: Booking): object {
  const { connection, reference, version, status, ...fields } = booking;
  return { connection, reference, version, status, ...(present(fields) as object) };
}
