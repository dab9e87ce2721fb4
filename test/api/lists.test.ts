import { describe, expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { readListQuery } from "../../src/queries/filters.ts";
import { findKeys } from "../../src/queries/keys.ts";
import { readPage } from "../../src/queries/list.ts";
import { onEachStore } from "../harness/stores.ts";
import { filterChoices, LIST_CASES, type ListCase } from "./list-cases.ts";
import { makeRows, storeRows } from "./rows.ts";

const ROWS = 200;

onEachStore((store) => {
  describe.each(LIST_CASES)("$list.name", (listCase) => {
    it("every choice of filters gives exactly the rows that meet them, page by page", async () => {
      const db = await store.open();
      const rows = makeRows(ROWS);
      await storeRows(db, rows);

      for (const given of filterChoices(listCase)) {
        const expected = listCase.expected(rows, given);

        expect(await names(db, listCase, given, 500), JSON.stringify(given)).toEqual(expected);
        expect(await names(db, listCase, given, 7), JSON.stringify(given)).toEqual(expected);
      }
    });

    it("rows far from the newest are found as well, from either end", async () => {
      const db = await store.open();
      const rows = makeRows(ROWS);
      await storeRows(db, rows);

      for (const given of filterChoices(listCase, 2)) {
        const expected = listCase.expected(rows, given);

        for (const from of ["newest", "oldest"] as const) {
          const found = await farNames(db, listCase, given, from);
          expect(found, JSON.stringify(given)).toEqual(expected);
        }
      }
    });
  });
});

/** Names in order, where the nearest rows alone never fill a page. */
async function farNames(
  db: Database,
  { list, nameOf }: ListCase,
  given: Record<string, string>,
  from: "newest" | "oldest",
): Promise<string[]> {
  const { filters } = readListQuery(list.filters, given);
  const keys = await findKeys(db, list.plan(filters), { from, limit: ROWS }, 5);
  const names = (await list.read(db, keys)).map(nameOf);
  // Rows are read newest first whatever the order of the keys.
  expect(keys).toEqual(keys.toSorted((a, b) => (from === "newest" ? b - a : a - b)));
  return names;
}

/** All names of a list, read in pages of so many. */
async function names(
  db: Database,
  listCase: ListCase,
  given: Record<string, string>,
  limit: number,
): Promise<string[]> {
  const all: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await pageOf(
      db,
      listCase,
      { ...given, ...(cursor !== null && { cursor }) },
      limit,
    );
    all.push(...page.names);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

async function pageOf(
  db: Database,
  { list, nameOf }: ListCase,
  query: Record<string, string>,
  limit: number,
): Promise<{ names: string[]; next: string | null }> {
  const asked = readListQuery(list.filters, { ...query, limit: String(limit) });
  const { rows, next } = await readPage(db, list, asked.filters, asked.page);
  expect(rows.length).toBeLessThanOrEqual(limit);
  return { names: rows.map((row) => nameOf(row)), next };
}
