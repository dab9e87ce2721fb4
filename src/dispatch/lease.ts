import type { Knex } from "knex";

import type { Fence } from "../effects/fence.ts";
import { HandedBackError } from "../effects/handed-back.ts";
import { LEASE_MS, type LaneStore, type LeasedJob } from "./lane-store.ts";

/** Acting ends this long before the lease does: what has just begun needs time to be given up. */
const MARGIN_MS = 1_500;

/**
 * The right to run one job. The database says whose a lane is; when it cannot be asked, this clock
 * says how long the last answer is good for.
 */
export class Lease implements Fence {
  readonly token: string;
  readonly #lanes: LaneStore;
  readonly #laneId: number;
  readonly #over = new AbortController();
  #safeUntilMs: number;

  /** @param askedAtMs `performance.now()` before the lane was taken. */
  constructor(
    lanes: LaneStore,
    { laneId, token }: Pick<LeasedJob, "laneId" | "token">,
    askedAtMs: number,
  ) {
    this.#lanes = lanes;
    this.#laneId = laneId;
    this.token = token;
    this.#safeUntilMs = safeUntil(askedAtMs);
  }

  /** Aborted when the lease is lost or given up. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  async hold(trx: Knex.Transaction): Promise<void> {
    if (await this.#lanes.hold(trx, this.#laneId, this.token)) return;
    throw this.end("another process has the job");
  }

  renewed(askedAtMs: number): void {
    this.#safeUntilMs = Math.max(this.#safeUntilMs, safeUntil(askedAtMs));
  }

  remainingMs(): number {
    return this.#over.signal.aborted ? 0 : this.#safeUntilMs - performance.now();
  }

  /** Ends a lease that could not be renewed in time, before anybody else may have the lane. */
  endIfOver(): void {
    if (this.remainingMs() > 0) return;
    this.end("the lease could not be renewed in time");
  }

  /** Stops the handler. @returns what it is stopped with. */
  end(why: string, delayMs?: number): HandedBackError {
    const error = new HandedBackError(
      `handed back: ${why}`,
      delayMs === undefined ? {} : { delayMs },
    );
    this.#over.abort(error);
    return error;
  }
}

function safeUntil(askedAtMs: number): number {
  return askedAtMs + LEASE_MS - MARGIN_MS;
}
