import { setTimeout as sleep } from "node:timers/promises";

import type { BookingSystem } from "./booking-system.ts";
import type { ChaosStore } from "./chaos-store.ts";
import type { FakeClock } from "./clock.ts";
import type { Options } from "./options.ts";
import { Random } from "./random.ts";
import type { Seat } from "./seat.ts";
import type { Target } from "./target.ts";

const HOUR = 3_600;
const USUAL_TROUBLE = 0.08;
/** Share of kills that may also hit a process that is only starting. */
const EARLY_CHANCE = 0.15;

export interface FaultParts {
  options: Options;
  seats: readonly Seat[];
  store: ChaosStore;
  target: Target;
  system: BookingSystem;
  /** One per machine that is played, with the seconds it is off from the start. */
  clocks: readonly { clock: FakeClock; skewSeconds: number }[];
}

type Weather = readonly [name: string, strike: () => Promise<void>];

/** Does the harm: kills in a quick beat, and beside them slower troubles, each kind in turn. */
export class Faults {
  readonly counts = new Map<string, number>();
  readonly #parts: FaultParts;
  readonly #killing: Random;
  readonly #weather: Random;
  #endsAt = Infinity;

  constructor(parts: FaultParts) {
    this.#parts = parts;
    this.#killing = new Random(parts.options.seed, "kills");
    this.#weather = new Random(parts.options.seed, "weather");
  }

  get kills(): number {
    const isCluster = this.#parts.options.store === "galera";
    return this.counts.get(isCluster ? "database killed" : "kill -9") ?? 0;
  }

  /** Resolves when the run is over and everything is whole again. */
  async run(): Promise<void> {
    const { options } = this.#parts;
    this.#endsAt = Date.now() + options.minutes * 60_000;
    if (!options.without.has("target")) this.#trouble(USUAL_TROUBLE);
    await Promise.all([this.#killProcesses(), this.#breakDatabase(), this.#makeWeather()]);
    this.#trouble(0);
    for (const { clock, skewSeconds } of this.#parts.clocks) clock.set(skewSeconds);
  }

  #isOver(): boolean {
    return Date.now() >= this.#endsAt || this.kills >= this.#parts.options.kills;
  }

  async #killProcesses(): Promise<void> {
    const { options, seats } = this.#parts;
    if (options.without.has("kill")) return this.#untilOver();
    const random = this.#killing;
    // Each of the four lives about twice as long as it takes to replace an owner: killed quicker,
    // they would get nothing done that could go wrong. On a cluster the nodes are what is killed.
    const [low, high] = options.store === "galera" ? [3_000, 8_000] : [500, 3_500];
    while (!this.#isOver()) {
      await sleep(random.between(low, high));
      const restartAfterMs = random.happens(0.9)
        ? random.between(0, 500)
        : random.between(2_000, 6_000);
      const isEarly = random.happens(EARLY_CHANCE);
      if (!isEarly) await this.#untilHalfAreReady();
      const victims = seats.filter((seat) => (isEarly ? seat.isRunning : seat.isReady));
      if (victims.length === 0 || this.#isOver()) continue;
      await random.pick(victims).kill(restartAfterMs);
      this.#count("kill -9");
    }
  }

  /** Kills that hit what has not started yet would prove little, on a slow machine nothing. */
  async #untilHalfAreReady(): Promise<void> {
    const { seats } = this.#parts;
    while (!this.#isOver() && seats.filter(({ isReady }) => isReady).length < seats.length / 2) {
      await sleep(50);
    }
  }

  async #untilOver(): Promise<void> {
    while (!this.#isOver()) await sleep(200);
  }

  async #breakDatabase(): Promise<void> {
    const { store, options } = this.#parts;
    if (!store.breakFor || options.without.has("database")) return;
    const isCluster = options.store === "galera";
    const [low, high] = isCluster || options.isShort ? [3_000, 8_000] : [10_000, 20_000];
    for (;;) {
      await sleep(this.#weather.between(low, high));
      if (this.#isOver()) return;
      await store.breakFor(this.#weather.between(200, 3_000));
      this.#count("database killed");
    }
  }

  async #makeWeather(): Promise<void> {
    const { isShort } = this.#parts.options;
    const [low, high] = isShort ? [500, 2_000] : [2_000, 6_000];
    for (;;) {
      const kinds = this.#kindsOfWeather();
      if (kinds.length === 0) return;
      for (const [name, strike] of this.#weather.shuffled(kinds)) {
        await sleep(this.#weather.between(low, high));
        if (this.#isOver()) return;
        await strike();
        this.#count(name);
      }
    }
  }

  #kindsOfWeather(): Weather[] {
    const { options, store, clocks } = this.#parts;
    const kinds: Weather[] = [];
    if (!options.without.has("target")) kinds.push(["target away", () => this.#targetAway()]);
    if (store.disk) kinds.push(["disk full", () => this.#fillDisk()]);
    if (clocks.length > 0 && !options.without.has("clock")) {
      kinds.push(["clock jump", () => this.#jump(HOUR)], ["clock jump", () => this.#jump(-HOUR)]);
    }
    return kinds;
  }

  async #targetAway(): Promise<void> {
    this.#trouble(0.7);
    await sleep(this.#weather.between(500, 2_500));
    this.#trouble(USUAL_TROUBLE);
  }

  async #fillDisk(): Promise<void> {
    const { disk, location } = this.#parts.store;
    if (!disk || !("sqliteFile" in location)) return;
    disk.fill(location.sqliteFile);
    await sleep(this.#weather.between(500, 3_000));
    disk.free();
  }

  /** There and, after a while, back: four jumps of an hour in all, two each way. */
  async #jump(seconds: number): Promise<void> {
    const { clock, skewSeconds } = this.#weather.pick(this.#parts.clocks);
    clock.set(skewSeconds + seconds);
    await sleep(this.#weather.between(500, 4_000));
    clock.set(skewSeconds);
  }

  #trouble(share: number): void {
    this.#parts.target.trouble = share;
    this.#parts.system.trouble = share;
  }

  #count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}
