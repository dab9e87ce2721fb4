import type { Database } from "../db/database.ts";
import { messageOf } from "../sdk/errors.ts";
import type { ReceiveStats } from "./receive-stats.ts";

const PROBE_MS = 2_000;
/** Several watchers share one probe. */
const FRESH_MS = 1_000;

/** Whether a request would be stored now. */
export class Readiness {
  readonly #db: Database;
  readonly #stats: ReceiveStats;
  #probedAt = -Infinity;
  #probe: Promise<string | undefined> = Promise.resolve(undefined);

  constructor(db: Database, stats: ReceiveStats) {
    this.#db = db;
    this.#stats = stats;
  }

  /** @returns why not; undefined when it can store. */
  async reason(): Promise<string | undefined> {
    if (performance.now() - this.#probedAt > FRESH_MS) {
      this.#probedAt = performance.now();
      this.#probe = this.#probeStore();
    }
    return this.#probe;
  }

  async #probeStore(): Promise<string | undefined> {
    try {
      await withTimeout(this.#writeProbe(), PROBE_MS);
      this.#stats.isStoring = true;
      return undefined;
    } catch (error) {
      const failure = this.#db.failureOf(error);
      return failure === "unavailable"
        ? `the store is not available: ${shortReason(error)}`
        : shortReason(error);
    }
  }

  /** A store can be readable and full: only a write tells. */
  async #writeProbe(): Promise<void> {
    await this.#db.transaction(async (trx) => {
      const value = Buffer.from(String(Date.now()));
      await trx("facts").insert({ name: "readiness", value }).onConflict("name").merge();
    });
  }
}

function shortReason(error: unknown): string {
  return messageOf(error).split(" - ").at(-1) ?? "unknown";
}

async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${ms} ms`));
    }, ms);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
