import type { SimulatedCall, SimulatedSystem } from "../sdk/simulator.ts";
import { Mishaps } from "./mishaps.ts";
import { Random, seedFor } from "./random.ts";

/** A simulated system and what it may play. */
export interface Cast {
  connection: string;
  system: SimulatedSystem;
  stories: readonly string[];
}

export interface PlaylistOptions {
  seed: number;
  /** How many stories are told, over all systems. */
  stories: number;
  /** Share of calls that are sent twice, from 0 to 1. */
  repeats?: number;
  /** Lets calls about the same booking overtake each other. */
  reorder?: boolean;
  /** Stories that are told before all others, where a system has them. */
  first?: readonly string[];
  /** Stories told at the same time. */
  together?: number;
  /** Share of calls that never arrive, from 0 to 1. */
  losses?: number;
  /** Share of calls that arrive only when many others have, from 0 to 1. */
  late?: number;
  /** Share of calls after which the staff changes something that no call tells, from 0 to 1. */
  silent?: number;
}

export interface PlannedCall {
  connection: string;
  call: SimulatedCall;
  /** The same call once more. */
  isRepeat: boolean;
}

/** A story that has begun. */
interface Thread {
  connection: string;
  calls: Iterator<SimulatedCall>;
  /** Sent once more when the story's turn comes again. */
  repeat?: PlannedCall;
}

/** So many calls may change places when order does not matter. */
const REORDER_WINDOW = 8;
const DEFAULT_TOGETHER = 12;

/**
 * The calls of many stories, mixed. The same seed gives the same order, whatever the pace. Each
 * call is made only when it is taken, because the system's state moves on with it.
 */
export class Playlist implements Iterable<PlannedCall> {
  /** Stories told to the end. */
  finished = 0;
  readonly mishaps: Mishaps;
  #begun = 0;
  readonly #cast: readonly Cast[];
  readonly #options: PlaylistOptions;
  readonly #random: Random;
  readonly #programs: readonly Iterator<string, never>[];
  readonly #open: Thread[] = [];

  constructor(cast: readonly Cast[], options: PlaylistOptions) {
    this.#cast = cast.filter(({ stories }) => stories.length > 0);
    this.#options = options;
    this.#random = new Random(options.seed);
    const systems = new Map(cast.map(({ connection, system }) => [connection, system]));
    this.mishaps = new Mishaps({
      ...options,
      changeSilently: (connection) => systems.get(connection)?.changeSilently?.(),
    });
    this.#programs = this.#cast.map(({ connection, stories }) =>
      program(stories, new Random(seedFor(connection, options.seed)), options.first),
    );
  }

  [Symbol.iterator](): Generator<PlannedCall> {
    return this.mishaps.befall(this.#options.reorder ? this.#reordered() : this.#inOrder());
  }

  *#reordered(): Generator<PlannedCall> {
    const window: PlannedCall[] = [];
    for (const planned of this.#inOrder()) {
      window.push(planned);
      if (window.length > REORDER_WINDOW) yield* this.#drawn(window);
    }
    while (window.length > 0) yield* this.#drawn(window);
  }

  #drawn(window: PlannedCall[]): PlannedCall[] {
    return window.splice(this.#random.index(window.length), 1);
  }

  *#inOrder(): Generator<PlannedCall> {
    for (;;) {
      this.#beginStories();
      const place = this.#random.index(this.#open.length);
      const thread = this.#open[place];
      if (!thread) return;
      const planned = this.#nextOf(thread);
      if (planned) {
        yield planned;
      } else {
        this.#open.splice(place, 1);
        this.finished += 1;
      }
    }
  }

  /** Keeps enough stories open; the systems take turns. */
  #beginStories(): void {
    const { stories, together = DEFAULT_TOGETHER } = this.#options;
    while (this.#open.length < together && this.#begun < stories) {
      const turn = this.#begun % Math.max(1, this.#cast.length);
      const [cast, next] = [this.#cast[turn], this.#programs[turn]];
      if (!cast || !next) return;
      const calls = cast.system.play(next.next().value)[Symbol.iterator]();
      this.#open.push({ connection: cast.connection, calls });
      this.#begun += 1;
    }
  }

  #nextOf(thread: Thread): PlannedCall | undefined {
    const { connection, repeat } = thread;
    if (repeat) {
      delete thread.repeat;
      return repeat;
    }
    const step = thread.calls.next();
    if (step.done) return undefined;
    const planned = { connection, call: step.value };
    if (this.#random.happens(this.#options.repeats ?? 0)) {
      thread.repeat = { ...planned, isRepeat: true };
    }
    return { ...planned, isRepeat: false };
  }
}

/** Every story once before any comes again, each round in another order. */
function* program(
  stories: readonly string[],
  random: Random,
  first: readonly string[] = [],
): Generator<string, never> {
  const opening = first.filter((story) => stories.includes(story));
  const rest = random.shuffled(stories).filter((story) => !opening.includes(story));
  yield* [...opening, ...rest];
  for (;;) yield* random.shuffled(stories);
}
