import { setTimeout as sleep } from "node:timers/promises";

import type { Database } from "../../src/db/database.ts";
import { stillMoving } from "./evidence.ts";

const POLL_MS = 500;

/**
 * How much waits. While it is too much the load holds back: otherwise most of the work would be
 * done after the faults, in peace, and prove little.
 */
export class Backlog {
  readonly #db: Database;
  readonly #limit: number;
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();
  #isFull = false;

  constructor(db: Database, limit: number) {
    this.#db = db;
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  start(): void {
    this.#loop = this.#watch(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        this.#isFull = (await stillMoving(this.#db)) > this.#limit;
      } catch {
        // The database is away, which is when calls must come all the more.
        this.#isFull = false;
      }
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
