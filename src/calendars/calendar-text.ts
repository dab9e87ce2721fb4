import { descriptionOf, placeOf, spanLines, summaryOf, uidOf, utcText } from "../sdk/calendar.ts";
import { oneLine } from "../sdk/text.ts";
import type { Calendar } from "./calendar.ts";
import type { CalendarEvent } from "./calendar-events.ts";

/** How often programs that heed it come back; Google and Outlook have times of their own. */
const REFRESH = "PT1H";

/** A calendar has to hold something (RFC 5545, 3.6), and one without bookings holds no event. */
const NOTHING = [
  ...["BEGIN:VTIMEZONE", "TZID:UTC", "BEGIN:STANDARD", "DTSTART:19700101T000000"],
  ...["TZOFFSETFROM:+0000", "TZOFFSETTO:+0000", "END:STANDARD", "END:VTIMEZONE"],
];

/** No line may be longer, counted in bytes and without its end (RFC 5545, 3.1). */
const LINE_BYTES = 75;

/**
 * The calendar as iCalendar. The same events give the same text: nothing in it is of the moment at
 * which somebody asked.
 */
export function calendarText(calendar: Calendar, events: readonly CalendarEvent[]): string {
  const name = text(calendar.name ?? calendar.id);
  const lines = [
    ...["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bellhop//EN"],
    ...["CALSCALE:GREGORIAN", "METHOD:PUBLISH"],
    // The first of each pair is the standard's (RFC 7986), the second what programs have long read.
    ...[`NAME:${name}`, `X-WR-CALNAME:${name}`],
    ...[`REFRESH-INTERVAL;VALUE=DURATION:${REFRESH}`, `X-PUBLISHED-TTL:${REFRESH}`],
    ...(events.length === 0 ? NOTHING : events.flatMap((event) => eventLines(event, calendar))),
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join("");
}

function eventLines({ appointment, updatedAt }: CalendarEvent, { show }: Calendar): string[] {
  const { id, booking, status } = appointment;
  const place = placeOf(appointment);
  return [
    "BEGIN:VEVENT",
    `UID:${uidOf(id)}`,
    `SEQUENCE:${booking.version}`,
    `DTSTAMP:${utcText(updatedAt)}`,
    `LAST-MODIFIED:${utcText(updatedAt)}`,
    ...spanLines(appointment, "utc"),
    `SUMMARY:${text(summaryOf(appointment, show))}`,
    `DESCRIPTION:${text(descriptionOf(appointment, show))}`,
    ...(place === "" ? [] : [`LOCATION:${text(place)}`]),
    `STATUS:${status}`,
    "END:VEVENT",
  ];
}

/** Nothing that somebody has written ends its line and begins another property. */
function text(value: string): string {
  const lines = value.split("\n").map(oneLine);
  return lines.map((line) => line.replaceAll(/[\\;,]/g, "\\$&")).join("\\n");
}

/** Goes on after a line's end and a space, never in the middle of a character. */
function folded(line: string): string {
  if (Buffer.byteLength(line) <= LINE_BYTES) return line;
  const parts: string[] = [];
  let part = "";
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > LINE_BYTES) {
      parts.push(part);
      [part, bytes] = [" ", 1];
    }
    part += character;
    bytes += size;
  }
  return [...parts, part].join("\r\n");
}
