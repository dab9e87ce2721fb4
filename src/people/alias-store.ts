import type { Knex } from "knex";

import { type Database, StaleStateError } from "../db/database.ts";
import type { Booking } from "../sdk/booking.ts";
import type { Alias, AliasChange } from "./alias.ts";

/** Where it is kept by what people are known. */
export interface Aliases {
  named(aliases: readonly string[]): Promise<Alias[]>;
  ofPersons(persons: readonly string[]): Promise<Alias[]>;
  /**
   * Bookings as they are now that are filed under one of the keys: the last changed, up to so many.
   *
   * @param connections Only theirs. Undefined: of all.
   */
  bookings(
    personKeys: readonly string[],
    most: number,
    connections?: readonly string[],
  ): Promise<Booking[]> | Booking[];
  /** @throws StaleStateError when somebody else has written one of them meanwhile. */
  write(change: AliasChange): Promise<void>;
}

interface AliasRow {
  alias: string;
  person: string;
  person_key: string;
  words: string;
  formerly: string;
}

const BATCH = 500;

/** The aliases of the installation. */
export class AliasStore implements Aliases {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  named(aliases: readonly string[]): Promise<Alias[]> {
    return this.#read("alias", aliases);
  }

  ofPersons(persons: readonly string[]): Promise<Alias[]> {
    return this.#read("person", persons);
  }

  async bookings(
    personKeys: readonly string[],
    most: number,
    connections?: readonly string[],
  ): Promise<Booking[]> {
    const states = await inBatches(personKeys, async (keys) => {
      const filed = this.#db.knex("subjects").whereIn("person_key", keys);
      if (connections) void filed.whereIn("connection", connections);
      const rows: { state: Buffer }[] = await filed
        .orderBy("updated_at", "desc")
        .limit(most)
        .select("state");
      return rows.map(({ state }) => JSON.parse(state.toString("utf8")) as Booking | null);
    });
    return states.filter((state) => state !== null);
  }

  async write({ added, moved }: AliasChange): Promise<void> {
    try {
      await this.#db.knex.transaction(async (trx) => {
        if (added.length > 0) await trx("person_aliases").insert(added.map(rowOf));
        if (moved) await this.#move(trx, moved);
      });
    } catch (error) {
      const failure = this.#db.failureOf(error);
      if (failure !== "duplicate" && failure !== "conflict") throw error;
      throw new StaleStateError("somebody else saw the guest first", { cause: error });
    }
  }

  async #move(
    trx: Knex.Transaction,
    { before, after }: NonNullable<AliasChange["moved"]>,
  ): Promise<void> {
    const { alias, person, words, formerly } = rowOf(before);
    const moved = await trx("person_aliases")
      .where({ alias, person, words, formerly })
      .update(rowOf(after));
    if (moved !== 1) throw new StaleStateError("somebody else saw the guest first");
  }

  async #read(column: "alias" | "person", values: readonly string[]): Promise<Alias[]> {
    return inBatches(values, async (some) => {
      const rows: AliasRow[] = await this.#db
        .knex("person_aliases")
        .whereIn(column, some)
        .select("alias", "person", "person_key", "words", "formerly");
      return rows.map(aliasOf);
    });
  }
}

async function inBatches<T>(
  values: readonly string[],
  read: (some: string[]) => Promise<T[]>,
): Promise<T[]> {
  const unique = [...new Set(values)];
  const found: T[] = [];
  for (let start = 0; start < unique.length; start += BATCH) {
    found.push(...(await read(unique.slice(start, start + BATCH))));
  }
  return found;
}

function rowOf({ alias, person, personKey, words, formerly }: Alias): AliasRow {
  const [name, former] = [words.join(" "), formerly.join(" ")];
  return { alias, person, person_key: personKey, words: name, formerly: former };
}

function aliasOf({ alias, person, person_key: personKey, words, formerly }: AliasRow): Alias {
  const listed = (text: string) => (text === "" ? [] : text.split(" "));
  return { alias, person, personKey, words: listed(words), formerly: listed(formerly) };
}
