import { type Appointment, descriptionOf, placeOf, spanLines, summaryOf } from "#sdk/calendar";
import type { Fields } from "#sdk/crm";

/** `DTSTART` and `DTEND` in one, since an end without its start says nothing. */
export const WHEN = "WHEN";
/** Which calendar it is in: not a property of the event. */
export const CALENDAR = "CALENDAR";

/** What the booking decides alone, whatever the office has done: when, where and whether at all. */
export const OF_THE_BOOKING: readonly string[] = [WHEN, CALENDAR, "STATUS"];

/** @param person Whose booking it is. */
export function eventFields(appointment: Appointment, person: string): Fields {
  const { calendar, status } = appointment;
  return {
    [CALENDAR]: calendar,
    [WHEN]: spanLines(appointment).join("\n"),
    STATUS: status,
    SUMMARY: summaryOf(appointment),
    LOCATION: placeOf(appointment),
    DESCRIPTION: descriptionOf(appointment),
    "X-BELLHOP-PERSON": person,
  };
}
