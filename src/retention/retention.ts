import type { OwnedWork, Ownership } from "../db/ownership.ts";
import type { IntakeLoad } from "../inbox/intake-load.ts";
import { Rounds } from "../process/rounds.ts";
import type { Log } from "../sdk/context.ts";
import type { RetentionStore, Step } from "./retention-store.ts";

export interface RetentionParts {
  store: RetentionStore;
  load: IntakeLoad;
  log: Log;
  deliveriesDays: number;
  jobsDays: number;
}

/** More than a year, so that this season can be told from the last. */
const RHYTHM_DAYS = 400;
const BETWEEN_SWEEPS_MS = 60 * 60_000;
const BETWEEN_BATCHES_MS = 50;

interface Walk {
  what: string;
  days: number;
  step: (after: number, before: number) => Promise<Step>;
}

/**
 * Deletes what is older than the operator wants to keep, one small batch after the other while the
 * rest goes on. One process does it at a time.
 */
export class Retention implements OwnedWork {
  readonly #parts: RetentionParts;
  readonly #rounds = new Rounds(() => this.#trySweep(), BETWEEN_SWEEPS_MS);

  constructor(parts: RetentionParts) {
    this.#parts = parts;
  }

  /** Before the ownership starts. */
  join(ownership: Ownership): void {
    ownership.add("retention", this);
  }

  begin(): void {
    this.#rounds.begin();
  }

  async end(): Promise<void> {
    await this.#rounds.end();
  }

  async #trySweep(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.#parts.log.warn({ error }, "could not delete what is old");
    }
  }

  /** Deletes all that is old enough now. @returns how many rows of each kind. */
  async sweep(): Promise<Record<string, number>> {
    const deleted: Record<string, number> = {};
    for (const walk of this.#walks()) {
      const count = await this.#walk(walk);
      if (count > 0) deleted[walk.what] = count;
    }
    if (Object.keys(deleted).length > 0) this.#parts.log.info({ deleted }, "deleted what is old");
    return deleted;
  }

  #walks(): Walk[] {
    const { store, deliveriesDays, jobsDays } = this.#parts;
    return [
      { what: "deliveries", days: deliveriesDays, step: (...at) => store.deliveries(...at) },
      { what: "jobs", days: jobsDays, step: (...at) => store.jobs(...at) },
      { what: "replays", days: jobsDays, step: (...at) => store.finishedReplays(...at) },
      { what: "occurrences", days: jobsDays, step: (...at) => store.occurrences(...at) },
      { what: "incidents", days: RHYTHM_DAYS, step: (...at) => store.closedIncidents(...at) },
      { what: "differences", days: RHYTHM_DAYS, step: (...at) => store.differences(...at) },
      { what: "comparedDays", days: RHYTHM_DAYS, step: (...at) => store.comparedDays(...at) },
      { what: "hourlyCounts", days: RHYTHM_DAYS, step: (...at) => store.hourlyCounts(...at) },
    ];
  }

  async #walk({ days, step }: Walk): Promise<number> {
    const before = await this.#parts.store.daysAgo(days);
    let deleted = 0;
    let after: number | undefined = 0;
    while (after !== undefined && this.#rounds.goesOn()) {
      await this.#parts.load.relief();
      const done: Step = await step(after, before);
      deleted += done.deleted;
      after = done.next;
      if (after !== undefined) await this.#rounds.pause(BETWEEN_BATCHES_MS);
    }
    return deleted;
  }
}
