import { describe, expect, it } from "vitest";

import type { LoadedInstance } from "../../src/registry/registry.ts";
import { reasonToMiss } from "../../src/schedule/plan.ts";
import { timersOf } from "../../src/schedule/timers.ts";
import type { Schedule } from "../../src/sdk/schedule.ts";
import { ConfigSchema } from "../../src/settings/config-schema.ts";

const DAY_MS = 24 * 60 * 60_000;
const DUE = Date.UTC(2026, 2, 14);

function timerFor(schedule: Schedule<unknown>) {
  const instance = { id: "books", when: {}, integration: { schedules: [schedule] } };
  const [timer] = timersOf(ConfigSchema.parse({}), [instance as unknown as LoadedInstance]);
  if (!timer) throw new Error("there is no timer");
  return timer;
}

const moment = { id: "service-date", relativeTo: "service day at 00:30", offset: "0d" } as const;
const handle = () => Promise.resolve({ done: "told" });

describe("a process that was away when the moments of bookings came", () => {
  const missed = (schedule: Schedule<unknown>, days: number) =>
    reasonToMiss(timerFor(schedule), { dueAt: DUE, referenceAt: DUE }, true, DUE + days * DAY_MS);

  it("makes up for those that a plug-in wants told however late, up to the time it says", () => {
    const handled = { ...moment, handledBy: "documents", within: "60d" } as const;

    expect(missed(handled, 0.5)).toBeUndefined();
    expect(missed(handled, 40)).toBeUndefined();
    expect(missed(handled, 61)).toBe("its moment had passed too long ago");
  });

  it("says nothing to anybody of those that passed more than a day ago", () => {
    expect(missed({ ...moment, handle }, 0.5)).toBeUndefined();
    expect(missed({ ...moment, handle }, 2)).toBe("its moment had passed too long ago");
  });
});
