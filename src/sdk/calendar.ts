export * from "./calendar/appointments.ts";
export * from "./calendar/event-text.ts";
export { calendarRule, type CalendarRule, takes } from "./calendar/rule.ts";
export { spanLines, utcText, zoneOf } from "./calendar/span.ts";
