import { splitByWeight, taxWithin } from "./amounts.ts";
import { bookingLines } from "./booking-lines.ts";
import { dayOfText, daysBefore } from "./days.ts";
import { type Desk, later } from "./desk.ts";
import type { DocumentLine } from "./document.ts";

/** A payment may become known days after it was made, and is still one of its day. */
const DAYS_TAKEN_BACK = 7;

/** Days of which takings are posted: so long nobody may be at work, and nothing is left out. */
export const DAYS_LOOKED_AT = 35;

/** Notes what payments add to the takings of their day, by method and tax. */
export function noteTakings(desk: Desk): void {
  const { booking } = desk.facts;
  for (const { id, amountMinor, currency, method, paidAt } of desk.moneyDue()) {
    const day = dayOfText(paidAt, booking) ?? desk.today;
    const on = day < desk.today ? later(day, oldestDay(desk)) : desk.today;
    desk.write(
      {
        ...{ kind: "taking", day: on, paymentId: id, totalMinor: amountMinor, currency },
        ...(method !== undefined && { method }),
        lines: linesOf(desk, amountMinor),
      },
      on,
    );
  }
}

/** What becomes known of days before it counts as taken then: older ones are not looked at any more. */
function oldestDay({ facts, today }: Desk): string {
  return later(daysBefore(today, DAYS_TAKEN_BACK), facts.settings.startDate ?? "");
}

/** A payment is for everything that is booked, each tax by its part of the price. */
function linesOf({ facts }: Desk, amountMinor: number): DocumentLine[] {
  const { booking, settings } = facts;
  const groups = new Map<string, DocumentLine>();
  for (const { role, taxCode, ratePercent, grossMinor } of bookingLines(booking, settings)) {
    const key = `${role}|${taxCode ?? ""}|${ratePercent ?? ""}`;
    groups.set(key, {
      ...{ description: "Takings", role, taxMinor: 0 },
      grossMinor: (groups.get(key)?.grossMinor ?? 0) + grossMinor,
      ...(taxCode !== undefined && { taxCode }),
      ...(ratePercent !== undefined && { ratePercent }),
    });
  }
  const lines = [...groups.values()].filter(({ grossMinor }) => grossMinor > 0);
  if (lines.length === 0) {
    lines.push({ description: "Takings", role: "revenue", grossMinor: 1, taxMinor: 0 });
  }
  const parts = splitByWeight(
    amountMinor,
    lines.map(({ grossMinor }) => grossMinor),
  );
  return lines.flatMap((line, index) => {
    const grossMinor = parts[index] ?? 0;
    return grossMinor === 0
      ? []
      : [{ ...line, grossMinor, taxMinor: taxWithin(grossMinor, line.ratePercent) }];
  });
}
