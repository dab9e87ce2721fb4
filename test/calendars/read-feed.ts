import ICAL from "ical.js";

/** An event as a parser sees it that knows nothing of how ours are written. */
export interface SeenEvent {
  uid: string;
  summary: string;
  description: string;
  location: string;
  status: string;
  sequence: number;
  stamp: string;
  /** `2026-03-14T08:00:00.000Z`, or `2026-03-14` for whole days. */
  start: string;
  end: string | undefined;
}

export function eventsIn(text: string): SeenEvent[] {
  const calendar = ICAL.Component.fromString(text);
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const textOf = (name: string) => component.getFirstPropertyValue(name)?.toString() ?? "";
    const momentIn = (name: string) => momentOf(component.getFirstPropertyValue(name));
    return {
      ...{ uid: textOf("uid"), summary: textOf("summary"), description: textOf("description") },
      ...{ location: textOf("location"), status: textOf("status") },
      ...{ sequence: Number(textOf("sequence")), stamp: momentIn("dtstamp") ?? "" },
      ...{ start: momentIn("dtstart") ?? "", end: momentIn("dtend") },
    };
  });
}

function momentOf(value: unknown): string | undefined {
  if (!(value instanceof ICAL.Time)) return undefined;
  return value.isDate ? value.toString() : value.toJSDate().toISOString();
}
