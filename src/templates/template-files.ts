import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";

import { ConfigurationError } from "../sdk/errors.ts";

/** What a template falls back to, file by file: `voucher-mail/mine` to `voucher-mail/default`. */
const DEFAULT = "default";

interface Kept {
  stamp: string;
  value: unknown;
}

/** Finds and reads the files of templates; keeps what was made of them until a file changes. */
export class TemplateFiles {
  private readonly folders: readonly string[];
  private readonly kept = new Map<string, Kept>();

  /** @param folders Searched in this order, so the operator's own come first. */
  constructor(folders: readonly string[]) {
    this.folders = folders;
  }

  /**
   * Folders that may hold files of a template, best first: its own in each of the folders, then
   * those of the `default` beside it, so that an own template holds only what differs.
   *
   * @throws ConfigurationError when the name is no plain path, or no folder has such a template.
   */
  async foldersOf(name: string): Promise<string[]> {
    for (const segment of name.split("/")) assertPlain(segment, name);
    const own = this.folders.map((folder) => join(folder, name));
    if (!(await anyExists(own))) throw missing(`template "${name}"`, own);
    const parent = name.split("/").slice(0, -1);
    const spare = [...parent, DEFAULT].join("/");
    return spare === name ? own : [...own, ...this.folders.map((folder) => join(folder, spare))];
  }

  /** The first of the files that exists: folder by folder of one template, then its default. */
  async find(name: string, files: readonly string[]): Promise<string | undefined> {
    const folders = await this.foldersOf(name);
    for (const group of chunks(folders, this.folders.length)) {
      for (const file of files) {
        for (const folder of group) {
          const path = join(folder, file);
          if (await exists(path)) return path;
        }
      }
    }
    return undefined;
  }

  /** Every existing copy of a file, the least important first: to be laid over each other. */
  async findAll(name: string, file: string): Promise<string[]> {
    const paths = (await this.foldersOf(name)).map((folder) => join(folder, file));
    const found = await Promise.all(paths.map(exists));
    return paths.filter((_, index) => found[index]).reverse();
  }

  /**
   * Reads a file through `parse`, again only when it has changed since.
   *
   * @param as Tells apart what several parsers make of one file.
   */
  async load<Value>(path: string, parse: (text: string) => Value, as = ""): Promise<Value> {
    const { mtimeMs, size } = await stat(path);
    const stamp = `${mtimeMs}/${size}`;
    const key = `${as} ${path}`;
    const kept = this.kept.get(key);
    if (kept?.stamp === stamp) return kept.value as Value; // what the same parser made of it
    const value = parse(await readFile(path, "utf8"));
    this.kept.set(key, { stamp, value });
    return value;
  }

  missing(what: string, name: string): ConfigurationError {
    return missing(
      what,
      this.folders.map((folder) => join(folder, name)),
    );
  }
}

/** @throws ConfigurationError for anything that could leave the folder. */
export function assertPlain(segment: string, within = segment): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(segment) || segment.includes("..")) {
    throw new ConfigurationError(`not the name of a template or of a part of one: "${within}"`);
  }
}

function missing(what: string, paths: readonly string[]): ConfigurationError {
  return new ConfigurationError(`no ${what}; looked in ${paths.join(", ")}`);
}

function chunks<Item>(list: readonly Item[], size: number): Item[][] {
  const count = size === 0 ? 0 : list.length / size;
  return Array.from({ length: count }, (_, index) => list.slice(index * size, (index + 1) * size));
}

async function anyExists(paths: readonly string[]): Promise<boolean> {
  return (await Promise.all(paths.map(exists))).includes(true);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}
