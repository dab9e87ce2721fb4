import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = "/usr/lib";
const LIBRARY = "faketime/libfaketimeMT.so.1";

/** Debian's faketime, in the folder of this machine's kind. */
export function findFaketime(): string | undefined {
  const folders = [...readdirSync(FOLDER).map((name) => join(FOLDER, name)), FOLDER];
  return folders.map((folder) => join(folder, LIBRARY)).find((file) => existsSync(file));
}

/** The wall clock that a process sees, which can jump while it runs. Elapsed time stays true. */
export class FakeClock {
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;

  constructor(library: string, file: string) {
    this.#file = file;
    this.set(0);
    this.env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      FAKETIME_DISABLE_SHM: "1",
      NO_FAKE_STAT: "1",
    };
  }

  /** @param seconds How far it is ahead of the true time; negative: behind. */
  set(seconds: number): void {
    writeFileSync(this.#file, `${seconds < 0 ? "-" : "+"}${Math.abs(seconds)}\n`);
  }
}

/** What a killed process leaves behind, locked: the next one of the same number would wait for it. */
export function tidyAfter(pid: number | undefined): void {
  for (const name of ["faketime_shm_", "sem.faketime_sem_"]) {
    rmSync(`/dev/shm/${name}${pid ?? ""}`, { force: true });
  }
}
