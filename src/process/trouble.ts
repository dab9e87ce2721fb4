import { messageOf } from "../sdk/errors.ts";

const REPEAT_MS = 30_000;

/**
 * Speaks of something that keeps failing without filling the log: at once when the fault is a new
 * one, then every 30 seconds for as long as it stays the same.
 */
export class Trouble {
  readonly #say: (error: unknown) => void;
  #last = "";
  #saidAt = -Infinity;

  constructor(say: (error: unknown) => void) {
    this.#say = say;
  }

  note(error: unknown): void {
    // The driver's messages name the statement: one fault would have as many as there are of them.
    const { code } = (error ?? {}) as { code?: unknown };
    const fault = typeof code === "string" ? code : messageOf(error);
    if (fault === this.#last && performance.now() - this.#saidAt < REPEAT_MS) return;
    this.#last = fault;
    this.#saidAt = performance.now();
    this.#say(error);
  }
}
