import type { PlannedCall } from "./playlist.ts";
import { Random, seedFor } from "./random.ts";

export interface MishapOptions {
  seed: number;
  /** Share of calls that never arrive, from 0 to 1. */
  losses?: number;
  /** Share of calls that arrive only when many others have, from 0 to 1. */
  late?: number;
  /** Share of calls after which the staff changes something that no call tells, from 0 to 1. */
  silent?: number;
  /** Lets the staff of a system do so. @returns what was changed; undefined: nothing to change. */
  changeSilently: (connection: string) => string | undefined;
}

/** So many calls overtake one that is late. */
const LATE_BY_CALLS = 64;

/** What happens to calls on their way, and between them. The same seed has the same mishaps. */
export class Mishaps {
  /** Calls that were made and never sent. */
  lost = 0;
  late = 0;
  silentChanges = 0;
  readonly #options: MishapOptions;
  readonly #random: Random;

  constructor(options: MishapOptions) {
    this.#options = options;
    this.#random = new Random(seedFor("mishaps", options.seed));
  }

  *befall(calls: Iterable<PlannedCall>): Generator<PlannedCall> {
    const { losses = 0, late = 0 } = this.#options;
    const delayed = new Map<number, PlannedCall>();
    let count = 0;
    for (const planned of calls) {
      count += 1;
      if (this.#random.happens(losses)) {
        this.lost += 1;
      } else if (this.#random.happens(late)) {
        this.late += 1;
        delayed.set(count + LATE_BY_CALLS, planned);
      } else {
        yield planned;
      }
      this.#changeSilently(planned.connection);
      const due = delayed.get(count);
      if (due) yield due;
      delayed.delete(count);
    }
    yield* delayed.values();
  }

  #changeSilently(connection: string): void {
    if (!this.#random.happens(this.#options.silent ?? 0)) return;
    if (this.#options.changeSilently(connection) !== undefined) this.silentChanges += 1;
  }
}
