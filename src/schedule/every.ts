import { Cron } from "croner";

const HOUR_MS = 60 * 60_000;
const DAY_AT = /^day at ([01]\d|2[0-3]):([0-5]\d)$/;

/** The moments of a schedule. */
export interface Slots {
  /** The first moment after this one. UTC milliseconds. */
  after(epochMs: number): number;
}

/**
 * @param every `hour`, `day at 06:30`, or a cron expression of five fields.
 * @param timeZone Undefined: the machine's.
 * @throws Error with what to write instead.
 */
export function slotsOf(every: string, timeZone: string | undefined): Slots {
  // Hours are counted in UTC, as sources do: none is skipped or doubled by a change of clocks.
  if (every === "hour") return { after: (at) => (Math.floor(at / HOUR_MS) + 1) * HOUR_MS };
  const [, hour, minute] = DAY_AT.exec(every) ?? [];
  const expression = hour === undefined ? every : `${Number(minute)} ${Number(hour)} * * *`;
  const cron = readCron(expression, timeZone);
  return {
    after(at) {
      const next = cron.nextRun(new Date(at));
      if (!next) throw new Error(`"${every}" has no moment after ${new Date(at).toISOString()}`);
      return next.getTime();
    },
  };
}

function readCron(expression: string, timeZone: string | undefined): Cron {
  try {
    const zone = timeZone === undefined ? {} : { timezone: timeZone };
    const cron = new Cron(expression, { ...zone, mode: "5-part", paused: true });
    if (cron.nextRun() === null) throw new Error("it has no moment");
    return cron;
  } catch (cause) {
    throw new Error(
      `"${expression}" is no schedule: write hour, day at 06:30, or five cron fields such as 0 7 * * 1-5`,
      { cause },
    );
  }
}
