import type { TableEntry } from "../dispatch/handler-table.ts";
import { sleep } from "../process/sleep.ts";
import { createProgress, type Progress } from "../simulate/progress.ts";
import { countTroubles, readLine } from "../sync/in-line.ts";
import type { Sync, SyncRow } from "../sync/syncs.ts";
import { StoppedError, stopSignal } from "./compare-run.ts";
import type { OpenBellhop } from "./open.ts";
import { pauseWords } from "./pause-notes.ts";
import type { Shell } from "./shell.ts";

const POLL_MS = 300;

/** What has become of the bookings of a sync. */
export interface SyncEnd {
  pushed: number;
  /** Jobs that need a person. */
  troubles: number;
  /** Jobs that are tried again, not soon. */
  later: number;
  /** Another command has ended it before all bookings had been looked at. */
  isBrokenOff: boolean;
}

/**
 * Begins a sync, or goes on with it, and follows it to its end. A running Bellhop shares the work;
 * without one this process does it.
 *
 * @throws when it was stopped.
 */
export async function syncToTheEnd(
  shell: Shell,
  bellhop: OpenBellhop,
  sync: Sync,
  mirrors: readonly TableEntry[],
): Promise<SyncEnd> {
  const row = await bellhop.syncs.begin(sync);
  const stopped = stopSignal();
  const { isTerminal, columns, writeError } = shell;
  const progress = createProgress("bookings", { isTTY: isTerminal, columns, write: writeError });
  const helper = bellhop.helperFor(mirrors);
  try {
    await helper.start();
    return await new Following(shell, bellhop, mirrors, progress).toTheEnd(row, stopped.signal);
  } finally {
    progress.end();
    stopped.forget();
    await helper.stop();
  }
}

/** Watches a sync in the store, whoever works on it. */
class Following {
  readonly #shell: Shell;
  readonly #bellhop: OpenBellhop;
  readonly #mirrors: readonly TableEntry[];
  readonly #progress: Progress;
  #told: string | undefined;
  #before: number | undefined;

  constructor(
    shell: Shell,
    bellhop: OpenBellhop,
    mirrors: readonly TableEntry[],
    progress: Progress,
  ) {
    this.#shell = shell;
    this.#bellhop = bellhop;
    this.#mirrors = mirrors;
    this.#progress = progress;
  }

  async toTheEnd({ id }: SyncRow, signal: AbortSignal): Promise<SyncEnd> {
    const { db, syncs } = this.#bellhop;
    for (;;) {
      const row = await syncs.find(id);
      if (!row) throw new Error("the sync is gone from the store: start it again");
      const { count } = await readLine(db, this.#mirrors);
      const troubles = await countTroubles(db, this.#mirrors, row.createdAt);
      if (row.state === "done") {
        const pushed = this.#finished(row, count + troubles);
        return { pushed, troubles, later: count, isBrokenOff: !(await syncs.isThrough(row)) };
      }
      this.#show(row, count, troubles);
      await this.#tellOfPause();
      await sleep(POLL_MS, signal).catch(() => {
        throw new StoppedError(
          "stopped. The same command goes on where this one was; a running Bellhop does so by itself " +
            "(--stop ends it)",
        );
      });
    }
  }

  /** Of several handlers of one booking all have to be done with it; this is near enough to that. */
  #finished({ moved }: SyncRow, unfinished: number): number {
    return Math.max(0, moved - Math.ceil(unfinished / this.#mirrors.length));
  }

  #show(row: SyncRow, inLine: number, troubles: number): void {
    const finished = this.#finished(row, inLine);
    this.#before ??= finished;
    const total = Math.max(row.count, row.moved);
    this.#progress.update({ finished, total, before: this.#before, errors: troubles });
  }

  async #tellOfPause(): Promise<void> {
    const ids = this.#mirrors.map(({ id }) => id);
    const pause = (await this.#bellhop.pauses.all()).find(({ handler }) => ids.includes(handler));
    const text = pause && pauseWords(pause);
    if (text !== undefined && text !== this.#told) {
      this.#progress.end();
      this.#shell.writeError(`${text}\n`);
    }
    this.#told = text;
  }
}
