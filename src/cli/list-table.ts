import type { z } from "zod";

import type { Database } from "../db/database.ts";
import { readListQuery } from "../queries/filters.ts";
import { type List, readPage } from "../queries/list.ts";
import { withStore } from "./open.ts";
import type { Shell } from "./shell.ts";
import { type Cells, table } from "./table.ts";

/** What other commands are given, and times, which say little without their end. */
const WHOLE = ["ID", "REFERENCE", "RECEIVED", "TIME", "AT", "BEGUN", "OPENED", "DUE"];

type Query = Readonly<Record<string, unknown>>;

/** A list as a command shows it. */
export interface ListTable {
  name: string;
  filters: z.ZodRawShape;
  /** @throws FilterError */
  read: (shell: Shell, query: Query) => Promise<ListView>;
}

export interface ListView {
  count: number;
  next: string | null;
  /** The same as the API answers. */
  answer: object;
  table: (columns: number) => string;
  /** What a person has to know besides, a paragraph each. */
  notes?: readonly string[];
}

export function listTable<Shape extends z.ZodRawShape, Row>(
  list: List<Shape, Row>,
  headers: Cells,
  cells: (row: Row) => Cells,
): ListTable {
  return {
    name: list.name,
    filters: list.filters,
    read: (shell, query) => withStore(shell, ({ db }) => viewOf(db, list, query, [headers, cells])),
  };
}

/** @throws FilterError */
export async function viewOf<Shape extends z.ZodRawShape, Row>(
  db: Database,
  list: List<Shape, Row>,
  query: Query,
  [headers, cells]: [headers: Cells, cells: (row: Row) => Cells],
): Promise<ListView & { rows: readonly Row[] }> {
  const { filters, page } = readListQuery(list.filters, query);
  const { rows, next } = await readPage(db, list, filters, page);
  return {
    ...{ rows, count: rows.length, next },
    answer: { data: rows.map((row) => list.present(row)), next },
    table: (columns) => table(headers, rows.map(cells), columns, WHOLE),
  };
}
