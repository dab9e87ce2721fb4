import { StaleStateError } from "../db/database.ts";
import type { Booking } from "../sdk/booking.ts";
import type { Alias, AliasChange } from "./alias.ts";
import type { Aliases } from "./alias-store.ts";

/** At least where bookings are. */
type Below = Partial<Aliases> & Pick<Aliases, "bookings">;

/** Aliases of which new ones are kept in memory alone: for dry runs, and for tests. */
export class AliasOverlay implements Aliases {
  readonly #below: Below;
  readonly #own = new Map<string, Alias>();

  constructor(below: Below) {
    this.#below = below;
  }

  async named(aliases: readonly string[]): Promise<Alias[]> {
    const wanted = new Set(aliases);
    return this.#over(await this.#below.named?.(aliases), ({ alias }) => wanted.has(alias));
  }

  async ofPersons(persons: readonly string[]): Promise<Alias[]> {
    const wanted = new Set(persons);
    return this.#over(await this.#below.ofPersons?.(persons), ({ person }) => wanted.has(person));
  }

  bookings(...asked: Parameters<Aliases["bookings"]>): Promise<Booking[]> {
    return Promise.resolve(this.#below.bookings(...asked));
  }

  async write({ added, moved }: AliasChange): Promise<void> {
    const below = await this.#below.named?.(added.map(({ alias }) => alias));
    // Not a breath between looking and writing.
    const isKnown = added.some(({ alias }) => this.#own.has(alias)) || (below ?? []).length > 0;
    const place = moved && this.#own.get(moved.before.alias);
    if (isKnown || (place && place !== moved.before)) {
      throw new StaleStateError("somebody else saw the guest first");
    }
    for (const alias of [...added, ...(moved ? [moved.after] : [])]) {
      this.#own.set(alias.alias, alias);
    }
  }

  #over(below: readonly Alias[] = [], isWanted: (alias: Alias) => boolean): Alias[] {
    const rest = below.filter(({ alias }) => !this.#own.has(alias));
    return [...rest, ...[...this.#own.values()].filter(isWanted)];
  }
}
