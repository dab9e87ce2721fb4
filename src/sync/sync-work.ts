import type { OwnedWork } from "../db/ownership.ts";
import { Trouble } from "../process/trouble.ts";
import { Wake } from "../process/wake.ts";
import type { Log } from "../sdk/context.ts";
import type { SyncRow, Syncs } from "./syncs.ts";

/** While one is under way; what is in line is run faster than it is put there. */
const BUSY_MS = 250;
const IDLE_MS = 2_000;

/** Keeps the lines filled of every sync that is under way. One process does it for all. */
export class SyncWork implements OwnedWork {
  readonly #syncs: Syncs;
  readonly #log: Log;
  readonly #wake = new Wake();
  readonly #trouble = new Trouble((error) => {
    this.#log.warn({ error }, "could not go on with a sync");
  });
  #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(syncs: Syncs, log: Log) {
    this.#syncs = syncs;
    this.#log = log;
  }

  begin(): void {
    this.#stopping = new AbortController();
    this.#loop = this.#run(this.#stopping.signal);
  }

  async end(): Promise<void> {
    this.#stopping.abort();
    this.#wake.call();
    await this.#loop;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#wake.sleep((await this.#round(signal)) ? BUSY_MS : IDLE_MS);
    }
  }

  /** @returns whether there is anything to come back for soon. */
  async #round(signal: AbortSignal): Promise<boolean> {
    try {
      const open = await this.#syncs.open();
      for (const row of open) await this.#goOn(row, signal);
      return open.length > 0;
    } catch (error) {
      this.#trouble.note(error);
      return false;
    }
  }

  async #goOn(begun: SyncRow, signal: AbortSignal): Promise<void> {
    try {
      const { id, state, moved } = await this.#syncs.goOn(begun, signal);
      if (state === "done") this.#log.info({ sync: id, bookings: moved }, "a sync is in line");
    } catch (error) {
      // Such as an instance that is in this process's configuration no more.
      this.#trouble.note(error);
    }
  }
}
