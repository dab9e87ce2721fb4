/** `2026-11-25` and the like sort as text. */
export function isBefore(day: string, other: string): boolean {
  return day < other;
}

/** @param count May be negative. */
export function daysAfter(day: string, count: number): string {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + count);
  return at.toISOString().slice(0, 10);
}

/** Last day of a slice that begins on a day and ends with the window. */
export function lastOfSlice(from: string, days: number, to: string): string {
  const last = daysAfter(from, days - 1);
  return isBefore(last, to) ? last : to;
}

/** Days from one to the other, both included. */
export function countDays(from: string, to: string): number {
  const dayMs = 24 * 60 * 60_000;
  return Math.round((Date.parse(`${to}T12:00:00Z`) - Date.parse(`${from}T12:00:00Z`)) / dayMs) + 1;
}

/** A slice is to fill a page or two: fewer calls, and little in memory. */
const MANY = 400;
const FEW = 100;
const LONGEST = 92;

export function nextSliceDays(days: number, bookings: number): number {
  if (bookings > MANY) return Math.max(1, Math.floor(days / 2));
  return bookings < FEW ? Math.min(LONGEST, days * 2) : days;
}
