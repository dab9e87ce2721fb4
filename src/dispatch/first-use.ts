import type { FactStore } from "../db/fact-store.ts";
import type { Clock } from "../sdk/context.ts";

/** Since when each instance has been in use: what was before is history to it. */
export class FirstUse {
  readonly #facts: FactStore;
  readonly #clock: Clock;
  readonly #known = new Map<string, number>();

  constructor(facts: FactStore, clock: Clock) {
    this.#facts = facts;
    this.#clock = clock;
  }

  /** Remembers for good those that are here for the first time. */
  async start(instances: Iterable<string>): Promise<void> {
    for (const instance of new Set(instances)) {
      const now = new Date(this.#clock.now()).toISOString();
      const text = await this.#facts.getOrSet(nameOf(instance), now);
      this.#known.set(instance, Date.parse(text));
    }
  }

  /** UTC milliseconds; now for one that was never started. */
  async of(instance: string): Promise<number> {
    const known = this.#known.get(instance);
    if (known !== undefined) return known;
    const text = await this.#facts.get(nameOf(instance));
    return text === undefined ? this.#clock.now() : Date.parse(text);
  }
}

function nameOf(instance: string): string {
  return `first-use:${instance}`;
}
