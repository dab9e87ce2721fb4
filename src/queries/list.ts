import type { z } from "zod";

import type { Database } from "../db/database.ts";
import { cursorOf } from "./cursor.ts";
import { findKeys } from "./keys.ts";
import type { Plan } from "./plan.ts";

/** A list that people and programs page through, newest first. */
export interface List<Shape extends z.ZodRawShape, Row> {
  /** `deliveries` */
  name: string;
  /** Filters by name; all of them may be left out. */
  filters: Shape;
  plan: (filters: FiltersOf<Shape>) => Plan;
  /** Reads the rows of a page, in the order of the keys. */
  read: (db: Database, keys: readonly number[]) => Promise<Row[]>;
  /** The row as the API shows it. */
  present: (row: Row) => object;
}

export type FiltersOf<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;

export interface Page<Row> {
  rows: Row[];
  /** Cursor of the next page; null at the end. */
  next: string | null;
}

export async function readPage<Shape extends z.ZodRawShape, Row>(
  db: Database,
  list: List<Shape, Row>,
  filters: FiltersOf<Shape>,
  { limit, cursor }: { limit: number; cursor?: number | undefined },
): Promise<Page<Row>> {
  const keys = await findKeys(db, list.plan(filters), {
    from: "newest",
    limit: limit + 1,
    ...(cursor !== undefined && { below: cursor }),
  });
  const shown = keys.slice(0, limit);
  const last = keys.length > limit ? shown.at(-1) : undefined;
  return {
    rows: shown.length === 0 ? [] : await list.read(db, shown),
    next: last === undefined ? null : cursorOf(last),
  };
}
