import type { BookingStatus } from "../sdk/booking.ts";
import { type BookingSchedule, type HandlerMoment, isClockSchedule } from "../sdk/schedule.ts";
import type { LoadedInstance } from "../registry/registry.ts";
import type { Config } from "../settings/config-schema.ts";
import { parseOffset, spanMs } from "./offset.ts";
import type { Anchor, Timer } from "./timer.ts";

type TimerConfig = Config["timers"][number];

/** Bookings that are going to take place, or have. */
const LIVE: readonly BookingStatus[] = ["confirmed", "checked_in", "checked_out"];

const DAY_MS = 24 * 60 * 60_000;

/** The timers of the configuration and of the plug-ins in use. */
export function timersOf(config: Config, instances: Iterable<LoadedInstance>): Timer[] {
  const ofInstances = [...instances].flatMap((instance) =>
    (instance.integration.schedules ?? []).flatMap((schedule) =>
      isClockSchedule(schedule) ? [] : [timerOfPlugin(instance, schedule)],
    ),
  );
  return [...config.timers.map(timerOfConfig), ...ofInstances];
}

function timerOfConfig(config: TimerConfig): Timer {
  const { name, relativeTo, statuses, connections, products, quietHours, late } = config;
  return {
    name,
    relativeTo,
    anchor: anchorOf(relativeTo),
    offset: parseOffset(config.offset),
    statuses: new Set(statuses ?? LIVE),
    connections: connections && new Set(connections),
    products: products && new Set(products),
    quietHours,
    withinMs: spanMs(config.within),
    late,
    againAfterMs: spanMs(config.againAfter),
  };
}

function timerOfPlugin(
  { id, when }: LoadedInstance,
  moment: BookingSchedule<unknown> | HandlerMoment,
): Timer {
  const { id: schedule, relativeTo, offset, statuses = LIVE } = moment;
  return {
    name: `${id}/${schedule}`,
    relativeTo,
    anchor: anchorOf(relativeTo),
    offset: parseOffset(offset),
    statuses: new Set(statuses),
    connections: when.connections && new Set(when.connections),
    products: when.products && new Set(when.products),
    quietHours: undefined,
    // A handler that brings things to where the booking is has to, however long nobody was at work.
    withinMs: "handledBy" in moment ? Infinity : DAY_MS,
    late: "run",
    againAfterMs: DAY_MS / 2,
  };
}

function anchorOf(relativeTo: string): Anchor {
  const serviceDayAt = /^service day at (\d\d:\d\d)$/.exec(relativeTo)?.[1];
  if (serviceDayAt !== undefined) return { serviceDayAt };
  if (["start", "end", "created", "confirmed"].includes(relativeTo)) return relativeTo as Anchor;
  throw new Error(`not a moment of a booking: ${relativeTo}`);
}
