import {
  PermanentError,
  type SimulatedAnswer,
  type SimulatedCall,
  type SimulatedRequest,
  type SimulatedSystem,
  type Simulator,
  type SimulatorOptions,
} from "#sdk";

import { OTHER_STORIES } from "./other-stories.ts";
import { Play, type Story } from "./play.ts";
import { Random } from "./random.ts";
import type { Reservation } from "./reservation.ts";
import { RESERVATION_STORIES } from "./reservation-stories.ts";
import { answerRest } from "./rest-api.ts";
import { SITE } from "./site.ts";

const STORIES: ReadonlyMap<string, Story> = new Map([...RESERVATION_STORIES, ...OTHER_STORIES]);

/** Plays Planyo with a fictional rental: its notifications and its REST API. */
export const simulator: Simulator = {
  settings: (apiBaseUrl) => ({
    siteId: SITE.id,
    apiKey: SITE.apiKey,
    hashKey: SITE.hashKey,
    apiBaseUrl,
    timestamps: "true_epoch",
    timeZone: SITE.timeZone,
    // The simulated API has no limits to keep to.
    hourlyLimit: 1_000_000,
    secondsBetweenCalls: 0,
  }),
  create: (options) => new SimulatedPlanyo(options),
};

class SimulatedPlanyo implements SimulatedSystem {
  readonly stories = [...STORIES.keys()];
  readonly #options: SimulatorOptions;
  readonly #reservations = new Map<string, Reservation>();
  #plays = 0;

  constructor(options: SimulatorOptions) {
    this.#options = options;
  }

  play(story: string): Iterable<SimulatedCall> {
    const tell = STORIES.get(story);
    if (!tell) throw new PermanentError(`the simulated Planyo has no story "${story}"`);
    const number = ++this.#plays;
    const { seed, now } = this.#options;
    // An odd multiplier keeps neighbouring seeds and stories apart.
    const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b));
    return tell(new Play(number, now, random, this.#reservations));
  }

  answer(request: SimulatedRequest): SimulatedAnswer {
    return answerRest(request, { reservations: this.#reservations, now: this.#options.now });
  }
}
