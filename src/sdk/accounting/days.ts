import type { Booking } from "../booking.ts";
import { momentOfInstant } from "../time.ts";
import type { AccountingSettings } from "./settings.ts";

/** The day that it is where the booking takes place. `YYYY-MM-DD` */
export function todayOf({ start }: Booking, nowMs: number): string {
  return momentOfInstant(nowMs, start?.timeZone ?? "UTC").date;
}

/** The day of a payment, as its source writes it; undefined when that is no date. */
export function dayOfText(text: string | undefined, { start }: Booking): string | undefined {
  if (text === undefined) return undefined;
  const isInstant = /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:\d{2})$/.test(text);
  const ms = isInstant ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return momentOfInstant(ms, start?.timeZone ?? "UTC").date;
  const day = /^(\d{4}-\d{2}-\d{2})(?!\d)/.exec(text)?.[1];
  return day !== undefined && !Number.isNaN(Date.parse(day)) ? day : undefined;
}

/** The day a document may be posted on, and why it is another one. */
export function openDay(
  wanted: string,
  { closedUntil }: AccountingSettings,
): { on: string; note?: string } {
  if (closedUntil === undefined || wanted > closedUntil) return { on: wanted };
  return { on: dayAfter(closedUntil), note: `of ${wanted}, which is in a closed period` };
}

export function dayAfter(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

export function dayBefore(day: string): string {
  return daysBefore(day, 1);
}

export function daysBefore(day: string, count: number): string {
  return new Date(Date.parse(day) - count * 86_400_000).toISOString().slice(0, 10);
}

/** @param month `YYYY-MM` */
export function monthBefore(month: string): string {
  return dayBefore(`${month}-01`).slice(0, 7);
}
