import type { Database } from "../db/database.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { Clock } from "../sdk/context.ts";
import type { FetchBudget } from "./fetch-budget.ts";

const KEEP_MS = 2_000;

/**
 * Keeps how much of a source's budget is left: a restart, or the next owner of the connection, must
 * not begin with a fresh one.
 */
export class BudgetMemory {
  readonly #connection: string;
  readonly #budget: FetchBudget;
  readonly #parts: { db: Database; facts: FactStore; tools: { clock: Clock } };
  #keptAt = -Infinity;
  #kept = Infinity;

  constructor(
    connection: string,
    budget: FetchBudget,
    parts: { db: Database; facts: FactStore; tools: { clock: Clock } },
  ) {
    this.#connection = connection;
    this.#budget = budget;
    this.#parts = parts;
  }

  async recall(): Promise<void> {
    const { facts, tools } = this.#parts;
    const stored = await facts.get(this.#fact);
    if (stored === undefined) return;
    const { at, tokens } = JSON.parse(stored) as { at: number; tokens: number };
    this.#budget.resume(tokens, tools.clock.now() - at);
  }

  /** Writes now and then, and only while the source is being asked. */
  async keep(): Promise<void> {
    const now = performance.now();
    if (now - this.#keptAt < KEEP_MS) return;
    this.#keptAt = now;
    const { tokens } = this.#budget;
    // A budget that only fills up again is known without a word.
    const isAsked = tokens < this.#kept;
    this.#kept = tokens;
    if (!isAsked) return;
    const { db, facts, tools } = this.#parts;
    const value = JSON.stringify({ at: tools.clock.now(), tokens: Math.floor(tokens) });
    await facts.put(db.knex, this.#fact, value);
  }

  get #fact(): string {
    return `budget:${this.#connection}`;
  }
}
