import { type Clockwork, HOURLY } from "./clocks.ts";
import type { Timer } from "./timer.ts";
import { everyWords, momentWords } from "./timer-words.ts";

/** The timers and schedules that the configuration and the plug-ins in use ask for, by name. */
export class Timetable {
  readonly timers: ReadonlyMap<string, Timer>;
  readonly clockworks: ReadonlyMap<string, Clockwork>;

  constructor(timers: readonly Timer[], clockworks: readonly Clockwork[]) {
    this.timers = new Map(timers.map((timer) => [timer.name, timer]));
    this.clockworks = new Map(clockworks.map((clockwork) => [clockwork.id, clockwork]));
  }

  /** Schedules of plug-ins: what a person may run. */
  get schedules(): Clockwork[] {
    return [...this.clockworks.values()].filter(({ id }) => id !== HOURLY.id);
  }

  /** When it goes off: `48 hours before the start`. Undefined when there is no such any more. */
  wordsOf(name: string): string | undefined {
    const timer = this.timers.get(name);
    if (timer) return momentWords(timer);
    const clockwork = this.clockworks.get(name);
    return clockwork && everyWords(clockwork);
  }
}
