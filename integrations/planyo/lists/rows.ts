import { RetryableError, type FetchContext } from "#sdk";

import { isReservationId } from "../api-view.ts";
import { isObject, textOf } from "../body.ts";
import { callPlanyo } from "../client.ts";
import type { PlanyoConfig } from "../config.ts";
import { listOf } from "../products.ts";

export type Row = Readonly<Record<string, unknown>>;
export type ListContext = FetchContext<PlanyoConfig>;

/**
 * Calls a method that answers with a list of rows, as they came, those of other sites included.
 * "Not found" is an empty list. An answer without a list is none: taken for an empty one, it would
 * say that every booking is gone.
 */
export async function readRows(
  method: string,
  parameters: Readonly<Record<string, string>>,
  context: ListContext,
): Promise<Row[]> {
  const data = await callPlanyo(method, parameters, context);
  if (data === undefined || isEmptyList(data)) return [];
  const results = isObject(data) ? data["results"] : data;
  if (data !== null && results === null) return []; // how PHP writes a list that was never begun
  if (!Array.isArray(results) && !isObject(results)) {
    throw new RetryableError(`Planyo ${method}: the answer has no list of results`);
  }
  return listOf(results).filter(isObject);
}

function isEmptyList(data: unknown): boolean {
  return Array.isArray(data) && data.length === 0;
}

/** Rows of the connection's site. One that names no site is of the site that was asked for. */
export function ofSite(rows: readonly Row[], { siteId }: PlanyoConfig): Row[] {
  return rows.filter((row) => {
    const named = word(row, "site_id");
    return siteId === undefined || named === undefined || named === siteId;
  });
}

/** The reservation that a row is about; undefined when it names none that can be asked for. */
export function referenceIn(row: Row): string | undefined {
  const id = word(row, "reservation_id") ?? word(row, "id");
  return id !== undefined && isReservationId(id) ? id : undefined;
}

/** A value as text without outer blanks; undefined when it is empty. */
export function word(row: Row, name: string): string | undefined {
  const text = textOf(row[name] ?? "").trim();
  return text === "" ? undefined : text;
}

const SMALLEST_PAGE = 500;
const ROUND = 100;

/** For lists whose pages are not documented: only where there seemed to be more than one. */
export function pageParameter(page: number): Record<string, string> {
  return page === 0 ? {} : { page: String(page) };
}

/** A full page of such a list would look like this: a round number of rows, and many. */
export function looksCutOff(rows: readonly Row[]): boolean {
  return rows.length >= SMALLEST_PAGE && rows.length % ROUND === 0;
}
