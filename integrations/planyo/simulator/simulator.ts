import {
  PermanentError,
  type SimulatedAnswer,
  type SimulatedCall,
  type SimulatedRequest,
  type SimulatedSystem,
  type SimulatedTruth,
  type Simulator,
  type SimulatorOptions,
} from "#sdk";

import { CallCounter } from "./call-counter.ts";
import { OTHER_STORIES } from "./other-stories.ts";
import type { ApiState } from "./outcome.ts";
import { firstNumber, Play, type Story } from "./play.ts";
import { populate } from "./populate.ts";
import { Random } from "./random.ts";
import { ReservationStore } from "./reservation-store.ts";
import { RESERVATION_STORIES } from "./reservation-stories.ts";
import { answerRest } from "./rest-api.ts";
import { changeSilently } from "./silent-changes.ts";
import { SITE } from "./site.ts";
import { truthOf } from "./truth.ts";

const STORIES: ReadonlyMap<string, Story> = new Map([...RESERVATION_STORIES, ...OTHER_STORIES]);

/** Reservations that were there before have lower numbers than those of stories. */
const NUMBERS_BEFORE = 10_000_000;
const MOST_ROWS_MOVED = 2;

/** Plays Planyo with a fictional rental: its notifications and its REST API. */
export const simulator: Simulator = {
  settings: (apiBaseUrl) => ({
    siteId: SITE.id,
    apiKey: SITE.apiKey,
    hashKey: SITE.hashKey,
    apiBaseUrl,
    timestamps: "true_epoch",
    timeZone: SITE.timeZone,
    // The simulated API has no limits to keep to, unless it is told so.
    hourlyLimit: 1_000_000,
    secondsBetweenCalls: 0,
  }),
  create: (options) => new SimulatedPlanyo(options),
};

export class SimulatedPlanyo implements SimulatedSystem {
  readonly stories = [...STORIES.keys()];
  readonly #options: SimulatorOptions;
  readonly #state: ApiState;
  readonly #counter: CallCounter;
  /** Of what nobody tells: changes and rows that move. */
  readonly #random: Random;
  #plays = 0;
  #populated = 0;

  constructor(options: SimulatorOptions) {
    const { seed, clock = Date.now, lagMs = 0, hasMovingRows = false } = options;
    this.#options = options;
    this.#random = new Random(seed ^ 0x27d4eb2f);
    const moving = new Random(seed ^ 0x165667b1);
    this.#counter = new CallCounter(clock, options.hourlyLimit);
    this.#state = {
      store: new ReservationStore(clock, lagMs),
      closures: new Map(),
      callbacks: new Map(),
      now: clock,
      rowsMoved: () =>
        hasMovingRows && moving.isOnce(2) ? moving.between(-MOST_ROWS_MOVED, MOST_ROWS_MOVED) : 0,
    };
  }

  get calls(): ReadonlyMap<string, number> {
    return this.#counter.calls;
  }

  /** URLs that were set by the API, by event. */
  get callbacks(): ReadonlyMap<string, readonly string[]> {
    return this.#state.callbacks;
  }

  play(story: string): Iterable<SimulatedCall> {
    const tell = STORIES.get(story);
    if (!tell) throw new PermanentError(`the simulated Planyo has no story "${story}"`);
    const number = ++this.#plays;
    // An odd multiplier keeps neighbouring seeds and stories apart.
    const { seed } = this.#options;
    const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b));
    return tell(new Play(number, this.#today(), random, this.#state));
  }

  answer(request: SimulatedRequest): SimulatedAnswer {
    return answerRest(request, this.#state, this.#counter);
  }

  populate(count: number): void {
    const { seed } = this.#options;
    const now = this.#today();
    const before = Math.max(1, firstNumber(now) - NUMBERS_BEFORE);
    populate(this.#state.store, { count, now, seed, firstId: before + this.#populated });
    this.#populated += count;
  }

  changeSilently(): string | undefined {
    return changeSilently(this.#state.store, this.#state.now(), this.#random);
  }

  truth(): Iterable<SimulatedTruth> {
    return truthOf(this.#state.store);
  }

  /** Without a clock of its own it stays the day it began. */
  #today(): number {
    return this.#options.clock?.() ?? this.#options.now;
  }
}
