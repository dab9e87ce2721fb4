import type { OwnedWork } from "../db/ownership.ts";
import { Wake } from "../process/wake.ts";
import type { Log } from "../sdk/context.ts";
import type { ReplayRow } from "./replay-store.ts";
import type { Replays } from "./replays.ts";

const POLL_MS = 2_000;

/** Whoever began a replay and lives moves it on more often than this. */
const ABANDONED_MS = 5_000;

/** Goes on with replays whose process has died, or has left the rest to us. */
export class ReplayWork implements OwnedWork {
  readonly #replays: Replays;
  readonly #log: Log;
  readonly #wake = new Wake();
  #stopping = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(replays: Replays, log: Log) {
    this.#replays = replays;
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
      try {
        for (const replay of await this.#replays.abandoned(ABANDONED_MS)) {
          await this.#goOn(replay, signal);
        }
      } catch (error) {
        this.#log.error({ error }, "could not look for open replays");
      }
      await this.#wake.sleep(POLL_MS);
    }
  }

  async #goOn(replay: ReplayRow, signal: AbortSignal): Promise<void> {
    try {
      const { id, state, moved } = await this.#replays.carryOn(replay, { signal });
      this.#log.info({ replay: id, state, moved }, "went on with a replay");
    } catch (error) {
      this.#log.error({ replay: replay.id, error }, "could not go on with a replay");
    }
  }
}
