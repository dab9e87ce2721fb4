import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { importWithKills, type KilledImport } from "../harness/killed-import.ts";
import type { Bench } from "./processes.ts";

const BOOKINGS = 100_000;
const KILLS = 5;
const TOLD_EVERY = 10_000;

export interface ImportRow extends Omit<KilledImport, "memoryMiB"> {
  /** Most memory in the first and in the last third of the last life, MiB. */
  earlyMiB: number;
  lateMiB: number;
}

/** Whether an import of a busy operator's years is complete, silent, and needs no more memory late than early. */
export async function measureImport({ folder }: Bench): Promise<ImportRow> {
  const own = join(folder, "import");
  mkdirSync(own, { recursive: true });
  let told = -1;
  const { memoryMiB, ...imported } = await importWithKills({
    folder: own,
    bookings: BOOKINGS,
    kills: KILLS,
    onProgress(known) {
      const step = Math.floor(known / TOLD_EVERY);
      if (step === told) return;
      told = step;
      process.stderr.write(`import: ${known} of ${BOOKINGS}\n`);
    },
  });
  const last = memoryMiB.at(-1) ?? [];
  const third = Math.ceil(last.length / 3);
  return {
    ...imported,
    earlyMiB: Math.max(...last.slice(0, third)),
    lateMiB: Math.max(...last.slice(-third)),
  };
}
