import { spawnSync } from "node:child_process";
import { closeSync, fstatSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

import Sqlite from "better-sqlite3";

const MEBIBYTE = 1024 * 1024;

/** A small file system in memory, for the embedded store, that can be filled to the last byte and freed again. */
export class SmallDisk {
  readonly #folder: string;
  readonly #ballast: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#ballast = join(folder, "ballast");
  }

  /** @returns undefined where this user may not mount. */
  static mount(folder: string, mebibytes: number): SmallDisk | undefined {
    mkdirSync(folder, { recursive: true });
    const options = `size=${mebibytes}m,mode=0700`;
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]);
    return status === 0 ? new SmallDisk(folder) : undefined;
  }

  /** @param database Its log is shortened first: written anew in place, it would need no room. */
  fill(database: string): void {
    shortenLog(database);
    const file = openSync(this.#ballast, "a");
    const block = Buffer.alloc(MEBIBYTE);
    try {
      for (let size = MEBIBYTE; size >= 512; size /= 2) {
        while (canWrite(file, block.subarray(0, size)));
      }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  unmount(): void {
    spawnSync("umount", ["-l", this.#folder]);
  }
}

function shortenLog(file: string): void {
  const connection = new Sqlite(file, { timeout: 500 });
  try {
    connection.pragma("wal_checkpoint(TRUNCATE)");
  } catch (error) {
    // Somebody writes: the disk is full all the same, as soon as the log must grow.
    if (!(error instanceof Sqlite.SqliteError)) throw error;
  } finally {
    connection.close();
  }
}

function canWrite(file: number, block: Buffer): boolean {
  const before = fstatSync(file).size;
  try {
    return writeSync(file, block) === block.length || fstatSync(file).size > before;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") return false;
    throw error;
  }
}
