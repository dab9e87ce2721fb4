import { splitByWeight, taxWithin } from "./amounts.ts";
import { bookingLines } from "./booking-lines.ts";
import { dayOfText } from "./days.ts";
import { type Desk, later } from "./desk.ts";
import type { DocumentLine } from "./document.ts";

/** Notes what payments add to the takings of their day, by method and tax. */
export function noteTakings(desk: Desk): void {
  const { booking } = desk.facts;
  for (const { id, amountMinor, currency, method, paidAt } of desk.moneyDue()) {
    const day = dayOfText(paidAt, booking) ?? desk.today;
    const on = day < desk.today ? later(day, firstOpenDay(desk)) : desk.today;
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

function firstOpenDay({ facts }: Desk): string {
  return facts.settings.startDate ?? "";
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
