import { expect, it } from "vitest";
import { z } from "zod";

import { HandlerTable } from "../../src/dispatch/handler-table.ts";
import type { LoadedInstance } from "../../src/registry/registry.ts";
import type { AnyEvent } from "../../src/sdk/booking-event.ts";
import type { Schedule } from "../../src/sdk/schedule.ts";
import type { WhenConfig } from "../../src/settings/config-schema.ts";
import { eventOf } from "../harness/workshop.ts";

const done = () => Promise.resolve({ done: "ok" });
const SCHEDULES: readonly Schedule<unknown>[] = [
  { id: "morning", every: "day at 07:00", handle: done },
  { id: "hour", every: "hour", handle: done },
  { id: "before", relativeTo: "start", offset: "-1d at 18:00", handle: done },
  { id: "day", relativeTo: "service day at 00:30", offset: "0d", handledBy: "timers" },
];

function instance(id: string, when: WhenConfig = {}): LoadedInstance {
  const timers = { id: "timers", kind: "message" as const, on: ["booking.timer" as const] };
  const handlers = [{ ...timers, handle: done }];
  const manifest = { id, name: id };
  const integration = { manifest, config: z.object({}), handlers, schedules: SCHEDULES };
  return { id, integration, when, mode: "live", settings: {}, handlers };
}

const table = new HandlerTable([instance("office"), instance("shop", { connections: ["bikes"] })]);

function heardBy(event: Partial<AnyEvent>): string[] {
  return table.jobsFor({ ...eventOf("1201"), ...event } as AnyEvent).map(({ handler }) => handler);
}

it("a schedule's time is told to that schedule alone, whatever its instance filters", () => {
  const window = { since: 1, until: 2 };
  const due = { type: "schedule.due", connection: "-", booking: undefined } as const;

  expect(heardBy({ ...due, schedule: { id: "shop/morning", window } })).toEqual(["shop/morning"]);
  expect(heardBy({ ...due, schedule: { id: "gone/morning", window } })).toEqual([]);
});

it("a timer of a plug-in is told to its handler alone, of the bookings that the instance wants", () => {
  const timer = { relativeTo: "start", offsetMinutes: -1440 };
  const event = { type: "booking.timer", origin: "scheduled" } as const;

  expect(heardBy({ ...event, timer: { ...timer, name: "office/before" } })).toEqual([
    "office/before",
  ]);
  expect(heardBy({ ...event, timer: { ...timer, name: "shop/before" } })).toEqual([]);
});

it("a timer of the configuration is told to every handler of timers, not to schedules", () => {
  const timer = { name: "reminder", relativeTo: "start", offsetMinutes: -2880 };

  expect(heardBy({ type: "booking.timer", origin: "scheduled", timer })).toEqual(["office/timers"]);
  expect(heardBy({ type: "booking.confirmed" })).toEqual([]);
});

it("a moment is told to a handler, in the booking's own lane, whatever types the instance asks for", () => {
  const own = new HandlerTable([instance("books", { types: ["booking.confirmed"] })]);
  const timer = { name: "books/day", relativeTo: "start", offsetMinutes: 0 };
  const event = {
    ...eventOf("1201"),
    type: "booking.timer",
    origin: "scheduled",
    timer,
  } as AnyEvent;

  const [job, ...others] = own.jobsFor(event);

  expect(job).toMatchObject({ handler: "books/timers", scope: `${event.connection}/1201` });
  expect(others).toEqual([]);
  expect([...own.entries.keys()]).not.toContain("books/day");
});
