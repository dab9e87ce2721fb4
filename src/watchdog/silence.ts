/** For how long a thread has not beaten, by the time that the listener was awake. */
export class Silence {
  readonly #tickMs: number;
  #beats = 0;
  #tickAt: number;
  #ms = 0;

  /** @param tickMs How often `listen` is called. */
  constructor(tickMs: number, now: number) {
    this.#tickMs = tickMs;
    this.#tickAt = now;
  }

  /**
   * @param beats Grows while the other thread lives.
   * @returns milliseconds without a beat. A machine that slept, or a process that was stopped,
   *   stops both threads alike: such a gap counts for no more than two ticks.
   */
  listen(beats: number, now: number): number {
    const elapsed = Math.min(now - this.#tickAt, 2 * this.#tickMs);
    this.#tickAt = now;
    this.#ms = beats === this.#beats ? this.#ms + elapsed : 0;
    this.#beats = beats;
    return this.#ms;
  }
}
