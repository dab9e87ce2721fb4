import { localText, momentOfInstant } from "#sdk";

import type { SimulatedBooking } from "./booking.ts";
import { ACCOUNT } from "./catalogue.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

type Stay = Pick<SimulatedBooking, "madeMs" | "leadDays" | "product">;

export function firstDay({ madeMs, leadDays }: Stay): string {
  return dayAfter(madeMs, leadDays);
}

export function lastDay({ madeMs, leadDays, product }: Stay): string {
  return dayAfter(madeMs, leadDays + product.nights);
}

function dayAfter(epochMs: number, days: number): string {
  return new Date(epochMs + days * DAY_MS).toISOString().slice(0, 10);
}

/** `2026-03-02 14:05:09`, the account's wall clock. */
export function local(epochMs: number): string {
  return new Date(epochMs + offsetMs(epochMs)).toISOString().slice(0, 19).replace("T", " ");
}

/** `2026-03-02`, of the account's calendar. */
export function localDay(epochMs: number): string {
  return local(epochMs).slice(0, 10);
}

const offsets = new Map<number, number>();

/** How far the account's clock is ahead of UTC. Its clock only ever changes on the hour. */
function offsetMs(epochMs: number): number {
  const hour = Math.floor(epochMs / HOUR_MS);
  const known = offsets.get(hour);
  if (known !== undefined) return known;
  const wall = localText(momentOfInstant(hour * HOUR_MS, ACCOUNT.timeZone));
  const offset = Date.parse(`${wall}Z`) - hour * HOUR_MS;
  offsets.set(hour, offset);
  return offset;
}
