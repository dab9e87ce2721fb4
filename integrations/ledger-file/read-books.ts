import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { parseMoney } from "#sdk";
import type { AccountRole, BooksView, DocumentKind } from "#sdk/accounting";

import type { LedgerFileConfig } from "./config.ts";
import { nameInBooks } from "./journal-format.ts";
import type { Place } from "./target.ts";
import { isMonth } from "./write-month.ts";

interface ReadEntry {
  number: string;
  kind: DocumentKind;
  totalMinor: number;
  lines: { account: string; amountMinor: number }[];
}

interface ReadFile {
  version: string;
  /** By what comes before the document in its number: `fjord/1201/`. */
  entries: Map<string, ReadEntry[]>;
}

/** Files as they were read last; a month that has not changed is not read again. */
const files = new Map<string, ReadFile>();

/** Reads a booking's documents from the files, not from what was meant to be in them. */
export async function readBooks(
  { folder, format }: Place,
  prefix: string,
  accounts: LedgerFileConfig["accounts"],
): Promise<BooksView> {
  const names = (await readdir(folder).catch(() => [])).filter((name) =>
    isMonth(name, format.ending),
  );
  const found: ReadEntry[] = [];
  for (const name of names.toSorted()) {
    const file = await readMonth(join(folder, name));
    found.push(...(file.entries.get(nameInBooks(prefix)) ?? []));
  }
  const roles = rolesOf(accounts, (name) => format.account(name));
  const balances: BooksView["balances"] = {};
  for (const { account, amountMinor } of found.flatMap(({ lines }) => lines)) {
    const role = roles.get(account) ?? "clearing";
    balances[role] = (balances[role] ?? 0) + amountMinor;
  }
  const documents = found.map(({ number, kind, totalMinor }) => ({ number, kind, totalMinor }));
  return { documents, balances };
}

function rolesOf(
  { clearing, ...accounts }: LedgerFileConfig["accounts"],
  nameOf: (account: string) => string,
): Map<string, AccountRole> {
  const roles = new Map<string, AccountRole>();
  for (const account of Object.values(clearing)) roles.set(nameOf(account), "clearing");
  for (const [role, account] of Object.entries(accounts)) {
    roles.set(nameOf(account), role as AccountRole);
  }
  return roles;
}

async function readMonth(file: string): Promise<ReadFile> {
  const { mtimeMs, size } = await stat(file);
  const version = `${mtimeMs}/${size}`;
  const known = files.get(file);
  if (known?.version === version) return known;
  const entries = new Map<string, ReadEntry[]>();
  for (const block of (await readFile(file, "utf8")).split("\n\n")) {
    const entry = readEntry(block);
    if (!entry) continue;
    const prefix = entry.number.slice(0, entry.number.lastIndexOf("/") + 1);
    entries.set(prefix, [...(entries.get(prefix) ?? []), entry]);
  }
  const read = { version, entries };
  files.set(file, read);
  return read;
}

const NUMBER = /^ +;? ?number: "?([^"\n]+?)"?$/m;
const TOTAL = /^ +;? ?total: "?(-?[\d.]+)"?$/m;
const JOURNAL_LINE = /^ {4}(\S.*?) {2,}([A-Z]{3}) (-?[\d.]+)/gm;
const BEANCOUNT_LINE = /^ {2}(\S+) +(-?[\d.]+) ([A-Z]{3})$/gm;

function readEntry(block: string): ReadEntry | undefined {
  const number = NUMBER.exec(block)?.[1];
  const total = TOTAL.exec(block)?.[1];
  if (number === undefined || total === undefined) return undefined;
  const rows = [
    ...[...block.matchAll(JOURNAL_LINE)].map(([, account, code, amount]) => [
      account,
      amount,
      code,
    ]),
    ...[...block.matchAll(BEANCOUNT_LINE)].map(([, account, amount, code]) => [
      account,
      amount,
      code,
    ]),
  ];
  const lines = rows.map(([account = "", amount = "", code = ""]) => ({
    account,
    amountMinor: parseMoney(amount, code).amountMinor,
  }));
  const currency = rows[0]?.[2] ?? "EUR";
  const kind = number.slice(number.lastIndexOf("/") + 1).split(":")[0] as DocumentKind;
  return { number, kind, totalMinor: parseMoney(total, currency).amountMinor, lines };
}
