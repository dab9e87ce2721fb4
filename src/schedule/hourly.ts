import type { Knex } from "knex";

import { draftEvent } from "../normalize/event-draft.ts";
import { hourKey } from "../normalize/repeats.ts";
import type { TimeWindow } from "../sdk/lists.ts";
import { HOURLY } from "./clocks.ts";
import type { FiringParts } from "./fire-timers.ts";

/** Subject of what no booking is about. */
export const CLOCK = "clock";

/**
 * The tick of an hour for connections whose source has none, or whose tick did not come. It has the
 * source's own key: whichever comes first counts.
 *
 * @returns how many jobs were made.
 */
export async function tellHour(
  { subjects, events, jobs, counters }: FiringParts,
  trx: Knex.Transaction,
  connections: readonly string[],
  window: TimeWindow,
  now: number,
): Promise<number> {
  let count = 0;
  for (const connection of connections) {
    const stored = (await subjects.load(trx, connection, [CLOCK])).get(CLOCK);
    if (!stored) continue;
    const { version, ordinal } = stored.known;
    const draft = draftEvent({ type: "clock.hourly" }, hourKey(window.until), {
      connection,
      subject: CLOCK,
      version,
      ordinal: ordinal + 1,
      changes: [],
      summary: "an hour has passed",
      origin: "scheduled",
      isQuiet: false,
      isAnnounced: false,
      schedule: { id: HOURLY.id, window },
      now,
    });
    if ((await events.told(trx, [draft])).size > 0) continue;
    const after = { ...stored.known, ordinal: ordinal + 1 };
    await subjects.save(trx, connection, [{ subject: CLOCK, kind: "clock", stored, after }]);
    await events.insert(trx, [draft]);
    await counters.add(trx, new Map([["events", 1]]));
    count += await jobs.enqueue(trx, [draft.event]);
  }
  return count;
}
