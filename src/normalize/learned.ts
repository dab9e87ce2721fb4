import type { Database } from "../db/database.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { Log } from "../sdk/context.ts";
import { failureName } from "./failure-name.ts";

/** What fetches have learned about a connection: read at every call, kept for good. */
export class Learned {
  readonly #parts: { db: Database; facts: FactStore; log: Log };
  readonly #connection: string;
  #values: Readonly<Record<string, string>> = {};

  constructor(connection: string, parts: { db: Database; facts: FactStore; log: Log }) {
    this.#connection = connection;
    this.#parts = parts;
  }

  get values(): Readonly<Record<string, string>> {
    return this.#values;
  }

  /** Reads what other processes have learned meanwhile. */
  async load(): Promise<void> {
    this.#values = await learnedOf(this.#parts.facts, this.#connection);
  }

  /** Known at once; a write that fails is made up for when it is learned again. */
  learn(name: string, value: string): void {
    if (this.#values[name] === value) return;
    this.#values = { ...this.#values, [name]: value };
    const { db, facts, log } = this.#parts;
    facts.put(db.knex, factOf(this.#connection, name), value).catch((error: unknown) => {
      this.#values = withoutName(this.#values, name);
      log.warn({ connection: this.#connection, name, why: failureName(error) }, "could not learn");
    });
  }
}

export async function learnedOf(
  facts: FactStore,
  connection: string,
): Promise<Record<string, string>> {
  const prefix = factOf(connection, "");
  const found = await facts.startingWith(prefix);
  return Object.fromEntries([...found].map(([name, value]) => [name.slice(prefix.length), value]));
}

function withoutName(values: Readonly<Record<string, string>>, name: string) {
  return Object.fromEntries(Object.entries(values).filter(([other]) => other !== name));
}

function factOf(connection: string, name: string): string {
  return `learned:${connection}:${name}`;
}
