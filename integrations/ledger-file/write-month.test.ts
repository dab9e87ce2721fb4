import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import type { JournalEntry } from "./entries.ts";
import { journal } from "./journal-format.ts";
import { hasJudges, judge } from "./testing/judges.ts";
import { writeMonth } from "./write-month.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bellhop-books-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function entries(
  count: number,
  receivable = "assets:receivable",
  month = "2026-03",
): JournalEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ on: `${month}-14`, currency: "EUR", number: `fjord/${index}/invoice:1`, kind: "invoice" },
    ...{ party: `fjord-cust-${index}`, text: "Invoice 1: Fjord walk", totalMinor: 100 },
    lines: [
      { account: receivable, amountMinor: 100 },
      { account: "income:revenue", amountMinor: -100 },
    ],
  }));
}

const write = (month: string, made: JournalEntry[], owner = "books") =>
  writeMonth({ folder, format: journal, owner }, month, made);

it("a month's files are whole in the order in which a reader needs them", async () => {
  await write("2026-04", entries(1, "assets:receivable", "2026-04"));
  await write("2026-03", entries(2));

  expect(readdirSync(folder).toSorted()).toEqual([
    ...["2026-03.journal", "2026-04.journal", "accounts.journal", "main.journal"],
  ]);
  expect(readFileSync(join(folder, "main.journal"), "utf8").split("\n").slice(2, 5)).toEqual([
    ...["include accounts.journal", "include 2026-03.journal", "include 2026-04.journal"],
  ]);
});

it.runIf(hasJudges)("accounts stay declared when the settings name others", async () => {
  await write("2026-03", entries(1, "assets:guests"));
  await write("2026-04", entries(1, "assets:debtors", "2026-04"));

  await judge(folder);
  const declared = readFileSync(join(folder, "accounts.journal"), "utf8");
  expect(declared).toContain("account assets:guests");
  expect(declared).toContain("account assets:debtors");
});

it("a reader never sees half of a month, and nothing is left aside", async () => {
  const file = join(folder, "2026-03.journal");
  await write("2026-03", entries(1));
  const counts = new Set<number>();
  const torn: string[] = [];
  const over = new AbortController();
  const reader = (async () => {
    while (!over.signal.aborted) {
      const text = await readFile(file, "utf8");
      const isWhole = text.match(/^payee /gm)?.length === text.match(/number: /g)?.length;
      if (!isWhole || !text.startsWith("; Books of books")) torn.push(text.slice(-40));
      counts.add(text.split("number: ").length - 1);
    }
  })();

  for (let round = 1; round <= 200; round += 1)
    await write("2026-03", entries(1 + (round % 2) * 199));
  over.abort();
  await reader;

  expect(torn).toEqual([]);
  expect([...counts].filter((count) => count !== 1 && count !== 200)).toEqual([]);
  expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
});

it("two that write a month at once leave the one state or the other", async () => {
  await Promise.all(Array.from({ length: 20 }, (_, index) => write("2026-03", entries(1 + index))));

  const text = readFileSync(join(folder, "2026-03.journal"), "utf8");
  const parties = text.match(/^payee /gm)?.length;
  expect(text.match(/number: /g)?.length).toBe(parties);
  expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([]);
});

it("what a process left that died while it wrote is removed, what another one writes is not", async () => {
  const [left, fresh] = [
    join(folder, "2026-03.journal.1.new"),
    join(folder, "2026-03.journal.2.new"),
  ];
  for (const name of [left, fresh]) writeFileSync(name, "half");
  utimesSync(left, 1_000, 1_000);

  await write("2026-03", entries(1));

  expect(readdirSync(folder).filter((name) => name.endsWith(".new"))).toEqual([
    "2026-03.journal.2.new",
  ]);
});

it("the books of another instance are not overwritten", async () => {
  await write("2026-03", entries(1), "books-fjord");

  const other = write("2026-03", entries(2), "books-bikes");

  await expect(other).rejects.toThrow(
    "main.journal: these are the books of books-fjord: give books-bikes another path",
  );
  await expect(other).rejects.toMatchObject({ kind: "configuration", mayHaveHappened: true });
});

it("nor is what somebody has written by hand", async () => {
  const file = join(folder, "2026-03.journal");
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, "2026-03-01 lunch\n");

  await expect(write("2026-03", entries(1))).rejects.toThrow("was not written by Bellhop");
  expect(readFileSync(file, "utf8")).toBe("2026-03-01 lunch\n");
});
