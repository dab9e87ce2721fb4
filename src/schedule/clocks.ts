import type { LoadedInstance } from "../registry/registry.ts";
import { type ClockSchedule, isClockSchedule } from "../sdk/schedule.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { messageOf } from "../sdk/errors.ts";
import { slotsOf, type Slots } from "./every.ts";
import { spanMs } from "./offset.ts";

/** Work by the clock, as a plug-in in use asks for it. */
export interface Clockwork {
  /** `<instance>/<schedule>` */
  id: string;
  /** As it was written: `day at 06:30`. */
  every: string;
  /** Absent: the zone of the machine. */
  timeZone?: string;
  slots: Slots;
  jitterMs: number;
  rule: "run" | "once" | "skip";
  /** Moments older than this are passed over. */
  withinMs: number;
}

const DAY_MS = 24 * 60 * 60_000;

/** The tick of each hour, for connections whose source has none. */
export const HOURLY: Clockwork = {
  id: "hourly",
  every: "hour",
  slots: slotsOf("hour", undefined),
  jitterMs: 0,
  rule: "once",
  withinMs: DAY_MS,
};

/** @throws Error that names the schedule whose moments cannot be told. */
export function clockworksOf(instances: Iterable<LoadedInstance>): Clockwork[] {
  return [...instances].flatMap((instance) =>
    (instance.integration.schedules ?? []).flatMap((schedule) =>
      isClockSchedule(schedule) ? [clockworkOf(instance, schedule)] : [],
    ),
  );
}

function slotsOrFault(place: string, every: string, timeZone: string | undefined): Slots {
  try {
    return slotsOf(every, timeZone);
  } catch (error) {
    throw new SettingsError([`${place}: ${messageOf(error)}`]);
  }
}

function clockworkOf(
  { id: instance, settings }: LoadedInstance,
  { id, every, timeZone, jitterSeconds = 0, missed }: ClockSchedule<unknown>,
): Clockwork {
  const words = typeof every === "string" ? every : every(settings);
  const zone = typeof timeZone === "function" ? timeZone(settings) : timeZone;
  return {
    id: `${instance}/${id}`,
    every: words,
    ...(zone !== undefined && { timeZone: zone }),
    slots: slotsOrFault(`integrations.${instance}: ${id}`, words, zone),
    jitterMs: jitterSeconds * 1000,
    rule: missed?.rule ?? "once",
    withinMs: missed ? spanMs(missed.within) : DAY_MS,
  };
}
