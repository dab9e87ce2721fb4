import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";

import { ConfigurationError } from "#sdk";

import type { JournalEntry } from "./entries.ts";
import type { JournalFormat } from "./journal-format.ts";
import { firstLine, readIfThere, replaceFile, sweep } from "./replace-file.ts";

/** Where a journal lies, how it is written, and whose it is. */
export interface Books {
  folder: string;
  format: JournalFormat;
  /** Name of the instance in the configuration: another one has other documents. */
  owner: string;
}

/** Folders in which this process has looked for what others left. */
const swept = new Set<string>();

/**
 * Writes a month of the journal anew, aside, and puts it in place of the old one. A reader sees the
 * month before or after, never half of it.
 *
 * @param month `2026-11`
 * @throws ConfigurationError when files there are not ours.
 */
export async function writeMonth(
  { folder, format, owner }: Books,
  month: string,
  entries: readonly JournalEntry[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (!swept.has(folder)) await sweep(folder);
  swept.add(folder);
  const head = headOf(owner);
  const file = join(folder, `${month}.${format.ending}`);
  await expectOurs([join(folder, `main.${format.ending}`), file], owner);
  const parties = [...new Set(entries.map(({ party }) => party))].toSorted();
  const blocks = [...entries.map((entry) => format.entry(entry)), format.declareParties(parties)];
  // Declared before they are used, and a month is there before it is included.
  await declare({ folder, format, owner }, entries);
  await replaceFile(file, `${[head, ...blocks].filter((block) => block !== "").join("\n\n")}\n`);
  await writeMain({ folder, format, owner });
}

function headOf(owner: string): string {
  return `; Books of ${owner}, written by Bellhop from what it has posted: changes made here are lost.`;
}

/** What is overwritten was written by us: not by hand, and not by another instance. */
async function expectOurs(files: readonly string[], owner: string): Promise<void> {
  for (const file of files) {
    const line = await firstLine(file);
    if (line === "" || line === headOf(owner)) continue;
    const other = /^; Books of (.+), written by Bellhop/.exec(line)?.[1];
    const whose = other === undefined ? "was not written by Bellhop" : `are the books of ${other}`;
    throw new ConfigurationError(`${file}: these ${whose}: give ${owner} another path`, {
      mayHaveHappened: true,
    });
  }
}

/** Accounts stay declared when the settings name others: months before still use them. */
async function declare({ folder, format, owner }: Books, entries: readonly JournalEntry[]) {
  const file = join(folder, `accounts.${format.ending}`);
  const before = await readIfThere(file);
  const known = before.split("\n\n").slice(1);
  const currencies = entries.map(({ currency }) => format.declareCurrency(currency));
  const accounts = entries.flatMap(({ lines }) =>
    lines.map(({ account }) => format.declareAccount(account)),
  );
  const declared = [...known, ...currencies, ...accounts, format.declareTags()];
  const all = new Set(declared.map((block) => block.trim()).filter((block) => block !== ""));
  const text = `${[headOf(owner), ...[...all].toSorted()].join("\n\n")}\n`;
  if (text !== before) await replaceFile(file, text);
}

/** The file that a reader opens: it includes all the others, in the order of time. */
async function writeMain({ folder, format, owner }: Books): Promise<void> {
  const { ending } = format;
  const names = (await readdir(folder)).filter((name) => isMonth(name, ending)).toSorted();
  const includes = [`accounts.${ending}`, ...names].map((name) => format.include(name));
  const file = join(folder, `main.${ending}`);
  const text = `${headOf(owner)}\n\n${includes.join("\n")}\n`;
  if ((await readIfThere(file)) !== text) await replaceFile(file, text);
}

export function isMonth(name: string, ending: string): boolean {
  return name.endsWith(`.${ending}`) && /^\d{4}-\d{2}\.[a-z]+$/.test(name);
}
