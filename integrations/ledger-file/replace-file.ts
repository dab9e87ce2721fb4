import { randomUUID } from "node:crypto";
import { open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

const ASIDE = ".new";
/** Longer than any writing takes: what is older was left by a process that died. */
const LEFT_MS = 60 * 60_000;

/**
 * Puts a text in place of a file. A reader has the old one or the new one, never a part, and so has
 * the disk after a power cut.
 */
export async function replaceFile(file: string, text: string): Promise<void> {
  // Another process may be writing the same file: each has its own until it is whole.
  const aside = `${file}.${randomUUID()}${ASIDE}`;
  try {
    await writeDurably(aside, text);
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The new name has to be on the disk too. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return; // opens no folders
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes what processes have left that died while they wrote. */
export async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith(ASIDE)) continue;
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > LEFT_MS)
      await rm(join(folder, name), { force: true });
  }
}

/** @returns an empty text when there is none. */
export async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** The beginning of a file, for those that may be long. */
export async function firstLine(file: string): Promise<string> {
  const handle = await open(file, "r").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
  if (!handle) return "";
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(200), 0, 200, 0);
    return buffer.toString("utf8", 0, bytesRead).split("\n")[0] ?? "";
  } finally {
    await handle.close();
  }
}
