import type { Database } from "../db/database.ts";
import { inTime } from "../process/in-time.ts";
import type { Intake } from "../spool/intake.ts";
import type { Spool } from "../spool/spool.ts";
import { messageOf } from "../sdk/errors.ts";
import type { ReceiveStats } from "./receive-stats.ts";

const PROBE_MS = 2_000;
/** Several watchers share one probe. */
const FRESH_MS = 1_000;

export interface ReadinessParts {
  db: Database;
  stats: ReceiveStats;
  intake: Pick<Intake, "isSpooling">;
  /** Only where deliveries are received beside a database server. */
  spool: Spool | undefined;
}

/** Whether a request would be stored now, and how it stands in a few words. */
export interface ReadinessState {
  isReady: boolean;
  text: string;
}

/** Finds out whether a request would be stored now. */
export class Readiness {
  readonly #parts: ReadinessParts;
  #probedAt = -Infinity;
  #probe: Promise<ReadinessState> = Promise.resolve({ isReady: true, text: "ready" });
  /** A write that has not come back. A database that hangs is not given another one. */
  #writing: Promise<void> | undefined;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
  }

  async state(): Promise<ReadinessState> {
    if (performance.now() - this.#probedAt > FRESH_MS) {
      this.#probedAt = performance.now();
      this.#probe = this.#find();
    }
    return this.#probe;
  }

  async #find(): Promise<ReadinessState> {
    const { spool, intake, stats } = this.#parts;
    const fault = await this.#storeFault();
    if (fault === undefined && !intake.isSpooling) {
      stats.isStoring = true;
      return { isReady: true, text: "ready" };
    }
    if (!spool) return { isReady: false, text: fault ?? "the store has not been opened yet" };
    const why = fault ?? "the store is back, the spool is being drained";
    try {
      spool.probe();
      return { isReady: true, text: `spooling: ${spool.rows} deliveries wait here: ${why}` };
    } catch (error) {
      return { isReady: false, text: `${why}; ${messageOf(error)}` };
    }
  }

  /** @returns why the store cannot be written; undefined when it can. */
  async #storeFault(): Promise<string | undefined> {
    try {
      this.#writing ??= this.#writeProbe().finally(() => (this.#writing = undefined));
      const isAnswered = await inTime(this.#writing, PROBE_MS);
      return isAnswered ? undefined : `no answer within ${PROBE_MS} ms`;
    } catch (error) {
      const failure = this.#parts.db.failureOf(error);
      return failure === "unavailable"
        ? `the store is not available: ${shortReason(error)}`
        : shortReason(error);
    }
  }

  /** A store can be readable and full: only a write tells. */
  async #writeProbe(): Promise<void> {
    await this.#parts.db.transaction(async (trx) => {
      const value = Buffer.from(String(Date.now()));
      await trx("facts").insert({ name: "readiness", value }).onConflict("name").merge();
    });
  }
}

function shortReason(error: unknown): string {
  return messageOf(error).split(" - ").at(-1) ?? "unknown";
}
