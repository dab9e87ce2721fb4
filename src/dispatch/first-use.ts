import type { FactStore } from "../db/fact-store.ts";
import type { Clock } from "../sdk/context.ts";
import type { TableEntry } from "./handler-table.ts";

type Place = Pick<TableEntry, "id" | "instance">;

/**
 * Since when each handler has been in use: what was before is history to it. A part of an
 * integration that is asked for later has a history of its own.
 */
export class FirstUse {
  readonly #facts: FactStore;
  readonly #clock: Clock;
  readonly #known = new Map<string, number>();

  constructor(facts: FactStore, clock: Clock) {
    this.#facts = facts;
    this.#clock = clock;
  }

  /** Remembers for good those that are here for the first time. */
  async start(places: Iterable<Place>): Promise<void> {
    const now = new Date(this.#clock.now()).toISOString();
    const before = await this.#facts.startingWith(PREFIX);
    const all = [...places].map(
      (place) => [nameOf(place.id), textOf(place, before) ?? now] as const,
    );
    // At once: a process that starts meanwhile must not take half an instance for the whole.
    await this.#facts.setMissing(new Map(all));
    // Whoever was first is right.
    for (const [name, text] of await this.#facts.startingWith(PREFIX)) {
      this.#known.set(name, Date.parse(text));
    }
  }

  /** UTC milliseconds; now for one that was never started. */
  async of(place: Place): Promise<number> {
    const known = this.#known.get(nameOf(place.id));
    if (known !== undefined) return known;
    const text = textOf(place, await this.#facts.startingWith(PREFIX));
    return text === undefined ? this.#clock.now() : Date.parse(text);
  }
}

const PREFIX = "first-use:";

function nameOf(place: string): string {
  return `${PREFIX}${place}`;
}

/** Where only the instance is remembered, all that it consists of has been in use since then. */
function textOf({ id, instance }: Place, facts: ReadonlyMap<string, string>): string | undefined {
  const isByHandler = [...facts.keys()].some((name) => name.startsWith(nameOf(`${instance}/`)));
  return facts.get(nameOf(isByHandler ? id : instance));
}
