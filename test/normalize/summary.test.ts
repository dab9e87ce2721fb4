import { expect, it } from "vitest";

import { compareBooking } from "../../src/normalize/compare-booking.ts";
import { type BookingLook, UNKNOWN_SUBJECT } from "../../src/normalize/look.ts";
import type { BookingView } from "../../src/sdk/booking.ts";
import { ARRIVAL, cabinView, call, look } from "./booking-builder.ts";

/** What the second of two looks tells. */
function changesOf(before: Partial<BookingView>, after: Partial<BookingView>) {
  const shown = (parts: Partial<BookingView>): BookingLook =>
    look({ view: cabinView(parts), calls: [call("booking.modified")] });
  const { after: known } = compareBooking(UNKNOWN_SUBJECT, shown(before), ARRIVAL);
  const [drafted] = compareBooking(known, shown(after), ARRIVAL).events;
  return { changes: drafted?.event.changes, summary: drafted?.event.summary };
}

it.each([
  ["timeZone", "Mars/Olympus"],
  ["amountMinor", "12"],
  ["name", "Ana"],
])("a form item called %s is a form item like any other", (item, value) => {
  const { changes, summary } = changesOf(
    { custom: { [item]: value, date: "2026-13-99" } },
    { custom: { [item]: "other", date: "2026-13-99" } },
  );

  expect(changes).toEqual([{ path: `custom.${item}`, before: value, after: "other" }]);
  expect(summary).toBe(`Form item ${item} ${value} → other.`);
});

it("form items that look like a moment or like money are not read as such when all are new", () => {
  const custom = { timeZone: "Mars/Olympus", date: "2026-13-99", time: "x" };

  expect(changesOf({ custom: null }, { custom }).summary).toBe("Custom added.");
  expect(
    changesOf({ customer: { name: "A", custom: null } }, { customer: { name: "A", custom } })
      .changes,
  ).toContainEqual({
    path: "customer.custom",
    before: null,
    after: custom,
  });
});
