import type { Database } from "../db/database.ts";
import type { FactStore } from "../db/fact-store.ts";
import type { Clock, Log } from "../sdk/context.ts";
import { failureName } from "./failure-name.ts";

/** A source that does not answer for so long is more than a hiccup. */
const AWAY_MS = 15 * 60_000;

export interface HealthParts {
  db: Database;
  facts: FactStore;
  clock: Clock;
  log: Log;
}

/** Why a source does not let us look: read by whoever tells the office. */
export interface Refusal {
  /** UTC milliseconds. */
  since: number;
  reason: string;
}

/** What the facts about refusals begin with; the connection follows. */
export const REFUSED = "refused:";

/**
 * Notes while a source refuses us or cannot be reached, as a fact of the installation: whoever
 * watches may be another process.
 */
export class SourceHealth {
  readonly #connection: string;
  readonly #parts: HealthParts;
  /** By key; one of them may be refused while the others are taken. */
  readonly #refused = new Map<string, string>();
  #awaySince: number | undefined;
  #awayReason = "";
  #noted: Refusal | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(connection: string, parts: HealthParts) {
    this.#connection = connection;
    this.#parts = parts;
  }

  /** Reads what was noted before: it stands until an answer comes. */
  async load(): Promise<void> {
    const stored = await this.#parts.facts.get(this.#fact);
    this.#noted = stored === undefined ? undefined : (JSON.parse(stored) as Refusal);
  }

  noteAnswer(key: string): void {
    this.#refused.delete(key);
    this.#awaySince = undefined;
    this.#note();
  }

  noteRefusal(key: string, reason: string): void {
    this.#refused.set(key, reason);
    this.#note();
  }

  noteFailure(reason: string): void {
    this.#awaySince ??= this.#parts.clock.now();
    this.#awayReason = reason;
    this.#note();
  }

  #note(): void {
    const standing = this.#standing();
    const isFailing = this.#awaySince !== undefined;
    // A failure alone does not say that a refusal noted before is over.
    if (standing === undefined && (isFailing || this.#noted === undefined)) return;
    if (standing?.reason === this.#noted?.reason) return;
    this.#noted = standing && { ...standing, since: this.#noted?.since ?? standing.since };
    this.#write(this.#noted);
  }

  #standing(): Refusal | undefined {
    const now = this.#parts.clock.now();
    const [reason] = this.#refused.values();
    if (reason !== undefined) return { since: now, reason };
    const since = this.#awaySince;
    if (since === undefined || now - since < AWAY_MS) return undefined;
    return { since, reason: this.#awayReason };
  }

  /** One after the other, so that the last word stands. */
  #write(refusal: Refusal | undefined): void {
    const { db, facts, log } = this.#parts;
    const value = refusal && JSON.stringify(refusal);
    this.#writing = this.#writing
      .then(() => facts.put(db.knex, this.#fact, value))
      .catch((error: unknown) => {
        const why = failureName(error);
        log.warn({ connection: this.#connection, why }, "could not note how the source answers");
      });
  }

  get #fact(): string {
    return `${REFUSED}${this.#connection}`;
  }
}
