import type { Knex } from "knex";

import type { Database } from "../db/database.ts";
import {
  CAUSES,
  DIFFERENCE_KINDS,
  type Cause,
  type Difference,
  type DifferenceKind,
} from "../reconcile/difference.ts";
import { type DifferenceRow, readDifference } from "../reconcile/difference-store.ts";
import { day, text } from "./filters.ts";
import type { List } from "./list.ts";
import { planOf, type Table, term } from "./plan.ts";
import { present } from "../sdk/present.ts";
import { presentInstant } from "./present.ts";

/** What comparing a connection with its source has shown on a day. */
export interface Reconciliation {
  connection: string;
  /** `YYYY-MM-DD` in UTC. */
  day: string;
  /** How often lists were asked for. */
  checks: number;
  /** Bookings in the day's widest comparison: at the source, and known before it. */
  there: number;
  here: number;
  /** Differences by kind, without those that were none in the end. */
  kinds: Readonly<Record<DifferenceKind, number>>;
  repaired: number;
  /** What is open still. */
  remaining: number;
  causes: Readonly<Record<Cause, number>>;
  /** The first of them. */
  differences: readonly Difference[];
  /** UTC milliseconds. */
  updatedAt: number;
}

/** Differences of a day that come with it; the counts tell of all. */
export const SHOWN_DIFFERENCES = 50;

/** A look showed what was known, or took over what is older than Bellhop: no difference to tell of. */
const TOLD_STATES = ["open", "repaired"];

const COMPARED_DAYS: Table = {
  name: "compared_days",
  key: "position",
  ordered: [],
};

const filters = {
  connection: text("Name of the connection", 64),
  day: day("The day, in UTC: `2026-03-14`"),
  since: day("That day or later, in UTC"),
};

interface DayRow {
  connection: string;
  day: string;
  checks: number;
  there: number;
  here: number;
  updatedAt: number;
}

/** Connections and days, newest first. Both keep few rows: one a day for each connection. */
export const reconciliationList: List<typeof filters, Reconciliation> = {
  name: "reconciliations",
  filters,
  plan({ connection, day: on, since }) {
    const terms = [
      ...term("connection", "=", connection),
      ...term("day", "=", on),
      ...term("day", ">=", since),
    ];
    if (connection !== undefined) {
      return planOf(COMPARED_DAYS, terms, [{ index: "compared_days_key", terms: [] }]);
    }
    const byDay = on !== undefined || since !== undefined;
    return planOf(COMPARED_DAYS, terms, byDay ? [{ index: "compared_days_day", terms: [] }] : []);
  },
  read: (db, keys) => reconciliationsAt(db, keys),
  present: presentReconciliation,
};

/**
 * @param keys Positions of days.
 * @param shown So many differences of each day at most.
 */
export async function reconciliationsAt(
  db: Database,
  keys: readonly number[],
  shown = SHOWN_DIFFERENCES,
): Promise<Reconciliation[]> {
  const days: DayRow[] = await db
    .knex("compared_days")
    .whereIn("position", [...keys])
    .orderBy("position", "desc")
    .select("connection", "day", "checks", "there", "here", "updated_at as updatedAt");
  const counts = await countsOf(db, days);
  const differences = await firstDifferences(db, days, shown);
  return days.map((one) => ({
    ...one,
    ...summed(counts.filter((count) => isOf(one, count))),
    differences: differences.filter((difference) => isOf(one, difference)),
  }));
}

interface Count {
  connection: string;
  day: string;
  kind: DifferenceKind;
  state: string;
  cause: Cause | null;
  count: number;
}

/** A page is some connections and a span of days: that part of the index holds little else. */
function onDays(query: Knex.QueryBuilder, days: readonly DayRow[]): Knex.QueryBuilder {
  const sorted = days.map((one) => one.day).sort();
  return query
    .whereIn("connection", [...new Set(days.map(({ connection }) => connection))])
    .whereBetween("day", [sorted.at(0) ?? "", sorted.at(-1) ?? ""])
    .whereRaw("COALESCE(state, '') IN (?, ?)", TOLD_STATES);
}

async function countsOf({ knex }: Database, days: readonly DayRow[]): Promise<Count[]> {
  return onDays(knex("differences"), days)
    .groupBy("connection", "day", "kind", "state", "cause")
    .select<Count[]>("connection", "day", "kind", "state", "cause", knex.raw("COUNT(*) AS count"));
}

async function firstDifferences(
  { knex }: Database,
  days: readonly DayRow[],
  shown: number,
): Promise<Difference[]> {
  const placed = onDays(knex("differences"), days).select(
    "*",
    knex.raw("ROW_NUMBER() OVER (PARTITION BY connection, day ORDER BY position) AS place"),
  );
  const rows = await knex
    .from(placed.as("placed"))
    .where("place", "<=", shown)
    .orderBy("position")
    .select<DifferenceRow[]>("*");
  return rows.map(readDifference);
}

function isOf(
  { connection, day: on }: Pick<DayRow, "connection" | "day">,
  other: { connection: string; day: string },
): boolean {
  return other.connection === connection && other.day === on;
}

function summed(counts: readonly Count[]) {
  const sum = (isMeant: (count: Count) => boolean) =>
    counts.filter(isMeant).reduce((total, { count }) => total + count, 0);
  return {
    kinds: byName(DIFFERENCE_KINDS, (kind) => sum((one) => one.kind === kind)),
    causes: byName(CAUSES, (cause) => sum((one) => one.cause === cause)),
    repaired: sum(({ state }) => state === "repaired"),
    remaining: sum(({ state }) => state === "open"),
  };
}

function byName<Name extends string>(names: readonly Name[], value: (name: Name) => number) {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, number>;
}

/** How many differences are open, of one connection or all. Few, and side by side in an index. */
export async function openDifferences({ knex }: Database, connection?: string): Promise<number> {
  const query = knex("differences").where("open_key", ">=", connection ? `${connection}/` : "");
  // "0" is the letter after "/".
  if (connection !== undefined) void query.where("open_key", "<", `${connection}0`);
  const rows = await query.select<{ count: number }[]>(knex.raw("COUNT(*) AS count"));
  return rows[0]?.count ?? 0;
}

export function presentReconciliation(row: Reconciliation): object {
  const { kinds, differences, updatedAt, ...rest } = row;
  return {
    ...rest,
    ...kinds,
    differences: differences.map(presentDifference),
    updatedAt: presentInstant(updatedAt),
  };
}

function presentDifference(difference: Difference): object {
  const { subject, kind, state, cause, changes, foundAt, closedAt } = difference;
  return {
    subject,
    kind,
    state,
    cause,
    fields: changes.map(({ path, before, after }) => ({
      path,
      here: present(before ?? null),
      there: present(after ?? null),
    })),
    foundAt: presentInstant(foundAt),
    closedAt: closedAt === null ? null : presentInstant(closedAt),
  };
}
