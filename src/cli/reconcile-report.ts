import { stringify } from "csv-stringify/sync";

import type { Database } from "../db/database.ts";
import { keyOfCursor } from "../queries/cursor.ts";
import { readPage } from "../queries/list.ts";
import { differenceCells, summaryOf, valueWords } from "../queries/reconciliation-words.ts";
import {
  presentReconciliation,
  type Reconciliation,
  reconciliationList,
  reconciliationsAt,
} from "../queries/reconciliations.ts";
import type { Shell } from "./shell.ts";
import { type Cells, plain, table } from "./table.ts";

export const REPORT_FORMATS = ["text", "csv", "json"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportWanted {
  /** One after the other; undefined: all there are. */
  connections: readonly (string | undefined)[];
  /** `YYYY-MM-DD` */
  since: string;
  format: ReportFormat;
}

/** Days that are read at once. */
const PAGE = 20;
/** A report is whole, for as long as a person may still read it. */
const MOST_DIFFERENCES = 100_000;

/**
 * Writes what comparisons have found, newest day first, as one document.
 *
 * @returns whether anything was compared.
 */
export async function writeReport(
  shell: Shell,
  db: Database,
  wanted: ReportWanted,
): Promise<boolean> {
  const { format } = wanted;
  const days: Reconciliation[] = [];
  let isFirst = true;
  for await (const page of pages(db, wanted)) {
    if (format === "csv") shell.write(csvOf(page, isFirst));
    else if (format === "text") for (const one of page) shell.write(textOf(one, shell.columns));
    else days.push(...page);
    isFirst = false;
  }
  if (format === "json")
    shell.write(`${JSON.stringify(days.map(presentReconciliation), null, 2)}\n`);
  else if (isFirst && format === "csv") shell.write(csvOf([], true));
  else if (isFirst) shell.write(`Nothing was compared since ${wanted.since}.\n`);
  return !isFirst;
}

async function* pages(
  db: Database,
  { connections, since }: ReportWanted,
): AsyncGenerator<Reconciliation[]> {
  const list = {
    ...reconciliationList,
    read: (from: Database, keys: readonly number[]) =>
      reconciliationsAt(from, keys, MOST_DIFFERENCES),
  };
  for (const connection of connections) {
    const filters = { since, ...(connection !== undefined && { connection }) };
    let cursor: number | undefined;
    do {
      const page = await readPage(db, list, filters, { limit: PAGE, cursor });
      if (page.rows.length > 0) yield page.rows;
      cursor = page.next === null ? undefined : keyOfCursor(page.next);
    } while (cursor !== undefined);
  }
}

const TABLE: Cells = ["BOOKING", "KIND", "DIFFERENCE", "CAUSE", "STATE"];

function textOf(one: Reconciliation, columns: number): string {
  const { connection, day, differences } = one;
  const head = `${connection}, ${day}: ${summaryOf(one)}\n`;
  if (differences.length === 0) return head;
  const rows = differences.map(differenceCells);
  return `${head}${indented(table(TABLE, rows, columns - 2, ["BOOKING"]))}\n`;
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}

const COLUMNS: Cells = [
  "connection",
  "day",
  "booking",
  "kind",
  "field",
  "here",
  "there",
  "cause",
  "state",
  "found_at",
  "closed_at",
];

/** A line for each field that differs; one where only the booking does. */
function csvOf(days: readonly Reconciliation[], hasHeader: boolean): string {
  const rows = days.flatMap(({ connection, day, differences }) =>
    differences.flatMap(({ subject, kind, cause, state, foundAt, closedAt, changes }) => {
      const fields = changes.length > 0 ? changes : [{ path: "", before: "", after: "" }];
      return fields.map(({ path, before, after }) => [
        connection,
        day,
        plain(subject),
        kind,
        path,
        path === "" ? "" : plain(valueWords(before)),
        path === "" ? "" : plain(valueWords(after)),
        cause ?? "",
        state,
        new Date(foundAt).toISOString(),
        closedAt === null ? "" : new Date(closedAt).toISOString(),
      ]);
    }),
  );
  // A guest's name must not be a formula in the office's spreadsheet.
  return stringify(rows, { header: hasHeader, columns: [...COLUMNS], escape_formulas: true });
}
