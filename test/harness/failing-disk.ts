import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface FailingDisk {
  /** Variables of a process whose disk can be made to fail. */
  env: Record<string, string>;
  /** `fsync`: ends with EIO. `write`: ends with ENOSPC. */
  fail(what: "fsync" | "write"): void;
  mend(): void;
}

/** Compiles the shim that fails a process's disk on command. Needs a C compiler. */
export function failingDisk(folder: string): FailingDisk {
  const source = join(process.cwd(), "test/harness/failing-disk.c");
  const library = join(folder, "failing-disk.so");
  const control = join(folder, "failing");
  const compiled = spawnSync("cc", ["-shared", "-fPIC", "-o", library, source, "-ldl"]);
  if (compiled.status !== 0) throw new Error(`cc: ${compiled.stderr.toString()}`);
  const mend = () => {
    rmSync(control, { recursive: true, force: true });
    mkdirSync(control);
  };
  mend();
  return {
    env: { LD_PRELOAD: library, FAILING_DISK: control },
    fail: (what) => {
      writeFileSync(join(control, what), "");
    },
    mend,
  };
}
