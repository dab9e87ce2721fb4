import { expect, it } from "vitest";

import type { Booking } from "../../src/sdk/booking.ts";
import { appointmentsOf, summaryOf } from "../../src/sdk/calendar.ts";

it.each([
  [1, "Fjord walk, 1 person"],
  [2, "Fjord walk, 2 people"],
])("a walk for %i says so in words", (travellerCount, summary) => {
  const booking: Booking = {
    ...{ connection: "fjord", reference: "1", version: 1, status: "confirmed" },
    ...{ title: "Fjord walk", travellerCount },
    start: { date: "2026-03-14", timeZone: "Europe/Oslo" },
  };

  expect(appointmentsOf(booking, () => "all").map((one) => summaryOf(one))).toEqual([summary]);
});
