const WINDOW_MS = 100;
const BUSY_REQUESTS = 20;
const MAX_WAIT_MS = 1_000;
const LOOK_AGAIN_MS = 10;

/**
 * Lets work in the same process stand back while requests pour in: answering is promised, working
 * can wait. It never waits for ever: a slice of work gets its turn at least once a second.
 */
export class IntakeLoad {
  #windowStart = 0;
  #inWindow = 0;
  #inLastWindow = 0;

  /** Counts a request. */
  noteRequest(): void {
    this.#roll(performance.now());
    this.#inWindow += 1;
  }

  /** Resolves when there is room for a slice of work. */
  async relief(): Promise<void> {
    // SQLite answers without ever leaving the thread: without this a loop over its work would not
    // let a single request be read before the work is all done.
    await new Promise((resolve) => setImmediate(resolve));
    const deadline = performance.now() + MAX_WAIT_MS;
    while (this.#isBusy() && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  #isBusy(): boolean {
    this.#roll(performance.now());
    return Math.max(this.#inWindow, this.#inLastWindow) > BUSY_REQUESTS;
  }

  #roll(now: number): void {
    const elapsed = now - this.#windowStart;
    if (elapsed < WINDOW_MS) return;
    this.#inLastWindow = elapsed < 2 * WINDOW_MS ? this.#inWindow : 0;
    this.#inWindow = 0;
    this.#windowStart = now;
  }
}
