import { z } from "zod";

import type { Booking, BookingItem } from "../booking.ts";

const names = z.array(z.string().min(1)).min(1).optional();

/** What belongs into a calendar: of all that is given, everything has to fit. */
export const calendarRule = {
  connections: names.describe("Only bookings of these connections"),
  products: names.describe("Only items of these products, by id, code or name"),
  units: names.describe("Only items for which this cabin, bike or seat was assigned"),
  custom: z
    .record(z.string(), z.string())
    .optional()
    .describe("Only bookings with these custom fields, such as `Guide: Kari`"),
};

export type CalendarRule = z.output<z.ZodObject<typeof calendarRule>>;

/** @param item Undefined: the booking says no more than what it is about. */
export function takes(
  { connections, products, units, custom = {} }: CalendarRule,
  booking: Booking,
  item: BookingItem | undefined,
): boolean {
  const { productId, productCode, name, unitName } = item ?? { name: booking.title };
  return (
    isAmong([booking.connection], connections) &&
    isAmong([productId, productCode, name], products) &&
    isAmong([unitName], units) &&
    Object.entries(custom).every(([field, value]) => booking.custom?.[field] === value)
  );
}

function isAmong(values: readonly (string | undefined)[], list: readonly string[] | undefined) {
  return !list || values.some((value) => value !== undefined && list.includes(value));
}
