import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { PeriodEntry } from "#sdk";
import type { Posting } from "#sdk/accounting";
import { checkContext, nothingElse } from "#sdk/testing";

import { check } from "./check.ts";
import { LedgerFileConfig } from "./config.ts";
import { ledgerFile } from "./target.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bellhop-books-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function posting(number: number, off = 0): Posting {
  const reference = `fjord/${number}`;
  return {
    document: {
      ...{ kind: "invoice", key: "invoice:1", on: "2026-03-14", currency: "EUR", billTo: "x" },
      ...{ party: `fjord-cust-${number}`, totalMinor: 18_000 + off },
      lines: [{ description: "Walk", role: "revenue", grossMinor: 18_000, taxMinor: 0 }],
    },
    ...{ number: `${reference}/invoice:1`, title: `booking ${number}`, mayExist: false },
    party: { code: `fjord-cust-${number}`, kind: "guest", name: "Anna" },
    externalIdOf: () => undefined,
  };
}

/** A ledger of effects in which documents are begun before they are posted, as the real one. */
function books(settings: object = {}) {
  const filed: PeriodEntry[] = [];
  let readings = 0;
  const context = {
    ...checkContext(LedgerFileConfig.parse(settings), { dataFolder: folder }),
    documentOf: nothingElse.documentOf,
    async *entriesOf(): AsyncGenerator<PeriodEntry> {
      readings += 1;
      await Promise.resolve();
      yield* [...filed];
    },
  };
  return {
    context,
    readings: () => readings,
    begin({ document, number, title }: Posting, handler = "books/documents"): void {
      const data = { document: JSON.stringify(document), number, title };
      const place = {
        handler,
        connection: "fjord",
        subject: number,
        position: filed.length + 1,
        at: 0,
      };
      filed.push({ ...place, key: document.key, state: "started", data });
    },
    async post(one: Posting): Promise<void> {
      this.begin(one);
      await ledgerFile.post(one, context);
    },
    text: () => readFileSync(join(folder, "books/2026-03.journal"), "utf8"),
  };
}

const numbersIn = (text: string) => [...text.matchAll(/number: (.+)/g)].map(([, number]) => number);

describe("a month", () => {
  it("is written twice for a hundred documents that come at once, and has them all", async () => {
    const { context, ...ledger } = books();
    const all = Array.from({ length: 100 }, (_, index) => posting(index));

    await Promise.all(all.map((one) => ledger.post(one)));

    // Each writing reads what there is before it and after it.
    expect(ledger.readings()).toBe(4);
    expect(numbersIn(ledger.text())).toEqual(all.map(({ number }) => number));
    expect(context.config.path).toBe("books");
  });

  it("with 10,000 documents is written once for one more", async () => {
    const ledger = books();
    for (let number = 1; number < 10_000; number += 1) ledger.begin(posting(number));

    await ledger.post(posting(10_000));

    expect(ledger.readings()).toBe(2);
    expect(numbersIn(ledger.text()).length).toBe(10_000);
  });

  it("is written again when another process has begun something meanwhile", async () => {
    const ledger = books();
    let reading = 0;
    // An older state was read, the other process wrote a newer one, and then ours came over it.
    const meanwhile = async function* () {
      reading += 1;
      if (reading === 2) ledger.begin(posting(2), "books/takings");
      yield* ledger.context.entriesOf();
    };

    ledger.begin(posting(1));
    await ledgerFile.post(posting(1), { ...ledger.context, entriesOf: meanwhile });

    expect(numbersIn(ledger.text())).toEqual(["fjord/1/invoice:1", "fjord/2/invoice:1"]);
  });

  it("what does not balance needs a person, and keeps nothing else out", async () => {
    const ledger = books();

    const wrong = ledger.post(posting(1, 3));
    await expect(wrong).rejects.toThrow("fjord/1/invoice:1 does not balance: it is off by 3");
    await expect(wrong).rejects.toMatchObject({ kind: "permanent" });
    await ledger.post(posting(2));

    expect(numbersIn(ledger.text())).toEqual(["fjord/2/invoice:1"]);
  });
});

describe("a folder that cannot be written", () => {
  it("is a setting to put right, told at the start and to every job", async () => {
    writeFileSync(join(folder, "file"), "");
    const ledger = books({ path: "file/books" });

    const tried = ledger.post(posting(1));

    await expect(tried).rejects.toMatchObject({ kind: "configuration", mayHaveHappened: true });
    await expect(tried).rejects.toThrow(/file\/books cannot be written \(ENOTDIR\): correct path/);
    await expect(check(ledger.context)).rejects.toMatchObject({ kind: "configuration" });
  });

  it("one that can is named at the start, with the policy", async () => {
    expect(await check(books().context)).toBe(
      `the journal is ${folder}/books/main.journal, policy deposit`,
    );
  });
});

describe("reading back", () => {
  const read = ({ context }: ReturnType<typeof books>, number: number) =>
    ledgerFile.read(`fjord/${number}/`, "EUR", context);

  it("sees what is in the files, also when that was changed by hand", async () => {
    const ledger = books();
    await ledger.post(posting(1));
    expect((await read(ledger, 1)).balances).toEqual({ receivable: 18_000, revenue: -18_000 });

    const file = join(folder, "books/2026-03.journal");
    writeFileSync(file, ledger.text().replaceAll("180.00", "99.99"));

    expect((await read(ledger, 1)).balances).toEqual({ receivable: 9_999, revenue: -9_999 });
  });

  it("reads a month again only when it has changed", async () => {
    const ledger = books();
    await ledger.post(posting(1));
    const file = join(folder, "books/2026-03.journal");
    const [text, when] = [ledger.text(), new Date(1_773_000_000_000)];
    utimesSync(file, when, when);
    await read(ledger, 1);

    // As long and as old as before: nothing that would have to be read.
    writeFileSync(file, text.replaceAll("fjord/1/", "fjord/7/"));
    utimesSync(file, when, when);
    const unchanged = await read(ledger, 1);
    utimesSync(file, when, new Date(1_773_000_001_000));
    const changed = await read(ledger, 1);

    expect(unchanged.documents.length).toBe(1);
    expect(changed.documents).toEqual([]);
  });

  it("of a booking that there is not, nothing", async () => {
    expect(await read(books(), 1)).toEqual({ documents: [], balances: {} });
  });
});
