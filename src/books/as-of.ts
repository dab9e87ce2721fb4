import { dayOfText } from "../sdk/accounting/days.ts";
import type { Booking } from "../sdk/booking.ts";

/**
 * A booking as it is now, with no more money than had moved by a day.
 *
 * @param day `YYYY-MM-DD`
 * @param isUndatedKnown Whether money whose day nobody tells had moved by then.
 */
export function asOf(booking: Booking, day: string, isUndatedKnown: boolean): Booking {
  const { payments, totals } = booking;
  if (!payments) {
    if (isUndatedKnown) return booking;
    const known = { ...totals };
    delete known.paid;
    return { ...booking, totals: known };
  }
  const known = payments.filter(({ paidAt }) => {
    const on = dayOfText(paidAt, booking);
    return on === undefined ? isUndatedKnown : on <= day;
  });
  return { ...booking, payments: known };
}
