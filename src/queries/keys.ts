import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import { tableBy } from "../db/index-hint.ts";
import type { Plan, Range, Term } from "./plan.ts";

/** Rows that are looked at one by one before the narrower index is asked. */
const NEARBY = 2_000;

export interface Span {
  /** Keys above this; 0 for all. */
  above?: number;
  /** Keys below this. */
  below?: number;
  from: "newest" | "oldest";
  limit: number;
}

/**
 * The keys of a list's rows, in order.
 *
 * Where an index answers all filters in that order this is one short walk along it. Else the
 * nearest rows are tried first: filters that most rows meet fill a page there at once. When they do
 * not, the filters are rare, and the rows they leave are sorted. So neither a common nor a rare
 * filter reads a large part of the table.
 */
export async function findKeys(
  db: Database,
  plan: Plan,
  span: Span,
  nearby = NEARBY,
): Promise<number[]> {
  const { ordered, ranges, terms, either } = plan;
  const left = terms.filter(({ column }) => !ordered.columns.includes(column));
  if (left.length === 0 && either.length === 0) return walk(db, plan, span);
  const near = await walkNearby(db, plan, left, span, nearby);
  if (near.length === span.limit) return near;
  if (ranges.length === 0) return walk(db, plan, span);
  const found = await Promise.all(ranges.map((range) => sortRange(db, plan, range, span)));
  const keys = [...new Set(found.flat())].sort((a, b) => a - b);
  return (span.from === "newest" ? keys.reverse() : keys).slice(0, span.limit);
}

/** How many rows a plan finds. */
export async function countKeys(db: Database, plan: Plan): Promise<number> {
  const { table, ordered, ranges, terms, either } = plan;
  const [range] = ranges;
  const rows: { count: number }[] = await db.knex
    .from(tableBy(db, table.name, range?.index ?? ordered.name))
    .where(meets([...terms, ...(range?.terms ?? [])], either))
    .select(db.knex.raw("COUNT(*) AS count"));
  return rows[0]?.count ?? 0;
}

/** The key of the newest row of the table; 0 when there is none. */
export async function newestKey(db: Database, { table: { name, key } }: Plan): Promise<number> {
  const rows: { newest: number | null }[] = await db.knex(name).max(key, { as: "newest" });
  return rows[0]?.newest ?? 0;
}

/** Along the ordered index, as far as needed. */
function walk(db: Database, plan: Plan, span: Span): Promise<number[]> {
  const rows = rowsBy(db, plan, plan.ordered.name, span).where(meets(plan.terms, plan.either));
  return keysOf(plan, rows.select(plan.table.key));
}

/** Along the ordered index, but only a short way. */
function walkNearby(
  db: Database,
  plan: Plan,
  left: readonly Term[],
  span: Span,
  limit: number,
): Promise<number[]> {
  const { ordered, table, either } = plan;
  const columns = [...left, ...either.flat()].map(({ column }) => column);
  const nearest = rowsBy(db, plan, ordered.name, { ...span, limit })
    .where(meets(plan.terms.filter((term) => !left.includes(term))))
    .select([...new Set([table.key, ...columns])]);
  const rows = db.knex
    .from(nearest.as("nearest"))
    .where(meets(left, either))
    .orderBy(table.key, directionOf(span))
    .limit(span.limit);
  return keysOf(plan, rows.select(table.key));
}

function sortRange(db: Database, plan: Plan, range: Range, span: Span): Promise<number[]> {
  const rows = rowsBy(db, plan, range.index, span).where(meets([...plan.terms, ...range.terms]));
  return keysOf(plan, rows.select(plan.table.key));
}

function rowsBy(
  db: Database,
  { table: { name, key } }: Plan,
  index: string | undefined,
  span: Span,
): Knex.QueryBuilder {
  const { above = 0, below = Number.MAX_SAFE_INTEGER, limit } = span;
  return db.knex
    .from(tableBy(db, name, index))
    .where(key, ">", above)
    .where(key, "<", below)
    .orderBy(key, directionOf(span))
    .limit(limit);
}

function directionOf({ from }: Span): "asc" | "desc" {
  return from === "newest" ? "desc" : "asc";
}

/** All of the terms, and all of one of the groups where there are any. */
function meets(
  terms: readonly Term[],
  either: readonly (readonly Term[])[] = [],
): (query: Knex.QueryBuilder) => void {
  return (query) => {
    for (const { column, operator, value } of terms) {
      if (typeof value === "object") void query.whereIn(column, [...value]);
      else void query.where(column, operator, value);
    }
    if (either.length === 0) return;
    void query.where((anyOf) => {
      for (const group of either) void anyOf.orWhere(meets(group));
    });
  };
}

async function keysOf({ table: { key } }: Plan, query: Knex.QueryBuilder): Promise<number[]> {
  const rows = (await query) as Record<string, number>[];
  return rows.map((row) => row[key] ?? 0);
}
