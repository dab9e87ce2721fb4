import { setTimeout as sleep } from "node:timers/promises";

const WINDOW_MS = 10_000;

/** Keeps calls to so many in any ten seconds: one process makes them all. */
export class Pace {
  readonly #windowMs: number;
  /** When calls begin, those to come included, by the clock that never jumps. */
  #begun: number[] = [];

  constructor(windowMs = WINDOW_MS) {
    this.#windowMs = windowMs;
  }

  /** Resolves when the next call may be made. @throws the signal's reason. */
  async turn(limit: number, signal: AbortSignal): Promise<void> {
    const now = performance.now();
    const blocking = this.#begun.at(-limit);
    const at = blocking === undefined ? now : Math.max(now, blocking + this.#windowMs);
    this.#begun = [...this.#begun.filter((one) => one > now - this.#windowMs), at];
    if (at <= now) return;
    await sleep(at - now, undefined, { signal }).catch(() => {
      signal.throwIfAborted();
    });
  }
}
