import { z } from "zod";

import type { Database } from "../db/database.ts";
import { tableBy } from "../db/index-hint.ts";
import { SUBJECTS, WITH_STATE } from "../queries/bookings.ts";
import { cursorOf } from "../queries/cursor.ts";
import { FilterError, oneOf, readListQuery, text } from "../queries/filters.ts";
import { findKeys } from "../queries/keys.ts";
import type { Page } from "../queries/list.ts";
import { type Plan, planOf, term } from "../queries/plan.ts";
import type { Booking } from "../sdk/booking.ts";
import type { BooksInstance } from "./books-instances.ts";
import { type AccountStores, readAccounts } from "./read-accounts.ts";
import type { BooksRow } from "./row.ts";
import { rowOf } from "./row-of.ts";
import { BooksTotals, type PeriodTotals } from "./totals.ts";

/** Bookings that a page looks at, whatever it shows of them: no page takes longer for a long history. */
const MOST_LOOKED_AT = 2_000;
/** Bookings that are in memory at a time. */
const CHUNK = 250;

const Month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, "write a month such as 2026-10")
  .describe("Bookings whose service is in this month: `2026-10`")
  .optional();

export const booksTotalsFilters = {
  instance: text("Name of the accounting integration; needed where there are several", 64),
  connection: text("Name of the connection", 64),
  month: Month,
};

export const booksFilters = {
  ...booksTotalsFilters,
  differs: oneOf(["true", "false"], "Only bookings that differ from the books, or only others"),
};

type Filters = z.output<z.ZodObject<typeof booksTotalsFilters>>;
type Query = Readonly<Record<string, unknown>>;

/**
 * Bookings beside their books, by our own records, those first that were first seen last. A page may be
 * short though there is a next one.
 *
 * @throws FilterError
 */
export async function booksPage(
  stores: AccountStores,
  instances: readonly BooksInstance[],
  query: Query,
): Promise<Page<BooksRow>> {
  const { filters, page } = readListQuery(booksFilters, query);
  const instance = instanceOf(instances, filters.instance);
  const rows: BooksRow[] = [];
  if (!instance) return { rows, next: null };
  const wanted = filters.differs === undefined ? undefined : filters.differs === "true";
  let last: number | undefined;
  for await (const { key, row } of walk(stores, instance, filters, page.cursor)) {
    if (rows.length === page.limit) return { rows, next: nextOf(last) };
    last = key;
    if (row && (wanted === undefined || wanted === row.differences.length > 0)) rows.push(row);
  }
  return { rows, next: await nextBehind(stores.db, instance, filters, last) };
}

/**
 * What bookings come to, by month and currency. Sums of one page: with a next one, they are to be added.
 *
 * @throws FilterError
 */
export async function booksTotalsPage(
  stores: AccountStores,
  instances: readonly BooksInstance[],
  query: Query,
): Promise<Page<PeriodTotals>> {
  const { filters, page } = readListQuery(booksTotalsFilters, query);
  const instance = instanceOf(instances, filters.instance);
  if (!instance) return { rows: [], next: null };
  const totals = new BooksTotals();
  let last: number | undefined;
  for await (const { key, row } of walk(stores, instance, filters, page.cursor)) {
    last = key;
    if (row) totals.add(row);
  }
  return { rows: totals.periods(), next: await nextBehind(stores.db, instance, filters, last) };
}

interface Step {
  key: number;
  /** Undefined: no business of these books. */
  row: BooksRow | undefined;
}

async function* walk(
  stores: AccountStores,
  instance: BooksInstance,
  filters: Filters,
  cursor: number | undefined,
): AsyncGenerator<Step> {
  const plan = planFor(instance, filters);
  let below = cursor;
  for (let looked = 0; looked < MOST_LOOKED_AT; looked += CHUNK) {
    const keys = await findKeys(stores.db, plan, {
      from: "newest",
      limit: CHUNK,
      ...(below !== undefined && { below }),
    });
    if (keys.length === 0) return;
    const bookings = await bookingsAt(stores.db, keys);
    const accounts = await readAccounts(stores, instance, [...bookings.values()]);
    const rows = new Map(accounts.map((one) => [one.booking, rowOf(instance, one)]));
    for (const key of keys) {
      const booking = bookings.get(key);
      yield { key, row: booking && rows.get(booking) };
    }
    if (keys.length < CHUNK) return;
    below = keys.at(-1);
  }
}

function planFor({ when }: BooksInstance, { connection, month }: Filters): Plan {
  const own = connection ?? when.connections;
  const terms = [
    ...term("kind", "=", "booking"),
    WITH_STATE,
    ...term("connection", typeof own === "string" ? "=" : "in", own),
    ...term("starts_on", ">=", month && `${month}-01`),
    ...term("starts_on", "<=", month && `${month}-31`),
  ];
  const index = month === undefined ? "subjects_status" : "subjects_starts_on";
  return planOf(SUBJECTS, terms, [{ index, terms: [] }]);
}

async function bookingsAt(db: Database, keys: readonly number[]): Promise<Map<number, Booking>> {
  const rows: { id: number; state: Buffer }[] = await db.knex
    .from(tableBy(db, "subjects", undefined))
    .whereIn("id", [...keys])
    .select("id", "state");
  return new Map(rows.map(({ id, state }) => [id, JSON.parse(state.toString("utf8")) as Booking]));
}

/** The page has ended: at the end of all, or because it has looked at enough. */
async function nextBehind(
  db: Database,
  instance: BooksInstance,
  filters: Filters,
  last: number | undefined,
): Promise<string | null> {
  if (last === undefined) return null;
  const plan = planFor(instance, filters);
  const [key] = await findKeys(db, plan, { from: "newest", limit: 1, below: last });
  return key === undefined ? null : nextOf(last);
}

function nextOf(last: number | undefined): string | null {
  return last === undefined ? null : cursorOf(last);
}

/** @returns undefined when there are no books at all. */
function instanceOf(
  instances: readonly BooksInstance[],
  name: string | undefined,
): BooksInstance | undefined {
  const ids = instances.map(({ id }) => id);
  const found = instances.find(({ id }) => id === name);
  if (found || (name === undefined && instances.length <= 1)) return found ?? instances[0];
  const known = ids.length > 0 ? `write one of ${ids.join(", ")}` : "there are no books";
  throw new FilterError([{ field: "instance", detail: known }]);
}
