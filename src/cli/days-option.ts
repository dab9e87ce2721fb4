import { InvalidArgumentError } from "commander";

/** An option that is a day of a calendar. */
export function day(text: string): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const at = isDay ? new Date(`${text}T12:00:00Z`) : new Date(NaN);
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text) {
    throw new InvalidArgumentError("Write a date such as 2026-03-14.");
  }
  return text;
}
