import type { Clockwork } from "./clocks.ts";
import type { Offset } from "./offset.ts";
import type { Timer } from "./timer.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** `48 hours before the start`, `1 day before the end at 18:00`. */
export function momentWords({ offset, relativeTo }: Pick<Timer, "offset" | "relativeTo">): string {
  const [amount, isBefore] = amountOf(offset);
  const time = offset.unit === "days" && offset.time !== undefined ? ` at ${offset.time}` : "";
  const what = WORDS[relativeTo] ?? `the ${relativeTo}`;
  if (amount === undefined) return `at ${what}${time}`;
  return `${amount} ${isBefore ? "before" : "after"} ${what}${time}`;
}

/** `every hour`, `every day at 07:00`, `by cron 0 7 * * 1-5`. */
export function everyWords({ every }: Pick<Clockwork, "every">): string {
  return every === "hour" || every.startsWith("day at ") ? `every ${every}` : `by cron ${every}`;
}

const WORDS: Readonly<Record<string, string>> = {
  start: "the start",
  end: "the end",
  created: "the booking was made",
  confirmed: "the confirmation",
};

function amountOf(offset: Offset): [amount: string | undefined, isBefore: boolean] {
  if (offset.unit === "days") return [counted(offset.days, "day"), offset.days < 0];
  const { ms } = offset;
  const isWhole = ms % HOUR_MS === 0;
  return [isWhole ? counted(ms / HOUR_MS, "hour") : counted(ms / MINUTE_MS, "minute"), ms < 0];
}

function counted(count: number, unit: string): string | undefined {
  const size = Math.abs(count);
  return size === 0 ? undefined : `${size} ${unit}${size === 1 ? "" : "s"}`;
}
