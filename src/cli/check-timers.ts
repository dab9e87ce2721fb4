import type { Registry } from "../registry/registry.ts";
import { clockworksOf } from "../schedule/clocks.ts";
import { everyWords, momentWords } from "../schedule/timer-words.ts";
import { timersOf } from "../schedule/timers.ts";
import type { Settings } from "../settings/settings.ts";
import type { Finding } from "./check-findings.ts";
import { countOf } from "./set-up-words.ts";

/** When timers go off and schedules have their turn, and whether anybody hears of it. */
export function describeTime({ config }: Settings, { instances }: Registry): Finding[] {
  const loaded = [...instances.values()];
  const timers = timersOf(config, loaded);
  const clockworks = clockworksOf(loaded);
  if (timers.length + clockworks.length === 0) return [];
  const details = [
    ...timers.map((timer) => `${timer.name}: ${momentWords(timer)}`),
    ...clockworks.map((clockwork) => `${clockwork.id}: ${everyWords(clockwork)}`),
  ];
  const count = `${countOf(timers.length, "timer")}, ${countOf(clockworks.length, "schedule")}`;
  const isHeard = loaded.some(({ handlers }) =>
    handlers.some(({ on }) => on.includes("booking.timer")),
  );
  if (config.timers.length === 0 || isHeard) {
    return [{ name: "time", state: "ok", line: count, details }];
  }
  const line = `${count}; no integration hears of timers: use reminders, or one of your own`;
  return [{ name: "time", state: "warning", line, details }];
}
