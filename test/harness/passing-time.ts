import { vi } from "vitest";

import type { Database } from "../../src/db/database.ts";

/** Clocks of this process that can be put forward, while all work goes on in real time. */
export interface PassingTime {
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
  return {
    pass(ms) {
      passedMs += ms;
    },
    stop() {
      for (const spy of spies) spy.mockRestore();
    },
  };
}

/** Ends the waits for a later look: in the store they are as long after a jump of the clock as before. */
export async function endWaits({ knex }: Database): Promise<void> {
  await knex("deliveries")
    .where({ state: "waiting" })
    .where("due_at", ">", 0)
    .update({ due_at: 0 });
}
