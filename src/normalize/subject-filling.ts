import { updateMany } from "../db/bulk.ts";
import type { Database } from "../db/database.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { OwnedWork } from "../db/ownership.ts";
import type { Identity } from "../people/identity.ts";
import { Rounds } from "../process/rounds.ts";
import type { Booking } from "../sdk/booking.ts";
import type { Log } from "../sdk/context.ts";
import { derivationRules, derivedColumns } from "./derived-columns.ts";

export interface FillingParts {
  db: Database;
  facts: FactStore;
  identity: Identity;
  log: Log;
  /** Resolves when calls that come in leave room for other work. */
  relief: () => Promise<void>;
}

/** How far a walk has got, so that the next process goes on from there. */
interface Progress {
  /** The rules by which the columns follow from bookings. */
  rules: string;
  /** Last row that was looked at; null: all were. */
  after: number | null;
}

interface FilledRow {
  id: number;
  kind: string;
  version: number;
  ordinal: number;
  state: Buffer;
}

const FACT = "subjects:filling";
const BATCH = 200;
const BETWEEN_BATCHES_MS = 20;
const BETWEEN_ROUNDS_MS = 60 * 60_000;

/**
 * Fills in the columns by which bookings are found: of those that were stored before there were
 * such columns, or under other settings. Small batches beside everything else: the start waits for
 * nothing, and until the walk is over a person or a calendar has those bookings that have changed
 * meanwhile. One process does it at a time.
 */
export class SubjectFilling implements OwnedWork {
  readonly #parts: FillingParts;
  readonly #rounds = new Rounds(() => this.#tryFill(), BETWEEN_ROUNDS_MS);

  constructor(parts: FillingParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#rounds.begin();
  }

  async end(): Promise<void> {
    await this.#rounds.end();
  }

  /** Walks on until all are done, or the work ends. @returns how many bookings were filled in. */
  async fill(): Promise<number> {
    let progress = await this.#progress();
    let filled = 0;
    while (progress.after !== null && this.#rounds.goesOn()) {
      await this.#parts.relief();
      const done = await this.#batch(progress.after);
      filled += done.filled;
      progress = { ...progress, after: done.last };
      await this.#parts.facts.put(this.#parts.db.knex, FACT, JSON.stringify(progress));
      await this.#rounds.pause(BETWEEN_BATCHES_MS);
    }
    if (filled > 0) this.#parts.log.info({ filled }, "filled in by what bookings are found");
    return filled;
  }

  async #tryFill(): Promise<void> {
    try {
      await this.fill();
    } catch (error) {
      this.#parts.log.warn({ error }, "could not fill in by what bookings are found");
    }
  }

  async #progress(): Promise<Progress> {
    const { facts } = this.#parts;
    const text = await facts.get(FACT);
    const progress = text === undefined ? undefined : (JSON.parse(text) as Progress);
    const rules = derivationRules(this.#parts.identity);
    return progress?.rules === rules ? progress : { rules, after: 0 };
  }

  async #batch(after: number): Promise<{ filled: number; last: number | null }> {
    const { db, identity } = this.#parts;
    const rows: FilledRow[] = await db
      .knex("subjects")
      .where("id", ">", after)
      .orderBy("id")
      .limit(BATCH)
      .select("id", "kind", "version", "ordinal", "state");
    const updates = rows.flatMap(({ id, kind, version, ordinal, state }) => {
      const booking = kind === "booking" && (JSON.parse(state.toString("utf8")) as Booking | null);
      if (!booking) return [];
      // Whoever writes a newer version fills it in as well; an erasure raises the ordinal alone.
      const fence = { version, ordinal };
      return [{ key: id, values: derivedColumns(booking, identity), fence }];
    });
    const filled = await db.transaction((trx) => updateMany(trx, "subjects", "id", updates));
    return { filled, last: rows.length < BATCH ? null : (rows.at(-1)?.id ?? null) };
  }
}
