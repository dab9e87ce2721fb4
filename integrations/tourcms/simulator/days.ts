import { localText, momentOfInstant } from "#sdk";

import type { SimulatedBooking } from "./booking.ts";
import { ACCOUNT } from "./catalogue.ts";

export function firstDay({ madeMs, leadDays }: SimulatedBooking): string {
  return dayAfter(madeMs, leadDays);
}

export function lastDay({ madeMs, leadDays, product }: SimulatedBooking): string {
  return dayAfter(madeMs, leadDays + product.nights);
}

function dayAfter(epochMs: number, days: number): string {
  return new Date(epochMs + days * 86_400_000).toISOString().slice(0, 10);
}

/** `2026-03-02 14:05:09`, the account's wall clock. */
export function local(epochMs: number): string {
  const text = localText(momentOfInstant(epochMs, ACCOUNT.timeZone)).replace("T", " ");
  return text.length === 16 ? `${text}:00` : text;
}
