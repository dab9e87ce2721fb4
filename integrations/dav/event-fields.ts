import { type Appointment, descriptionOf, placeOf, spanLines, summaryOf } from "#sdk/calendar";
import type { Fields } from "#sdk/crm";

/** `DTSTART` and `DTEND` in one, since an end without its start says nothing. */
export const WHEN = "WHEN";
/** Which calendar it is in: not a property of the event. */
export const CALENDAR = "CALENDAR";

/**
 * `ITEM 7`: it is about that item of the booking. Not a property either: by the ledger an event is
 * known again when the item goes from which it has its name.
 */
export const ITEM = "ITEM ";

export function isProperty(name: string): boolean {
  return name !== CALENDAR && !name.startsWith(ITEM);
}

/** What the booking decides alone, whatever the office has done: when, where and whether at all. */
export const OF_THE_BOOKING: readonly string[] = [WHEN, CALENDAR, "STATUS"];

/** @param person Whose booking it is. */
export function eventFields(appointment: Appointment, person: string): Fields {
  const { calendar, status, items } = appointment;
  return {
    [CALENDAR]: calendar,
    [WHEN]: spanLines(appointment).join("\n"),
    STATUS: status,
    SUMMARY: summaryOf(appointment),
    LOCATION: placeOf(appointment),
    DESCRIPTION: descriptionOf(appointment),
    "X-BELLHOP-PERSON": person,
    ...Object.fromEntries(items.map(({ id }) => [`${ITEM}${id}`, "yes"])),
  };
}
