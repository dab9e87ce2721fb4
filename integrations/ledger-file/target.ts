import { join, resolve } from "node:path";

import { ConfigurationError, PermanentError } from "#sdk";
import {
  type AccountingDocument,
  type AccountingTarget,
  documentOf,
  type Posting,
  type TargetContext,
} from "#sdk/accounting";

import type { LedgerFileConfig } from "./config.ts";
import { type JournalEntry, linesOf, type PostingLine } from "./entries.ts";
import { beancount, journal, type JournalFormat } from "./journal-format.ts";
import { MonthQueue } from "./month-queue.ts";
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
  atOnce: 64,

  async post({ document, number }: Posting, context) {
    const { config, dataFolder } = context;
    const sum = imbalanceOf(linesOf(document, config.accounts));
    if (sum !== 0) throw new PermanentError(`${number} does not balance: it is off by ${sum}`);
    const month = document.on.slice(0, 7);
    const place = placeOf(config, dataFolder);
    const write = () => bring(place, month, context);
    await explained(place.folder, () => months.run(`${place.folder}/${month}`, write));
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

/**
 * Brings a month to what the ledger says. Another process may write it too, when it takes over or
 * runs the work by the clock: whoever writes last has seen what the other one had begun.
 */
async function bring(
  place: Place,
  month: string,
  context: TargetContext<LedgerFileConfig>,
): Promise<void> {
  let { owner, entries } = await readMonth(month, context);
  for (;;) {
    await writeMonth({ ...place, owner }, month, entries);
    const since = await readMonth(month, context);
    if (isSame(entries, since.entries)) return;
    ({ owner, entries } = since);
  }
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

function isSame(one: Month["entries"], other: Month["entries"]): boolean {
  return (
    one.length === other.length &&
    one.every(({ position }, index) => position === other[index]?.position)
  );
}

function entryOf(
  document: AccountingDocument,
  { number, title }: { number: string; title: string },
  { accounts }: LedgerFileConfig,
): JournalEntry {
  const { on, currency, party, note, kind, totalMinor, key } = document;
  const ordinal = key.slice(key.lastIndexOf(":") + 1);
  const name = kind.replace("_", " ");
  return {
    ...{ on, currency, number, party, kind, totalMinor },
    text: `${name.charAt(0).toUpperCase()}${name.slice(1)} ${ordinal}: ${title}`,
    ...(note !== undefined && { note }),
    lines: linesOf(document, accounts),
  };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** What the disk says, in words that help. */
async function explained(folder: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR") {
      throw new ConfigurationError(`${folder} cannot be written (${code}): correct path`, {
        cause: error,
        mayHaveHappened: true,
      });
    }
    throw error;
  }
}
