import { vi } from "vitest";

import type { Database } from "../../src/db/database.ts";

/** Clocks of this process that can be put forward, while all work goes on in real time. */
export interface PassingTime {
  /** Also ends the waits that would be over by then. */
  pass(ms: number): void;
  stop(): void;
}

/** Both the time of day and the time that something takes go on from what has been passed. */
export function startPassingTime(): PassingTime {
  let passedMs = 0;
  const now = Date.now.bind(Date);
  const elapsed = performance.now.bind(performance);
  const spies = [
    vi.spyOn(Date, "now").mockImplementation(() => now() + passedMs),
    vi.spyOn(performance, "now").mockImplementation(() => elapsed() + passedMs),
  ];
  const waits = startWaits();
  return {
    pass(ms) {
      passedMs += ms;
      waits.endUntil(performance.now());
    },
    stop() {
      waits.stop();
      for (const spy of spies) spy.mockRestore();
    },
  };
}

/** Real timers that can be ended early, as if the time had come. */
function startWaits() {
  const open = new Map<NodeJS.Timeout, { endsAt: number; end: () => void }>();
  const [start, cancel] = [globalThis.setTimeout, globalThis.clearTimeout];
  const startSpy = vi.spyOn(globalThis, "setTimeout");
  const wait = (callback: (...values: unknown[]) => void, ms = 0, ...values: unknown[]) => {
    const end = () => {
      open.delete(timer);
      callback(...values);
    };
    const timer = start(end, ms);
    // The HTTP client gives its timers values; their time does not pass with ours.
    if (values.length === 0) open.set(timer, { endsAt: performance.now() + ms, end });
    return timer;
  };
  startSpy.mockImplementation(wait as typeof setTimeout);
  const cancelSpy = vi.spyOn(globalThis, "clearTimeout");
  cancelSpy.mockImplementation((timer) => {
    open.delete(timer as NodeJS.Timeout);
    cancel(timer);
  });
  return {
    endUntil(at: number) {
      for (const [timer, { endsAt, end }] of [...open]) {
        if (endsAt > at) continue;
        cancel(timer);
        end();
      }
    },
    stop() {
      startSpy.mockRestore();
      cancelSpy.mockRestore();
    },
  };
}

/** Lets time pass for what waits in the store: there a wait is as long after a jump of the clock. */
export async function passWaits({ knex }: Database, ms: number): Promise<void> {
  await knex("deliveries")
    .where({ state: "waiting" })
    .where("due_at", ">", 0)
    .update({ due_at: knex.raw("due_at - ?", [ms]) });
}
