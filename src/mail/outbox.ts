import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

import { ConfigurationError, messageOf, RetryableError } from "../sdk/errors.ts";

/** Mails as `.eml` files, which every mail program opens. */
export interface Outbox {
  readonly folder: string;
  /** Writes the whole file or none of it; an older one of the same name is replaced. */
  write(name: string, content: Buffer): Promise<string>;
  /** @returns undefined when there is no such file. */
  read(name: string): Promise<{ path: string; content: Buffer } | undefined>;
  /** @throws ConfigurationError when the folder cannot be written to. */
  check(): Promise<void>;
}

export function createOutbox(folder: string): Outbox {
  return {
    folder,
    write: (name, content) => guarded(folder, () => writeAside(folder, name, content)),
    read: (name) => guarded(folder, () => readIfThere(join(folder, name))),
    check: () =>
      guarded(folder, async () => {
        const probe = `.check-${randomUUID()}`;
        await rm(await writeAside(folder, probe, Buffer.alloc(0)));
      }),
  };
}

/** A reader of the folder never sees half a mail, and a crash leaves at most a hidden file. */
async function writeAside(folder: string, name: string, content: Buffer): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  const aside = join(folder, `.${name.slice(0, 60)}-${randomUUID()}.tmp`);
  try {
    await writeDurably(aside, content);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncFolder(folder);
  return path;
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(path, "wx", 0o600); // mails are about guests
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without this a power cut may lose the name of a file whose content is safe. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readIfThere(path: string) {
  try {
    return { path, content: await readFile(path) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function guarded<Value>(folder: string, run: () => Promise<Value>): Promise<Value> {
  try {
    return await run();
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    const why = `the outbox ${folder} cannot be used: ${messageOf(cause)}`;
    if (["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"].includes(code)) {
      throw new ConfigurationError(why, { cause });
    }
    throw new RetryableError(why, { cause });
  }
}
