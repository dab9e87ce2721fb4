import { setTimeout as sleep } from "node:timers/promises";

import { unlessAborted } from "#sdk";

const WINDOW_MS = 10_000;

/** Keeps calls to so many in any ten seconds: one process makes them all. */
export class Pace {
  readonly #windowMs: number;
  /** When the last calls began, by the clock that never jumps. */
  #begun: number[] = [];
  /** Ends when all that have asked before have had their turn, or have given it up. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(windowMs = WINDOW_MS) {
    this.#windowMs = windowMs;
  }

  /** Resolves when the next call may be made. @throws the signal's reason. */
  async turn(limit: number, signal: AbortSignal): Promise<void> {
    const turn = this.#line.then(() => this.#begin(limit, signal));
    // Whoever has to stop takes no turn from those behind.
    this.#line = turn.catch(() => undefined);
    await unlessAborted(turn, signal);
  }

  async #begin(limit: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const now = performance.now();
      this.#begun = this.#begun.filter((one) => one > now - this.#windowMs);
      const blocking = this.#begun.at(-limit);
      if (blocking === undefined) break;
      await sleep(blocking + this.#windowMs - now, undefined, { signal }).catch(() => undefined);
    }
    this.#begun.push(performance.now());
  }
}
