import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";

import { PermanentError } from "#sdk";

import type { JournalEntry } from "./entries.ts";
import type { JournalFormat } from "./journal-format.ts";

const HEAD = "; Written by Bellhop from what it has posted: changes made here are lost.\n";

/**
 * Writes a month of the journal anew, aside, and puts it in place of the old one. A reader sees the
 * month before or after, never half of it.
 *
 * @param month `2026-11`
 * @throws PermanentError when an entry does not balance: no journal is better than a wrong one.
 */
export async function writeMonth(
  folder: string,
  format: JournalFormat,
  month: string,
  entries: readonly JournalEntry[],
): Promise<void> {
  for (const entry of entries) checkBalance(entry);
  await mkdir(folder, { recursive: true });
  const parties = [...new Set(entries.map(({ party }) => party))].toSorted();
  const blocks = [format.declareParties(parties), ...entries.map((entry) => format.entry(entry))];
  const text = blocks.filter((block) => block !== "").join("\n\n");
  await declare(folder, format, entries);
  await replaceFile(join(folder, `${month}.${format.ending}`), `${HEAD}\n${text}\n`);
  await writeMain(folder, format);
}

function checkBalance({ number, lines }: JournalEntry): void {
  const sum = lines.reduce((total, { amountMinor }) => total + amountMinor, 0);
  if (sum !== 0) throw new PermanentError(`${number} does not balance: it is off by ${sum}`);
}

/** Accounts stay declared when the settings name others: months before still use them. */
async function declare(
  folder: string,
  format: JournalFormat,
  entries: readonly JournalEntry[],
): Promise<void> {
  const file = join(folder, `accounts.${format.ending}`);
  const before = await readIfThere(file);
  const known = before.slice(HEAD.length).split("\n\n");
  const currencies = entries.map(({ currency }) => format.declareCurrency(currency));
  const accounts = entries.flatMap(({ lines }) =>
    lines.map(({ account }) => format.declareAccount(account)),
  );
  const all = new Set([...known, ...currencies, ...accounts].map((block) => block.trim()));
  const text = `${HEAD}\n${[...all]
    .filter((block) => block !== "")
    .toSorted()
    .join("\n\n")}\n`;
  if (text !== before) await replaceFile(file, text);
}

/** The file that a reader opens: it includes all the others, in the order of time. */
async function writeMain(folder: string, format: JournalFormat): Promise<void> {
  const { ending } = format;
  const names = (await readdir(folder)).filter((name) => isMonth(name, ending)).toSorted();
  const includes = [`accounts.${ending}`, ...names].map((name) => format.include(name));
  const file = join(folder, `main.${ending}`);
  const text = `${HEAD}\n${includes.join("\n")}\n`;
  if ((await readIfThere(file)) !== text) await replaceFile(file, text);
}

export function isMonth(name: string, ending: string): boolean {
  return name.endsWith(`.${ending}`) && /^\d{4}-\d{2}\.[a-z]+$/.test(name);
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** Durable before it is in place: after a power cut there is the old file or the new one. */
async function replaceFile(file: string, text: string): Promise<void> {
  const aside = `${file}.new`;
  const handle = await open(aside, "w");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, file);
}
