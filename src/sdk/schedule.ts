import type { BookingStatus } from "./booking.ts";
import type { EventOf } from "./booking-event.ts";
import type { HandlerContext, ScheduleContext } from "./context.ts";
import type { HandlerResult } from "./integration.ts";
import type { TimeWindow } from "./lists.ts";

/**
 * `hour`, `day at 06:30`, or a cron expression of five fields such as `0 7 * * 1-5`. Of a
 * local time that a change of clocks skips it is the end of the gap, of one that happens twice the
 * first.
 */
export type Every = string;

/** What becomes of moments that passed while nothing ran. */
export interface Missed {
  /** `run`: each of them; `once`: one run for all of them; `skip`: none, the next one goes on. */
  rule: "run" | "once" | "skip";
  /** Older moments are passed over in any case: `6h`, `2d`. */
  within: `${number}${"m" | "h" | "d"}`;
}

/** Work by the clock. Runs of one schedule never overlap, however many processes there are. */
export interface ClockSchedule<Config> {
  id: string;
  every: Every | ((config: Config) => Every);
  /** Of `day at` and of cron expressions. Defaults to the zone of the machine. */
  timeZone?: string | ((config: Config) => string | undefined);
  /** Each run waits a random time up to this long, so that not all ask the same server at once. */
  jitterSeconds?: number;
  /** Defaults to one run for all within a day. */
  missed?: Missed;
  /** Defaults to 60 s. */
  timeoutMs?: number;
  /** What to do when nobody can say whether a thing outside was done. Defaults to `ask`. */
  whenUnsure?: "resend" | "ask";
  /** As of a handler. */
  isWanted?(config: Config): boolean;
  /**
   * @param window From the end of the run before to the moment of this one: windows follow each
   *   other without a gap, also over missed moments.
   */
  handle(window: TimeWindow, context: ScheduleContext<Config>): Promise<HandlerResult>;
}

interface BookingMoment {
  id: string;
  /** `start`, `end`, `created`, `confirmed`, or `service day at 08:00`. */
  relativeTo: string;
  /** `-48h`, `30m`, `+1d`, `-1d at 18:00` */
  offset: string;
  /** Defaults to bookings that are confirmed, checked in or checked out. */
  statuses?: readonly BookingStatus[];
  /** How late it may still be told, after a time in which nothing ran. Defaults to `1d`. */
  within?: `${number}${"m" | "h" | "d"}`;
}

/**
 * A moment around each booking at which one of the integration's handlers is told, in the lane of the
 * booking and with the same ledger as for everything else that happens to it. Wanted when that
 * handler is.
 */
export interface HandlerMoment extends BookingMoment {
  /** Id of the handler; its `on` need not name `booking.timer`. */
  handledBy: string;
}

/** Work at a moment around each booking, as a timer of `bellhop.yaml` that only this handler hears. */
export interface BookingSchedule<Config> extends BookingMoment {
  timeoutMs?: number;
  whenUnsure?: "resend" | "ask";
  /** As of a handler. */
  isWanted?(config: Config): boolean;
  handle(event: EventOf<"booking.timer">, context: HandlerContext<Config>): Promise<HandlerResult>;
}

export type Schedule<Config> = ClockSchedule<Config> | BookingSchedule<Config> | HandlerMoment;

export function isClockSchedule<Config>(
  schedule: Schedule<Config>,
): schedule is ClockSchedule<Config> {
  return "every" in schedule;
}
