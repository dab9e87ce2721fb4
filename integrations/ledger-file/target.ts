import { join, resolve } from "node:path";

import { ConfigurationError, PermanentError, RetryableError } from "#sdk";
import {
  type AccountingDocument,
  type AccountingTarget,
  documentOf,
  type Posting,
  type TargetContext,
} from "#sdk/accounting";

import type { LedgerFileConfig } from "./config.ts";
import { type JournalEntry, linesOf, type PostingLine, wordsOf } from "./entries.ts";
import { beancount, journal, type JournalFormat } from "./journal-format.ts";
import { MonthQueue, type Upkeep } from "./month-queue.ts";
import { readBooks } from "./read-books.ts";
import { writeMonth } from "./write-month.ts";

const FORMATS: Readonly<Record<LedgerFileConfig["format"], JournalFormat>> = { journal, beancount };

const months = new MonthQueue();

/**
 * The journal as a target. It is what the ledger of effects says, a month per file: posting a document
 * is writing its month anew, so that no crash can leave one out or in twice.
 */
export const ledgerFile: AccountingTarget<LedgerFileConfig> = {
  // Documents that come meanwhile share the next writing of their month; one process writes.
  atOnce: 256,

  async post({ document, number }: Posting, context) {
    const { config, dataFolder } = context;
    const sum = imbalanceOf(linesOf(document, config.accounts));
    if (sum !== 0) throw new PermanentError(`${number} does not balance: it is off by ${sum}`);
    const month = document.on.slice(0, 7);
    const place = placeOf(config, dataFolder);
    const upkeep = upkeepOf(place, month, context);
    await explained(place.folder, () => months.run(`${place.folder}/${month}`, number, upkeep));
    return { externalId: number, link: join(place.folder, `${month}.${place.format.ending}`) };
  },

  read: (prefix, _, { config, dataFolder }) =>
    readBooks(placeOf(config, dataFolder), prefix, config.accounts),
};

/** Where the journal lies, and how it is written. */
export interface Place {
  folder: string;
  format: JournalFormat;
}

export function placeOf({ path, format }: LedgerFileConfig, dataFolder: string): Place {
  return { folder: resolve(dataFolder, path), format: FORMATS[format] };
}

interface Month {
  /** Name of the instance. */
  owner: string;
  entries: (JournalEntry & { position: number })[];
}

function upkeepOf(
  place: Place,
  month: string,
  context: TargetContext<LedgerFileConfig>,
): Upkeep<Month> {
  return {
    read: () => readMonth(month, context),
    write: ({ owner, entries }) => writeMonth({ ...place, owner }, month, entries),
    differences: (written, since) =>
      onlyInOne(
        written.entries.map(({ number }) => number),
        since.entries.map(({ number }) => number),
      ),
  };
}

function onlyInOne(one: readonly string[], other: readonly string[]): string[] {
  const [first, second] = [new Set(one), new Set(other)];
  return [
    ...one.filter((number) => !second.has(number)),
    ...other.filter((number) => !first.has(number)),
  ];
}

async function readMonth(
  month: string,
  { entriesOf, config }: TargetContext<LedgerFileConfig>,
): Promise<Month> {
  let owner = "";
  const entries: Month["entries"] = [];
  for await (const filed of entriesOf(month)) {
    const found = documentOf(filed);
    if (!found) continue;
    owner = filed.handler.slice(0, filed.handler.lastIndexOf("/"));
    const entry = entryOf(found.document, found, config);
    // What does not balance fails by itself; until it has, it must not keep the others out.
    if (imbalanceOf(entry.lines) === 0) entries.push({ ...entry, position: filed.position });
  }
  return {
    owner,
    entries: entries.toSorted((a, b) => compare(a.on, b.on) || a.position - b.position),
  };
}

function imbalanceOf(lines: readonly PostingLine[]): number {
  return lines.reduce((total, { amountMinor }) => total + amountMinor, 0);
}

function entryOf(
  document: AccountingDocument,
  { number, title }: { number: string; title: string },
  { accounts }: LedgerFileConfig,
): JournalEntry {
  const { on, currency, party, note, kind, totalMinor } = document;
  return {
    ...{ on, currency, number, party, kind, totalMinor },
    text: kind === "takings" ? title : `${wordsOf(document)}: ${title}`,
    ...(note !== undefined && { note }),
    lines: linesOf(document, accounts),
  };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

const REFUSED: readonly string[] = ["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"];
const FULL: readonly string[] = ["ENOSPC", "EDQUOT"];

/** What the disk says, in words that help. A month that was not written may still be in place. */
async function explained(folder: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    const details = { cause, mayHaveHappened: true };
    if (REFUSED.includes(code))
      throw new ConfigurationError(`${folder} cannot be written (${code}): correct path`, details);
    if (FULL.includes(code))
      throw new RetryableError(`the disk of ${folder} is full (${code}): make room`, details);
    throw cause;
  }
}
