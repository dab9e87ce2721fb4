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

/** What has happened so far. */
export interface MishapCounts {
  /** Calls that were made and never sent. */
  readonly lost: number;
  /** Calls that came, but late. */
  readonly late: number;
  readonly silentChanges: number;
  /** Connections of which something is known at the source alone. */
  readonly untold: ReadonlySet<string>;
}

/** What happens to calls on their way, and between them. The same seed has the same mishaps. */
export class Mishaps implements MishapCounts {
  lost = 0;
  late = 0;
  silentChanges = 0;
  readonly untold = new Set<string>();
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
        this.untold.add(planned.connection);
      } else if (this.#random.happens(late)) {
        delayed.set(count + LATE_BY_CALLS, planned);
      } else {
        yield planned;
      }
      this.#changeSilently(planned.connection);
      const due = delayed.get(count);
      delayed.delete(count);
      if (due) yield this.#late(due);
    }
    for (const planned of delayed.values()) yield this.#late(planned);
  }

  /** Counted when it comes: a playing that is stopped never sends those that still wait. */
  #late(planned: PlannedCall): PlannedCall {
    this.late += 1;
    return planned;
  }

  #changeSilently(connection: string): void {
    if (!this.#random.happens(this.#options.silent ?? 0)) return;
    if (this.#options.changeSilently(connection) === undefined) return;
    this.silentChanges += 1;
    this.untold.add(connection);
  }
}
