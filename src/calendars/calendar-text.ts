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

/** Events that are written before others have their turn. */
const SLICE = 100;

/**
 * The calendar as iCalendar. The same events give the same text: nothing in it is of the moment at
 * which somebody asked.
 *
 * @param relief Resolves when calls that come in leave room for other work.
 */
export async function calendarText(
  calendar: Calendar,
  events: readonly CalendarEvent[],
  relief: () => Promise<void>,
): Promise<string> {
  const parts = [joined(headLines(calendar))];
  for (let start = 0; start < events.length; start += SLICE) {
    const slice = events.slice(start, start + SLICE);
    parts.push(joined(slice.flatMap((event) => eventLines(event, calendar))));
    await relief();
  }
  if (events.length === 0) parts.push(joined(NOTHING));
  return [...parts, joined(["END:VCALENDAR"])].join("");
}

function headLines({ id, name: given = id }: Calendar): string[] {
  const name = text(given);
  return [
    ...["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bellhop//EN"],
    ...["CALSCALE:GREGORIAN", "METHOD:PUBLISH"],
    // The first of each pair is the standard's (RFC 7986), the second what programs have long read.
    ...[`NAME:${name}`, `X-WR-CALNAME:${name}`],
    ...[`REFRESH-INTERVAL;VALUE=DURATION:${REFRESH}`, `X-PUBLISHED-TTL:${REFRESH}`],
  ];
}

function joined(lines: readonly string[]): string {
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
