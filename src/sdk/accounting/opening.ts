import { dayOfText } from "./days.ts";
import { type Desk, OPENING } from "./desk.ts";
import type { MoneyDue } from "./money.ts";

/**
 * Where a booking was there before the books begin, says what of it is history: past services, and
 * what was invoiced by whatever did it until then. Money that is held for a service to come is taken over.
 */
export function begin(desk: Desk): void {
  const firstDay = firstDayOf(desk);
  if (firstDay === undefined || desk.standing.documents.length > 0) return;
  const { lines, serviceDay, policy } = desk.sale;
  const isPast = serviceDay !== undefined && serviceDay < firstDay;
  const isInvoiced = isPast || policy === "invoice" || policy === "invoice+defer";
  const payments = desk
    .moneyDue()
    .filter((one) => !isSinceStart(desk, one))
    .map(({ id, amountMinor, currency, method }) => ({
      ...{ id, amountMinor, currency },
      ...(method !== undefined && { method }),
    }));
  const heldMinor = payments
    .filter(({ currency }) => currency === desk.currency)
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const takesOver = !isInvoiced && policy !== "takings" && heldMinor > 0;
  desk.write(
    {
      kind: "opening",
      totalMinor: takesOver ? heldMinor : 0,
      lines: isInvoiced ? lines : [],
      payments,
      note: isPast ? "history" : "known before the books began",
    },
    firstDay,
  );
  if (!takesOver) return;
  desk.write(
    {
      ...{ kind: "deposit", totalMinor: heldMinor, method: OPENING, paymentId: OPENING },
      note: "held before the books began",
    },
    firstDay,
  );
}

/**
 * Money that moved on the first day of the books or later is booked by its method and on its day, also
 * where the booking comes to be known long after that.
 */
function isSinceStart({ facts }: Desk, { paidAt }: MoneyDue): boolean {
  const { startDate } = facts.settings;
  const day = dayOfText(paidAt, facts.booking);
  return startDate !== undefined && day !== undefined && day >= startDate;
}

/** The first day of the books where the booking is older than that. */
function firstDayOf({ facts, today }: Desk): string | undefined {
  const { booking, settings, isAdopted = false } = facts;
  const { startDate } = settings;
  if (startDate === undefined) return isAdopted ? today : undefined;
  const madeOn = dayOfText(booking.madeAt, booking);
  const isOlder = madeOn === undefined ? isAdopted : madeOn < startDate;
  return isOlder ? startDate : undefined;
}
