import { Temporal } from "temporal-polyfill";

const AROUND = { days: 400 };

/**
 * A zone as calendars want it told: every change of its clocks around a time, one by one. Events
 * here do not recur, so nothing has to be said about other years.
 */
export function timeZoneLines(timeZone: string, date: string): string[] {
  const day = Temporal.PlainDate.from(date);
  const from = day.subtract(AROUND).toZonedDateTime({ timeZone });
  const until = day.add(AROUND).toZonedDateTime({ timeZone });
  const lines = observance(from, from);
  let next = from.getTimeZoneTransition("next");
  while (next && next.epochMilliseconds < until.epochMilliseconds) {
    const before = next.subtract({ milliseconds: 1 });
    lines.push(...observance(before, next));
    next = next.getTimeZoneTransition("next");
  }
  return ["BEGIN:VTIMEZONE", `TZID:${timeZone}`, ...lines, "END:VTIMEZONE"];
}

/** From a change of clocks on. It begins at the time that clocks showed before it. */
function observance(before: Temporal.ZonedDateTime, after: Temporal.ZonedDateTime): string[] {
  const kind = after.offsetNanoseconds > before.offsetNanoseconds ? "DAYLIGHT" : "STANDARD";
  const start = after.toInstant().toZonedDateTimeISO(before.offset).toPlainDateTime();
  const text = start.toString({ smallestUnit: "second" }).replaceAll(/[-:]/g, "");
  return [
    ...[`BEGIN:${kind}`, `DTSTART:${text}`],
    ...[`TZOFFSETFROM:${offsetOf(before)}`, `TZOFFSETTO:${offsetOf(after)}`],
    `END:${kind}`,
  ];
}

function offsetOf({ offset }: Temporal.ZonedDateTime): string {
  return offset.replaceAll(":", "");
}
