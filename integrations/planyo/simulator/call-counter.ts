const HOUR_MS = 3_600_000;

/** Counts calls to the API, and refuses those that are too many in an hour. */
export class CallCounter {
  readonly calls = new Map<string, number>();
  readonly #now: () => number;
  readonly #hourlyLimit: number | undefined;
  /** When the calls of the last hour were, UTC milliseconds. */
  readonly #admitted: number[] = [];

  constructor(now: () => number, hourlyLimit: number | undefined) {
    this.#now = now;
    this.#hourlyLimit = hourlyLimit;
  }

  admit(): boolean {
    if (this.#hourlyLimit === undefined) return true;
    const now = this.#now();
    while ((this.#admitted[0] ?? Infinity) <= now - HOUR_MS) this.#admitted.shift();
    if (this.#admitted.length >= this.#hourlyLimit) {
      this.note("refused");
      return false;
    }
    this.#admitted.push(now);
    return true;
  }

  note(kind: string): void {
    this.calls.set(kind, (this.calls.get(kind) ?? 0) + 1);
  }
}
