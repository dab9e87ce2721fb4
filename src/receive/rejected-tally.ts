import type { HourlyCounts } from "../db/hourly-counts.ts";
import { inTime } from "../process/in-time.ts";
import { Trouble } from "../process/trouble.ts";
import { Wake } from "../process/wake.ts";
import type { Log } from "../sdk/context.ts";
import type { ReceiveStats } from "./receive-stats.ts";

const ROUND_MS = 30_000;
/** What could not be added at a stop is lost: it is a count, not a call. */
const PATIENCE_MS = 2_000;

/** The turned away calls of a connection in each hour. */
export function rejectedOf(connection: string): string {
  return `rejected:${connection}`;
}

export interface RejectedTallyParts {
  stats: ReceiveStats;
  hourly: Pick<HourlyCounts, "add">;
  log: Log;
  roundMs?: number;
}

/**
 * Adds the calls that this process has turned away to the counts of the installation, now and then
 * and away from the path of the calls: whoever floods us with wrong tokens makes no work here.
 */
export class RejectedTally {
  readonly #parts: RejectedTallyParts;
  readonly #wake = new Wake();
  #isStopping = false;
  #loop: Promise<void> = Promise.resolve();
  readonly #trouble = new Trouble((error) => {
    this.#parts.log.warn({ error }, "turned away calls were not counted yet");
  });

  constructor(parts: RejectedTallyParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#loop = this.#run();
  }

  async end(): Promise<void> {
    this.#isStopping = true;
    this.#wake.call();
    await inTime(this.#loop, PATIENCE_MS);
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      await this.#wake.sleep(this.#parts.roundMs ?? ROUND_MS);
      await this.flush();
    }
  }

  /** Adds what has come since the last time; what cannot be added is kept for the next. */
  async flush(): Promise<void> {
    const { stats, hourly } = this.#parts;
    const rejected = stats.takeRejected();
    if (rejected.size === 0) return;
    try {
      await hourly.add(new Map([...rejected].map(([name, calls]) => [rejectedOf(name), calls])));
    } catch (error) {
      for (const [name, calls] of rejected) stats.noteRejected(name, calls);
      this.#trouble.note(error);
    }
  }
}
