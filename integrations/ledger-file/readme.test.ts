import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { formatAmount } from "#sdk";
import { type AccountingDocument, documentOf, POLICIES } from "#sdk/accounting";
import { paid } from "#sdk/testing";

import { LedgerFileConfig } from "./config.ts";
import { linesOf } from "./entries.ts";
import { hasJudges } from "./testing/judges.ts";
import { type SampleBooks, sampleBooks, writeReadmeBooks } from "./testing/sample-books.ts";

const run = promisify(execFile);
const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "bellhop-books-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.runIf(hasJudges)("how to read the journal", () => {
  const shown = [...readme.matchAll(/```console\n\$ (.+)\n([^`]*)```/g)];
  const dataFolder = join(folder, "read");
  beforeAll(() => writeReadmeBooks(dataFolder));

  it("there is a command for each of the usual questions", () => {
    expect(shown.length).toBeGreaterThan(6);
  });

  it.each(shown.map(([, command = "", output = ""]) => ({ command, output })))(
    "$command says what the README shows",
    async ({ command, output }) => {
      const LEDGER_FILE = join(dataFolder, "books/main.journal");
      const env = { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", LEDGER_FILE };

      const { stdout } = await run("sh", ["-c", command], { env });

      expect(stdout.replaceAll(/ +$/gm, "").trimEnd()).toBe(output.trimEnd());
    },
  );
});

describe("what each policy does", () => {
  const rows = [...readme.matchAll(/^\| (`.+`) +\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)].filter(
    ([, name = ""]) => POLICIES.some((policy) => name.includes(`\`${policy}\``)),
  );
  const cases = rows.flatMap(([, names = "", ...cells]) =>
    [...names.matchAll(/`([^`]+)`/g)].map(([, policy = ""]) => ({ policy, cells })),
  );

  it("every policy is shown", () => {
    expect(cases.map(({ policy }) => policy).toSorted()).toEqual([...POLICIES].toSorted());
  });

  it.each(cases)("$policy posts what its row says", async ({ policy, cells }) => {
    const taxes = { standard: { ratePercent: "25" } };
    const books = sampleBooks(join(folder, policy), { policy, taxes });
    const payments = paid("50.00").map((one) => ({ ...one, paidAt: "2026-03-03" }));
    const posted: string[] = [];

    books.day("2026-03-02");
    await books.see("1201", {});
    posted.push(await newIn(books));
    books.day("2026-03-03");
    await books.see("1201", { payments });
    books.day("2026-03-04");
    await books.desk.tick("takings");
    posted.push(await newIn(books));
    books.day("2026-03-14");
    await books.see("1201", { payments });
    posted.push(await newIn(books));

    expect(posted).toEqual(cells);
  });
});

const seen = new WeakMap<SampleBooks, Set<string>>();

/** `clearing 50.00, prepayments -50.00; …` of the documents since the last look. */
async function newIn(books: SampleBooks): Promise<string> {
  const known = seen.get(books) ?? new Set();
  seen.set(books, known);
  const fresh: string[] = [];
  for await (const entry of books.desk.entriesOf("2026-03")) {
    const found = documentOf(entry);
    if (!found || known.has(found.number)) continue;
    known.add(found.number);
    fresh.push(inRoles(found.document));
  }
  return fresh.length === 0 ? "–" : fresh.join("; ");
}

function inRoles(document: AccountingDocument): string {
  const { accounts } = LedgerFileConfig.parse({});
  const { currency } = document;
  return linesOf(document, accounts)
    .map(({ account, amountMinor }) => {
      const role = account.slice(account.indexOf(":") + 1);
      return `${role} ${formatAmount({ amountMinor, currency })}`;
    })
    .join(", ");
}
