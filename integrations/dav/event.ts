import { zoneOf } from "#sdk/calendar";
import ICAL from "ical.js";

import { WHEN } from "./event-fields.ts";
import { timeZoneLines } from "./time-zone.ts";

const TOLD = ["description", "x-alt-desc", "x-bellhop-person"];

/** A calendar file with one event, and our fields in it. All that is not ours stays as it is. */
export class CalendarEvent {
  readonly #calendar: ICAL.Component;
  readonly #event: ICAL.Component;

  private constructor(calendar: ICAL.Component, event: ICAL.Component) {
    this.#calendar = calendar;
    this.#event = event;
  }

  static make(uid: string): CalendarEvent {
    const calendar = new ICAL.Component("vcalendar");
    calendar.addPropertyWithValue("version", "2.0");
    calendar.addPropertyWithValue("prodid", "-//Bellhop//EN");
    const event = calendar.addSubcomponent(new ICAL.Component("vevent"));
    event.addPropertyWithValue("uid", uid);
    return new CalendarEvent(calendar, event);
  }

  /** @returns undefined for what is no event. */
  static parse(text: string): CalendarEvent | undefined {
    try {
      const calendar = ICAL.Component.fromString(text);
      // The office may have made a series of it: exceptions of one are events beside it.
      const event = calendar
        .getAllSubcomponents("vevent")
        .find((one) => !one.hasProperty("recurrence-id"));
      return event && new CalendarEvent(calendar, event);
    } catch {
      return undefined;
    }
  }

  /** What is there now; empty text: nothing. */
  get(field: string): string {
    if (field === WHEN) {
      return ["dtstart", "dtend"]
        .flatMap((name) => this.#event.getFirstProperty(name)?.toICALString() ?? [])
        .join("\n");
    }
    const value: unknown = this.#event.getFirstPropertyValue(field.toLowerCase());
    return value === null || value === undefined ? "" : (value as string | ICAL.Time).toString();
  }

  set(field: string, value: string): void {
    if (field === WHEN) this.#setWhen(value.split("\n"));
    else if (field === "STATUS") this.#setStatus(value);
    else if (value === "") this.#event.removeAllProperties(field.toLowerCase());
    else this.#event.updatePropertyWithValue(field.toLowerCase(), value);
  }

  /**
   * Leaves nothing of what it told. Programs write that also into the alarms of an event, as another
   * form of the text, and into the exceptions of a series.
   */
  blank(summary: string): void {
    for (const event of this.#calendar.getAllSubcomponents("vevent")) {
      event.updatePropertyWithValue("summary", summary);
      for (const name of TOLD) event.removeAllProperties(name);
      for (const alarm of event.getAllSubcomponents("valarm")) {
        for (const name of ["summary", "description"]) {
          if (alarm.hasProperty(name)) alarm.updatePropertyWithValue(name, summary);
        }
      }
    }
  }

  /** As the next version of the event, for whoever holds an older one. */
  toText(nowMs: number): string {
    const now = ICAL.Time.fromJSDate(new Date(nowMs), true);
    const sequence = Number(this.get("SEQUENCE") || -1) + 1;
    this.#event.updatePropertyWithValue("sequence", sequence);
    this.#event.updatePropertyWithValue("dtstamp", now);
    this.#event.updatePropertyWithValue("last-modified", now);
    return `${this.#calendar.toString()}\r\n`;
  }

  /** What is cancelled keeps nobody busy; whether anything else does may be the office's choice. */
  #setStatus(status: string): void {
    const before = this.get("STATUS");
    this.#event.updatePropertyWithValue("status", status);
    const isCancelled = status === "CANCELLED";
    if (before !== "" && isCancelled === (before === "CANCELLED")) return;
    this.#event.updatePropertyWithValue("transp", isCancelled ? "TRANSPARENT" : "OPAQUE");
  }

  #setWhen(lines: readonly string[]): void {
    for (const name of ["dtstart", "dtend", "duration"]) this.#event.removeAllProperties(name);
    for (const line of lines) this.#event.addProperty(ICAL.Property.fromString(line));
    const zone = zoneOf(lines);
    if (zone !== undefined)
      this.#setZone(zone, String(this.#event.getFirstPropertyValue("dtstart")));
  }

  /** Told anew, since what was told may not reach as far as the event was moved. */
  #setZone(zone: string, start: string): void {
    const told = this.#calendar
      .getAllSubcomponents("vtimezone")
      .find((one) => one.getFirstPropertyValue("tzid") === zone);
    if (told) this.#calendar.removeSubcomponent(told);
    const text = timeZoneLines(zone, start.slice(0, 10)).join("\r\n");
    this.#calendar.addSubcomponent(ICAL.Component.fromString(text));
  }
}
