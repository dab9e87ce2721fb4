import { sleep } from "../process/sleep.ts";
import type { FetchBudget as BudgetRules } from "../sdk/source.ts";

const HOUR_MS = 60 * 60_000;

/** Burst and refill together stay below the hourly limit in any hour. */
const BURST_SHARE = 1 / 3;

/** Of the burst so much is kept for calls that somebody waits for. */
const RESERVED_SHARE = 1 / 2;
const SPARE_POLL_MS = 200;

const DEFAULT_RULES: BudgetRules = { perHour: 500, concurrency: 2 };

/** Keeps the calls to a source within what it allows: so many an hour, so many at once, spaced. */
export class FetchBudget {
  readonly #rules: BudgetRules;
  readonly #capacity: number;
  #tokens: number;
  #filledAt = performance.now();
  #nextStartAt = 0;
  #running = 0;
  #waiting: (() => void)[] = [];
  #line: Promise<void> = Promise.resolve();

  constructor(rules: BudgetRules = DEFAULT_RULES) {
    this.#rules = rules;
    this.#capacity = Math.max(1, Math.floor(rules.perHour * BURST_SHARE));
    this.#tokens = this.#capacity;
  }

  /** Whether there is more than the calls that people wait for may need in the next minutes. */
  get canSpare(): boolean {
    this.#fill();
    const isFree = this.#running < this.#rules.concurrency && this.#waiting.length === 0;
    return isFree && this.#tokens >= 1 + Math.floor(this.#capacity * RESERVED_SHARE);
  }

  /** Calls that could start at once. */
  get tokens(): number {
    this.#fill();
    return this.#tokens;
  }

  /** Goes on from what another process, or this one before a restart, has left. */
  resume(tokens: number, agoMs: number): void {
    this.#fill();
    const refilled = Math.max(0, tokens) + Math.max(0, agoMs) / this.#refillMs;
    this.#tokens = Math.min(this.#tokens, refilled);
  }

  /** Runs a call that nobody waits for: only while there is enough for those that somebody does. */
  async runSpare<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    while (!this.canSpare) await sleep(SPARE_POLL_MS, signal);
    return this.run(call, signal);
  }

  /** So many calls may run at once. */
  get concurrency(): number {
    return this.#rules.concurrency;
  }

  /** Runs a call as soon as the budget allows. Calls start in the order in which they were lined up. */
  async run<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    await this.#enter(signal);
    try {
      const turn = this.#line.then(() => this.#take(signal));
      this.#line = turn.catch(() => undefined);
      await turn;
      return await call();
    } finally {
      this.#leave();
    }
  }

  /** The source says how many calls are left; others may be using the same key. */
  noteRemaining(remaining: number): void {
    this.#fill();
    this.#tokens = Math.min(this.#tokens, Math.max(0, remaining));
  }

  async #enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running < this.#rules.concurrency) {
      this.#running += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const goOn = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#waiting = this.#waiting.filter((other) => other !== goOn);
        reject(signal.reason as Error);
      };
      this.#waiting.push(goOn);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }

  /** Hands the place on to who waits longest. */
  #leave(): void {
    const goOn = this.#waiting.shift();
    if (goOn) goOn();
    else this.#running -= 1;
  }

  async #take(signal: AbortSignal): Promise<void> {
    const pause = this.#nextStartAt - performance.now();
    if (pause > 0) await sleep(pause, signal);
    this.#fill();
    while (this.#tokens < 1) {
      await sleep(Math.min((1 - this.#tokens) * this.#refillMs, 60_000), signal);
      this.#fill();
    }
    this.#tokens -= 1;
    this.#nextStartAt = performance.now() + (this.#rules.spacingMs ?? 0);
  }

  #fill(): void {
    const now = performance.now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#filledAt) / this.#refillMs);
    this.#filledAt = now;
  }

  /** Time in which one more call becomes free. */
  get #refillMs(): number {
    return HOUR_MS / (this.#rules.perHour - this.#capacity || 1);
  }
}
