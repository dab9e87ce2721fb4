import { join, resolve } from "node:path";

import { ConfigurationError } from "#sdk";
import {
  type AccountingDocument,
  type AccountingTarget,
  documentOf,
  type Posting,
  type TargetContext,
} from "#sdk/accounting";

import type { LedgerFileConfig } from "./config.ts";
import { type JournalEntry, linesOf } from "./entries.ts";
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
    const month = document.on.slice(0, 7);
    const place = placeOf(context.config, context.dataFolder);
    const write = async () => {
      const entries = await entriesOf(month, context);
      await writeMonth(place.folder, place.format, month, entries);
    };
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

async function entriesOf(
  month: string,
  { entriesOf: read, config }: TargetContext<LedgerFileConfig>,
): Promise<JournalEntry[]> {
  const entries: (JournalEntry & { position: number })[] = [];
  for await (const entry of read(month)) {
    const found = documentOf(entry);
    if (found)
      entries.push({ ...entryOf(found.document, found, config), position: entry.position });
  }
  return entries.toSorted((a, b) => compare(a.on, b.on) || a.position - b.position);
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
