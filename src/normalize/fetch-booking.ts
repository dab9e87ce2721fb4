import type { Clock, HttpClient, Log } from "../sdk/context.ts";
import type { BookingView } from "../sdk/booking.ts";
import { ConfigurationError, kindOf, messageOf, RetryableError } from "../sdk/errors.ts";
import type { FetchContext, Notice, Source } from "../sdk/source.ts";
import type { LoadedConnection } from "../registry/registry.ts";
import { FetchBudget } from "./fetch-budget.ts";
import type { Learned } from "./learned.ts";
import type { SourceHealth } from "./source-health.ts";

/** Refused settings are not tried again before this time: retries could lock an account out. */
const REFUSED_MS = 5 * 60_000;
/** So many failures in a row, and the source is left alone for a while. */
const FAILURES_TO_PAUSE = 3;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

export interface FetcherTools {
  http: HttpClient;
  clock: Clock;
  log: Log;
}

/** What outlasts the process. */
export interface FetcherMemory {
  learned: Pick<Learned, "values" | "learn">;
  health: Pick<SourceHealth, "noteAnswer" | "noteRefusal" | "noteFailure">;
}

type How = NonNullable<Notice["fetch"]>;

/** Looks bookings of one connection up, within the source's budget. */
export class BookingFetcher {
  readonly budget: FetchBudget;
  readonly #connection: LoadedConnection;
  readonly #source: Source<unknown>;
  readonly #tools: FetcherTools;
  readonly #learned: FetcherMemory["learned"];
  readonly #health: FetcherMemory["health"];
  readonly #refused = new Map<string, { until: number; reason: string }>();
  #failures = 0;
  #pausedUntil = 0;
  #lastFailure = "";

  constructor(connection: LoadedConnection, tools: FetcherTools, memory: FetcherMemory) {
    const { source } = connection.integration;
    if (!source) throw new Error(`${connection.id} has no source`);
    this.#connection = connection;
    this.#source = source;
    this.#tools = tools;
    this.#learned = memory.learned;
    this.#health = memory.health;
    this.budget = new FetchBudget(source.budget?.(connection.settings));
  }

  get canFetch(): boolean {
    return this.#source.fetchBooking !== undefined;
  }

  /** Set while the source has failed several times in a row: leave it alone, and why. */
  get pause(): { ms: number; reason: string } | undefined {
    const ms = this.#pausedUntil - performance.now();
    return ms > 0 ? { ms, reason: this.#lastFailure } : undefined;
  }

  /** @returns undefined when the source knows no such booking. @throws as `Source.fetchBooking`. */
  async fetch(reference: string, how: How, signal: AbortSignal): Promise<BookingView | undefined> {
    const key = this.#source.keyOf?.(how) ?? "";
    this.#stopWhenClosed(key);
    const call = () =>
      this.#guarded(key, async () =>
        this.#source.fetchBooking?.(reference, how, this.#context(signal)),
      );
    return this.budget.run(call, signal);
  }

  /**
   * Makes a call that nobody waits for, when the others leave room for it.
   *
   * @param key As `Source.keyOf`.
   * @throws as the call, or RetryableError while the source is left alone.
   */
  async ask<T>(
    key: string,
    call: (context: FetchContext<unknown>) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    this.#stopWhenClosed(key);
    return this.budget.runSpare(
      () => this.#guarded(key, () => call(this.#context(signal))),
      signal,
    );
  }

  async #guarded<T>(key: string, call: () => Promise<T>): Promise<T> {
    // Others may have met a closed door while this one waited for its turn.
    this.#stopWhenClosed(key);
    try {
      const answer = await call();
      this.#failures = 0;
      this.#refused.delete(key);
      this.#health.noteAnswer(key);
      return answer;
    } catch (error) {
      this.#noteFailure(key, error);
      throw error;
    }
  }

  #stopWhenClosed(key: string): void {
    const refused = this.#refused.get(key);
    if (refused && refused.until > performance.now()) throw new ConfigurationError(refused.reason);
    const { pause } = this;
    if (pause) throw new RetryableError(pause.reason, { retryAfterMs: pause.ms });
  }

  #noteFailure(key: string, error: unknown): void {
    const kind = kindOf(error);
    const reason = messageOf(error);
    if (kind === "configuration") {
      this.#refused.set(key, { until: performance.now() + REFUSED_MS, reason });
      this.#health.noteRefusal(key, reason);
    } else if (kind !== "permanent") {
      // Fetches that were under way when the pause began fail with it: they are not more in a row.
      const isPaused = this.pause !== undefined;
      if (!isPaused) this.#failures += 1;
      this.#lastFailure = reason;
      this.#health.noteFailure(reason);
      const asked = (error as { retryAfterMs?: number }).retryAfterMs ?? 0;
      const growing = FIRST_PAUSE_MS * 2 ** Math.max(0, this.#failures - FAILURES_TO_PAUSE);
      const isTooFew = isPaused || this.#failures < FAILURES_TO_PAUSE;
      const own = isTooFew ? 0 : Math.min(growing, LONGEST_PAUSE_MS);
      const until = performance.now() + Math.max(asked, own);
      this.#pausedUntil = Math.max(this.#pausedUntil, until);
    }
  }

  #context(signal: AbortSignal): FetchContext<unknown> {
    const { id, config, settings } = this.#connection;
    return {
      ...this.#tools,
      config: settings,
      connection: { id, name: config.name ?? id },
      learned: this.#learned.values,
      learn: (name, value) => {
        this.#learned.learn(name, value);
      },
      signal,
      reportRemaining: (remaining) => {
        this.budget.noteRemaining(remaining);
      },
    };
  }
}
