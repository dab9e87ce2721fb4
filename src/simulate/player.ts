import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

import type { HttpClient } from "../sdk/context.ts";
import { CallSender, type Delivered } from "./call-sender.ts";
import type { PlannedCall } from "./playlist.ts";

/** So many calls a second, or as fast as so many connections carry them. */
export type Pace = { perSecond: number } | { connections: number };

export interface PlayerOptions {
  http: HttpClient;
  /** Callback URL of a connection. */
  urlOf: (connection: string) => string;
  pace: Pace;
  /** False lets calls about the same booking be under way at the same time. */
  keepsOrder: boolean;
  signal: AbortSignal;
  onAnswer?: (tally: Tally) => void;
  /** Waited for before each call, once those before it are answered: lets the listener keep up. */
  untilReady?: () => Promise<void>;
  /** Waits; for tests. */
  wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** What has been sent, and what was said to it. */
export interface Tally {
  calls: number;
  repeats: number;
  /** What the calls were about. */
  subjects: number;
  /** Calls that were taken in the end. */
  taken: number;
  /** Calls that nobody took, however often they were tried. */
  lost: number;
  /** Answers by status, each try counted; `no answer` where there was none. */
  answers: ReadonlyMap<string, number>;
}

/** In flight at most when the pace is a rate: enough for a slow answer now and then. */
const MOST_UNDER_WAY = 128;
/** Time lost to a slow answer is made up for, but not in one great heap. */
const LONGEST_MADE_UP_MS = 1_000;

/**
 * Sends calls as booking systems would. Calls about the same booking go one after the other unless
 * `keepsOrder` is false.
 *
 * @returns once every call has had its last answer, or soon after the signal.
 */
export async function play(calls: Iterable<PlannedCall>, options: PlayerOptions): Promise<Tally> {
  const player = new Player(options);
  const iterator = calls[Symbol.iterator]();
  while (await player.isNext()) {
    const step = iterator.next();
    if (step.done) break;
    player.send(step.value);
  }
  return player.ended();
}

class Player {
  readonly #options: PlayerOptions;
  readonly #wait: NonNullable<PlayerOptions["wait"]>;
  readonly #sender: CallSender;
  readonly #most: number;
  #dueAt = performance.now();
  /** The last call about each subject that is still under way. */
  readonly #last = new Map<string, Promise<void>>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #subjects = new Set<string>();
  readonly #answers = new Map<string, number>();
  #onRoom: (() => void) | undefined;
  #calls = 0;
  #repeats = 0;
  #taken = 0;
  #lost = 0;

  constructor(options: PlayerOptions) {
    const { pace, http, signal } = options;
    setMaxListeners(0, signal); // every call under way may listen
    this.#options = options;
    this.#wait = options.wait ?? ((ms, signal) => sleep(ms, undefined, { signal }));
    this.#most = "connections" in pace ? pace.connections : MOST_UNDER_WAY;
    this.#sender = new CallSender({
      http,
      signal,
      wait: this.#wait,
      onAnswer: (status) => this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1),
    });
  }

  /** Waits until the next call is due. @returns false when there shall be none. */
  async isNext(): Promise<boolean> {
    const { pace, signal, untilReady } = this.#options;
    try {
      if ("perSecond" in pace) await this.#untilDue(1000 / pace.perSecond);
      while (this.#underWay.size >= this.#most) {
        await new Promise<void>((resolve) => (this.#onRoom = resolve));
      }
      if (untilReady) {
        await Promise.all(this.#underWay);
        await untilReady();
      }
    } catch {
      // The wait was cut short by the signal.
    }
    return !signal.aborted;
  }

  async #untilDue(intervalMs: number): Promise<void> {
    const now = performance.now();
    this.#dueAt = Math.max(this.#dueAt, now - LONGEST_MADE_UP_MS);
    if (this.#dueAt > now) await this.#wait(this.#dueAt - now, this.#options.signal);
    this.#dueAt += intervalMs;
  }

  send(planned: PlannedCall): void {
    const { connection, call, isRepeat } = planned;
    const subject = `${connection}/${call.about}`;
    this.#calls += 1;
    this.#repeats += isRepeat ? 1 : 0;
    this.#subjects.add(subject);
    const before = this.#options.keepsOrder ? this.#last.get(subject) : undefined;
    const sending = (before ?? Promise.resolve())
      .then(() => this.#sender.deliver(this.#options.urlOf(connection), call))
      .then((delivered) => {
        this.#note(delivered);
        this.#underWay.delete(sending);
        this.#onRoom?.();
        if (this.#last.get(subject) === sending) this.#last.delete(subject);
      });
    this.#last.set(subject, sending);
    this.#underWay.add(sending);
  }

  async ended(): Promise<Tally> {
    await Promise.all(this.#underWay);
    return this.#tally();
  }

  #note(delivered: Delivered): void {
    if (delivered === "taken") this.#taken += 1;
    else this.#lost += 1;
    this.#options.onAnswer?.(this.#tally());
  }

  #tally(): Tally {
    return {
      calls: this.#calls,
      repeats: this.#repeats,
      subjects: this.#subjects.size,
      taken: this.#taken,
      lost: this.#lost,
      answers: this.#answers,
    };
  }
}
