import { OPENING } from "../sdk/accounting/desk.ts";
import { dayBefore } from "../sdk/accounting/days.ts";
import { nextDocuments } from "../sdk/accounting/next-documents.ts";
import { serviceDayOf } from "../sdk/accounting/sale.ts";
import type { AccountingSettings } from "../sdk/accounting/settings.ts";
import { titleOf } from "../sdk/title.ts";
import type { Booking } from "../sdk/booking.ts";
import { PermanentError } from "../sdk/errors.ts";
import { instantOf } from "../sdk/time.ts";
import { asOf } from "./as-of.ts";

/** Money that is held for a service to come when the books begin. */
export interface Prepayment {
  connection: string;
  reference: string;
  serviceOn: string | undefined;
  /** Code of the customer in the books. */
  party: string;
  /** `Fjord walk, 2026-12-14, booking 1201` */
  title: string;
  currency: string;
  heldMinor: number;
}

/**
 * What would be taken over of a booking by books that begin on a day: the kit itself is asked, so that the
 * list and the books come to the same.
 *
 * @param startDate `YYYY-MM-DD`
 */
export function prepaymentOf(
  booking: Booking,
  settings: AccountingSettings,
  startDate: string,
): Prepayment | undefined {
  const { connection, reference, start } = booking;
  const open = { ...settings, startDate };
  delete open.closedUntil;
  const deposit = depositIn(() => {
    const nowMs = instantOf({ date: startDate, time: "12:00", timeZone: start?.timeZone ?? "UTC" });
    const before = asOf(booking, dayBefore(startDate), true);
    return nextDocuments({ booking: before, issued: [], settings: open, nowMs, isAdopted: true });
  });
  if (!deposit) return undefined;
  const { party, currency, totalMinor } = deposit;
  return {
    ...{ connection, reference, serviceOn: serviceDayOf(booking), party, currency },
    title: titleOf(booking),
    heldMinor: totalMinor,
  };
}

function depositIn(make: () => ReturnType<typeof nextDocuments>) {
  try {
    return make().find((one) => one.kind === "deposit" && one.paymentId === OPENING);
  } catch (error) {
    // Nothing is held for a booking that cannot be booked: the check tells of it.
    if (error instanceof PermanentError) return undefined;
    throw error;
  }
}
