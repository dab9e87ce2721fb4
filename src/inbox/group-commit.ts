/** Tells the caller of one row that it is kept, or why it is not. */
export type Settled = (error?: unknown) => void;

export interface GroupCommitOptions<Row> {
  /** Writes all rows in one commit, or none. */
  write(rows: readonly Row[]): Promise<void>;
  /** True when the store as a whole cannot write, so that trying rows one by one is pointless. */
  isUnavailable(error: unknown): boolean;
  bytesOf(row: Row): number;
  maxRows?: number;
  maxBytes?: number;
  onCommit?(rows: number, durationMs: number): void;
  /** A caller failed while it was told; the others of its group are told all the same. */
  onFault(error: unknown): void;
}

/**
 * Lets rows that arrive in the same turn of the event loop share one commit, and so one fsync.
 * Groups are written one after the other: rows keep the order in which they came.
 */
export class GroupCommit<Row> {
  readonly #options: GroupCommitOptions<Row>;
  readonly #maxRows: number;
  readonly #maxBytes: number;
  #waiting: { row: Row; settled: Settled }[] = [];
  #isRunning = false;
  #idle: (() => void)[] = [];

  constructor(options: GroupCommitOptions<Row>) {
    this.#options = options;
    this.#maxRows = options.maxRows ?? 256;
    this.#maxBytes = options.maxBytes ?? 1024 * 1024;
  }

  add(row: Row, settled: Settled): void {
    this.#waiting.push({ row, settled });
    if (this.#isRunning) return;
    this.#isRunning = true;
    // After the turn: every request that this turn read shares the commit.
    setImmediate(() => void this.#run());
  }

  /** Resolves when everything added so far is settled. */
  async drained(): Promise<void> {
    if (this.#isRunning) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) await this.#writeGroup(this.#takeGroup());
    this.#isRunning = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #takeGroup(): { row: Row; settled: Settled }[] {
    let bytes = 0;
    let count = 0;
    for (const { row } of this.#waiting) {
      bytes += this.#options.bytesOf(row);
      if (count > 0 && (count === this.#maxRows || bytes > this.#maxBytes)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #writeGroup(group: { row: Row; settled: Settled }[]): Promise<void> {
    const startedAt = performance.now();
    try {
      await this.#options.write(group.map(({ row }) => row));
    } catch (error) {
      await this.#writeSingly(group, error);
      return;
    }
    this.#options.onCommit?.(group.length, performance.now() - startedAt);
    this.#settle(group);
  }

  /** One row that the store refuses must not take the others of its group down with it. */
  async #writeSingly(group: { row: Row; settled: Settled }[], error: unknown): Promise<void> {
    if (group.length === 1 || this.#options.isUnavailable(error)) {
      this.#settle(group, error);
      return;
    }
    for (const one of group) await this.#writeGroup([one]);
  }

  #settle(group: readonly { settled: Settled }[], error?: unknown): void {
    for (const { settled } of group) {
      try {
        settled(error);
      } catch (fault) {
        this.#options.onFault(fault);
      }
    }
  }
}
