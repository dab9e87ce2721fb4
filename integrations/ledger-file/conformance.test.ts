import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, describe, expect, it } from "vitest";

import { checkAccountingTarget, checkContext, isLongRun } from "#sdk/testing";

import integration from "./index.ts";
import { ledgerFile } from "./target.ts";
import { hasJudges, judge, judgeBeans } from "./testing/judges.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const common = {
  integration,
  target: ledgerFile,
  http: checkContext({}).http,
  dataFolder() {
    const folder = mkdtempSync(join(tmpdir(), "bellhop-books-"));
    folders.push(folder);
    return folder;
  },
};

describe("as a journal of hledger and ledger", () => {
  checkAccountingTarget({
    ...common,
    settings: () => ({}),
    async inspect(_, dataFolder) {
      const books = join(dataFolder, "books");
      if (hasJudges && existsSync(books)) await judge(books);
    },
    killed: (title) => isLongRun() || /cancelled|paid in three|price/.test(title),
  });
});

describe("as a journal of beancount", () => {
  const written: string[] = [];
  checkAccountingTarget({
    ...common,
    settings: () => ({ format: "beancount" }),
    inspect(_, dataFolder) {
      const books = join(dataFolder, "books");
      if (existsSync(books)) written.push(books);
      return Promise.resolve();
    },
    killed: () => false,
  });

  it.runIf(hasJudges)("beancount finds nothing wrong", async () => {
    expect(written.length).toBeGreaterThan(40);
    expect(await judgeBeans(written)).toBe("");
  });
});
