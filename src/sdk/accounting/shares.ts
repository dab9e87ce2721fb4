import { sumOf } from "./booking-lines.ts";
import { monthBefore } from "./days.ts";
import type { Desk } from "./desk.ts";
import { subtract } from "./issued.ts";
import { partyOf } from "./party.ts";
import { isSold } from "./sale.ts";
import { titleOf } from "../title.ts";

/** What bookings of a month come to may change for a while after it. */
export const MONTHS_LOOKED_AT = 3;

/** Notes what the booking adds to its agent's invoice of the month, or takes from it. */
export function noteShare(desk: Desk): void {
  const { sale, standing, facts, today } = desk;
  const noted = subtract(
    standing.ofKind("share").flatMap(({ lines }) => lines),
    [],
  );
  const isAtBooking = sale.policy === "invoice" || sale.policy === "invoice+defer";
  const isDue = isAtBooking || desk.isServed || noted.length > 0 || !isSold(facts.booking);
  const lines = subtract(isDue ? sale.lines : [], noted);
  if (lines.length === 0) return;
  const isFirst = noted.length === 0 && !isAtBooking && isSold(facts.booking);
  const day = isFirst && sale.serviceDay !== undefined ? sale.serviceDay : today;
  const month = monthOf(desk, day);
  const { name: partyName } = partyOf(facts.booking);
  const parts = { month, partyName, title: titleOf(facts.booking), lines };
  desk.write({ kind: "share", totalMinor: sumOf(lines), ...parts }, day);
}

/**
 * What changes a month that is looked at again belongs there, so that a credit note has its invoice;
 * what is found out about one that is not looked at any more belongs to this month.
 */
function monthOf({ standing, today }: Desk, day: string): string {
  const first = standing.ofKind("share")[0]?.month;
  const thisMonth = today.slice(0, 7);
  const oldest = monthsBefore(thisMonth, MONTHS_LOOKED_AT - 1);
  const candidates = [first, day.slice(0, 7)].filter((month) => month !== undefined);
  return candidates.find((month) => month >= oldest) ?? thisMonth;
}

function monthsBefore(month: string, count: number): string {
  return count === 0 ? month : monthsBefore(monthBefore(month), count - 1);
}
