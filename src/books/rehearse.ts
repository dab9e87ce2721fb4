import { dayOfText, openDay } from "../sdk/accounting/days.ts";
import type { Issued } from "../sdk/accounting/issued.ts";
import { nextDocuments } from "../sdk/accounting/next-documents.ts";
import { serviceDayOf } from "../sdk/accounting/sale.ts";
import type { AccountingSettings } from "../sdk/accounting/settings.ts";
import type { Booking } from "../sdk/booking.ts";
import { messageOf } from "../sdk/errors.ts";
import { instantOf } from "../sdk/time.ts";
import { asOf } from "./as-of.ts";

/** A document as it would be made. */
export interface Rehearsed {
  document: Issued["document"];
  /** The day it would be posted on, and why that is another than its own. */
  on: string;
  note: string | undefined;
}

export interface Rehearsal {
  documents: Rehearsed[];
  /** Why nothing more would be made. */
  fault?: string;
}

/**
 * The documents of a booking as if nothing had been posted: its days are gone through one after the other,
 * each with the money that had moved by then. Its price and status are those of now.
 *
 * @param until `YYYY-MM-DD`, the last day that is gone through.
 */
export function rehearse(booking: Booking, settings: AccountingSettings, until: string): Rehearsal {
  // Closed periods move documents to another day; which ones is said of each.
  const open = { ...settings };
  delete open.closedUntil;
  const made: Issued["document"][] = [];
  const madeOn = dayOfText(booking.madeAt, booking);
  const days = madeOn !== undefined && madeOn > until ? [] : daysOf(booking, until);
  let fault: string | undefined;
  for (const day of days) {
    try {
      const seen = asOf(booking, day, day === until);
      const nowMs = noonOf(booking, day);
      made.push(...nextDocuments({ booking: seen, issued: [...made], settings: open, nowMs }));
    } catch (error) {
      fault = messageOf(error);
      break;
    }
  }
  const documents = made.map((document) => rehearsed(document, settings));
  return { documents, ...(fault !== undefined && { fault }) };
}

function rehearsed(document: Issued["document"], settings: AccountingSettings): Rehearsed {
  const { on, note } = openDay(document.on, settings);
  const notes = [document.note, note].filter((text) => text !== undefined).join("; ");
  return { document, on, note: notes === "" ? undefined : notes };
}

/** Days on which something happens to a booking, in order; the last one among them. */
function daysOf(booking: Booking, until: string): string[] {
  const days = [
    dayOfText(booking.madeAt, booking),
    ...(booking.payments ?? []).map(({ paidAt }) => dayOfText(paidAt, booking)),
    serviceDayOf(booking),
  ].filter((day) => day !== undefined && day < until) as string[];
  return [...new Set(days)].toSorted().concat(until);
}

function noonOf({ start }: Booking, date: string): number {
  return instantOf({ date, time: "12:00", timeZone: start?.timeZone ?? "UTC" });
}
