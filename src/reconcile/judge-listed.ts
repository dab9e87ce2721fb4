import { createHash } from "node:crypto";

import { newsAmong } from "../normalize/carried.ts";
import { changesBetween } from "../normalize/changes.ts";
import type { BookingLook, KnownSubject } from "../normalize/look.ts";
import { stateAfter } from "../normalize/state-after.ts";
import type { Booking, Payment } from "../sdk/booking.ts";
import type { Change } from "../sdk/booking-event.ts";
import type { ListedBooking } from "../sdk/lists.ts";

/** What a row of a list says, beside what is known of the booking. */
export type Judgement =
  | { kind: "same" }
  /** Not known here. */
  | { kind: "missing" }
  /** @param changes None where only a look can tell what differs. */
  | { kind: "different"; changes: Change[] };

export interface ListedBeside {
  listed: ListedBooking;
  known: KnownSubject;
  /** When the booking was last looked at, UTC milliseconds. */
  lookedAt: number | undefined;
  /** How its state follows from what is shown. */
  look: Pick<BookingLook, "connection" | "reference" | "mapFields" | "since">;
}

export function judgeListed({ listed, known, lookedAt, look }: ListedBeside): Judgement {
  const { booking } = known;
  if (!booking) return { kind: "missing" };
  if (booking.status === "removed") return { kind: "different", changes: [] };
  const changes = changesOf(listed, known, look);
  if (changes.length > 0) return { kind: "different", changes };
  const { updatedAt } = listed.view ?? {};
  const isSavedAgain =
    updatedAt !== undefined && updatedAt !== null && updatedAt !== booking.updatedAt;
  const mayDiffer =
    isSavedAgain || lacksPayment(listed, booking) || isUnseen(listed, booking, lookedAt);
  return mayDiffer ? { kind: "different", changes: [] } : { kind: "same" };
}

function changesOf(
  { view }: ListedBooking,
  known: KnownSubject,
  look: ListedBeside["look"],
): Change[] {
  if (!known.booking || !view) return [];
  const shown = { ...look, view, isFetched: true, calls: [], origin: "reconciled" } as const;
  const after = stateAfter(known, shown);
  if (!after) return [];
  return newsAmong(changesBetween(known.booking, after), known.carried, "list");
}

/** Two equal payments count twice. Not every source shows a booking's payments one by one. */
function lacksPayment({ payments = [] }: ListedBooking, booking: Booking): boolean {
  return booking.payments !== undefined && matched(payments, booking.payments) < payments.length;
}

/** Whether something has happened to the booking that no look has seen since. */
function isUnseen(
  { changedAt, payments = [] }: ListedBooking,
  booking: Booking,
  lookedAt = 0,
): boolean {
  const paidAt = booking.payments === undefined ? payments.map((one) => instantOf(one.paidAt)) : [];
  return [changedAt, ...paidAt].some((moment) => moment !== undefined && lookedAt < moment);
}

/** How many of the listed payments are among the known ones. */
function matched(listed: readonly Payment[], known: readonly Payment[]): number {
  const left = known.map(amountOf);
  return listed.map(amountOf).filter((amount) => {
    const at = left.indexOf(amount);
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  }).length;
}

function amountOf({ amount }: Payment): string {
  return `${amount.amountMinor} ${amount.currency}`;
}

/** The same row again has the same hash. */
export function hashOfListed(listed: unknown): string {
  return createHash("sha256").update(JSON.stringify(listed)).digest("hex").slice(0, 32);
}

/** A call about something so fresh may still come. */
export const ON_ITS_WAY_MS = 20_000;

/** Whether what a row shows may be so new that its call is still to come. */
export function mayBeOnItsWay({ view, changedAt, payments }: ListedBooking, now: number): boolean {
  const moments = [
    changedAt,
    ...[view?.madeAt, view?.updatedAt, view?.cancellation?.at].map(instantOf),
    ...(payments ?? []).map(({ paidAt }) => instantOf(paidAt)),
  ].filter((moment) => moment !== undefined);
  return moments.length === 0 || now - Math.max(...moments) < ON_ITS_WAY_MS;
}

function instantOf(text: string | null | undefined): number | undefined {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? undefined : at;
}
