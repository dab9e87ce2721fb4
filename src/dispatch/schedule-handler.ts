import type { AnyHandler, AnySchedule } from "../registry/loaded-integration.ts";
import type { ScheduleContext } from "../sdk/context.ts";
import { type HandlerMoment, isClockSchedule } from "../sdk/schedule.ts";

/** Work by the clock as a handler: its runs are jobs, tried again, held and shown like all others. */
export function scheduleHandler(schedule: Exclude<AnySchedule, HandlerMoment>): AnyHandler {
  const { id, timeoutMs, whenUnsure } = schedule;
  const rules = {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(whenUnsure !== undefined && { whenUnsure }),
  };
  if (!isClockSchedule(schedule)) {
    return {
      ...{ id, kind: "message", on: ["booking.timer"], ...rules },
      handle: (event, context) => schedule.handle(event as never, context),
    };
  }
  return {
    ...{ id, kind: "message", on: ["schedule.due"], ...rules },
    handle: (event, context) => {
      const window = event.schedule?.window;
      if (!window) throw new Error(`event ${event.id} has no window`);
      return schedule.handle(window, context as ScheduleContext<unknown>);
    },
  };
}
