import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, describe, expect, it } from "vitest";

import { LedgerFileConfig } from "./config.ts";
import type { JournalEntry } from "./entries.ts";
import { beancount, journal, type JournalFormat, nameInBooks } from "./journal-format.ts";
import { readBooks } from "./read-books.ts";
import { hasJudges, hledger, judge, judgeBeans } from "./testing/judges.ts";
import { writeMonth } from "./write-month.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function entry(parts: Partial<JournalEntry> = {}): JournalEntry {
  const { totalMinor = 18_000 } = parts;
  return {
    ...{ on: "2026-03-14", currency: "EUR", number: "fjord/1201/invoice:1", kind: "invoice" },
    ...{ party: "fjord-cust-812", text: "Invoice 1: Fjord walk", totalMinor },
    lines: [
      { account: "assets:receivable", amountMinor: totalMinor },
      { account: "income:revenue", amountMinor: -totalMinor, remark: "tax standard 25%" },
    ],
    ...parts,
  };
}

async function write(format: JournalFormat, entries: readonly JournalEntry[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "bellhop-books-"));
  folders.push(folder);
  await writeMonth({ folder, format, owner: "books" }, "2026-03", entries);
  return folder;
}

/** Texts as guests and offices write them, and as somebody would who wants to write into the books. */
const HOSTILE = [
  "Walk\n2026-01-01 * stolen\n    assets:cash  EUR 1000000.00\n    income:gifts",
  "Walk\r\n\r\n; comment\u2028    assets:cash  EUR 1.00\u0085next",
  "Walk ; booking: other/1, total: 9.99 | (code) [2020-01-01] {1}",
  'Walk "quoted" \\" back\\slash \\',
  "; include /etc/passwd",
  "‮txet desrever‬ ⁦עברית⁩ 🚶‍♀️ ÆØÅ \ud800",
  "  * ! =2026-01-01 ~ monthly @ EUR 5 @@ 3",
  "end comment\ncomment\n",
  "#tag ^link 'single' %percent $dollar &amp; <b>",
  "",
];

describe("texts that nobody has chosen with a journal in mind", () => {
  const entries = HOSTILE.map((text, index) =>
    entry({
      number: `fjord/H${index}/invoice:1`,
      party: `fjord-cust-${text.slice(0, 40)}`,
      text: `Invoice 1: ${text}`,
      note: text,
    }),
  );

  it.runIf(hasJudges)(
    "hledger and ledger take them, and see nothing more than was posted",
    async () => {
      const folder = await write(journal, entries);

      await judge(folder);
      const sum = await hledger(folder, ["bal", "--depth", "1", "-O", "csv", "-N"]);
      const numbers = await hledger(folder, ["tags", "number", "--values"]);

      expect(sum.split("\n").filter(Boolean)).toEqual([
        ...['"account","balance"', '"assets","EUR 1800.00"', '"income","EUR -1800.00"'],
      ]);
      expect(numbers.split("\n").filter(Boolean)).toEqual(
        HOSTILE.map((_, index) => `fjord/H${index}/invoice:1`),
      );
    },
  );

  it.runIf(hasJudges)("beancount takes them", async () => {
    expect(await judgeBeans([await write(beancount, entries)])).toBe("");
  });

  it.each([{ format: journal }, { format: beancount }])(
    "each is read back as one document over its amount: $format.ending",
    async ({ format }) => {
      const folder = await write(format, entries);
      const { accounts } = LedgerFileConfig.parse({});

      for (const { number, kind, totalMinor } of entries) {
        const books = await readBooks(
          { folder, format },
          number.replace("invoice:1", ""),
          accounts,
        );
        expect(books.documents).toEqual([{ number, kind, totalMinor }]);
        expect(books.balances).toEqual({ receivable: totalMinor, revenue: -totalMinor });
      }
    },
  );
});

describe("references of any signs", () => {
  const REFERENCES = [
    "A,1",
    "A;1",
    "A 1",
    "A%1",
    "A(1)|",
    'A"1',
    "Å/1",
    "A\n1",
    "日本-1",
    "A'1!*~",
  ];

  it("no two have one name in the books", () => {
    const names = REFERENCES.map((reference) => nameInBooks(`fjord/${reference}/invoice:1`));

    expect(new Set(names).size).toBe(REFERENCES.length);
    expect(nameInBooks("fjord/1201/invoice:1")).toBe("fjord/1201/invoice:1");
    expect(nameInBooks("fjord/A,1/")).toBe("fjord/A%2c1/");
  });

  it.runIf(hasJudges)("hledger finds each by its tag, whole", async () => {
    const entries = REFERENCES.map((reference) =>
      entry({ number: `fjord/${reference}/invoice:1` }),
    );
    const folder = await write(journal, entries);

    await judge(folder);
    const found = await hledger(folder, ["tags", "booking", "--values"]);

    expect(found.split("\n").filter(Boolean).toSorted()).toEqual(
      REFERENCES.map((reference) => nameInBooks(`fjord/${reference}`)).toSorted(),
    );
  });
});

describe("amounts", () => {
  it.each([
    { currency: "EUR", totalMinor: -123_456, shown: "EUR -1234.56" },
    { currency: "JPY", totalMinor: 25_000, shown: "JPY 25000" },
    { currency: "KWD", totalMinor: 12_345, shown: "KWD 12.345" },
    { currency: "EUR", totalMinor: 9_007_199_254_740_991, shown: "EUR 90071992547409.91" },
  ])("$shown", ({ currency, totalMinor, shown }) => {
    expect(journal.entry(entry({ currency, totalMinor }))).toContain(`  ${shown}\n`);
  });

  it("end in one column", () => {
    const rows = journal
      .entry(entry({ totalMinor: 5 }))
      .split("\n")
      .slice(-2);

    expect(rows.map((row) => row.replace(/ {2};.*/, "").length)).toEqual([52, 52]);
  });

  it.runIf(hasJudges)("each currency is a commodity of its own, with its decimals", async () => {
    const entries = ["EUR", "JPY", "KWD"].map((currency) =>
      entry({ currency, totalMinor: 12_345, number: `fjord/${currency}/invoice:1` }),
    );
    const folder = await write(journal, entries);

    await judge(folder);
    const sums = await hledger(folder, ["bal", "assets", "-N", "-O", "csv", "--layout", "bare"]);

    expect(sums).toContain('"assets:receivable","EUR","123.45"');
    expect(sums).toContain('"assets:receivable","JPY","12345"');
    expect(sums).toContain('"assets:receivable","KWD","12.345"');
  });
});
