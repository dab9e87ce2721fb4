import { sumOf } from "./booking-lines.ts";
import type { Desk } from "./desk.ts";
import { subtract } from "./issued.ts";
import { partyOf } from "./party.ts";
import { isSold } from "./sale.ts";
import { titleOf } from "./title.ts";

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
  const month = day.slice(0, 7);
  const { name: partyName } = partyOf(facts.booking);
  const parts = { month, partyName, title: titleOf(facts.booking), lines };
  desk.write({ kind: "share", totalMinor: sumOf(lines), ...parts }, day);
}
