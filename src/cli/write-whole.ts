import { randomUUID } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Nobody finds half a file under the name, nor may others read what is in it. @returns its path. */
export function writeWhole(out: string, content: Buffer): string {
  const file = resolve(out);
  const unfinished = join(dirname(file), `.${randomUUID()}.tmp`);
  try {
    writeFileSync(unfinished, content, { flag: "wx", mode: 0o600 });
    renameSync(unfinished, file);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    const why = (cause as NodeJS.ErrnoException).code ?? "unknown";
    throw new Error(`cannot write ${file} (${why}): correct --out`, { cause });
  }
  return file;
}
