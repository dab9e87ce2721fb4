import type { Database } from "../../src/db/database.ts";
import type { TimeWindow } from "../../src/sdk/lists.ts";
import type { ClockSchedule } from "../../src/sdk/schedule.ts";
import type { TimeBench } from "./time-bench.ts";

interface ClockRow {
  position: number;
  slot: string;
  state: string;
  due_at: number;
  reference_at: number;
}

/** `shop/sync`, and what it does is nothing. */
export function syncSchedule(parts: Partial<ClockSchedule<unknown>> = {}): ClockSchedule<unknown> {
  const handle = () => Promise.resolve({ done: "ok" });
  return { id: "sync", every: "hour", timeZone: "UTC", handle, ...parts };
}

export async function readTurns({ knex }: Database): Promise<ClockRow[]> {
  return knex("occurrences")
    .orderBy("position")
    .select("position", "slot", "state", "due_at", "reference_at");
}

/** As if so much time had passed for what is planned, with nothing at work. */
export async function sleepThrough(db: Database, ms: number): Promise<void> {
  for (const row of await readTurns(db)) {
    await db
      .knex("occurrences")
      .where({ position: row.position })
      .update({
        slot: String(Number(row.slot) - ms),
        due_at: row.due_at - ms,
        reference_at: row.reference_at - ms,
      });
  }
  const events: { id: string; dedupe_key: string }[] = await db
    .knex("events")
    .select("id", "dedupe_key");
  // Moments come again for what is planned; what was told at them keeps its own.
  for (const { id, dedupe_key: key } of events) {
    await db
      .knex("events")
      .where({ id })
      .update({ dedupe_key: `${key}, before` });
  }
}

export async function windowsOf(time: TimeBench): Promise<TimeWindow[]> {
  const events = await time.events("schedule.due");
  return events.flatMap(({ schedule }) => (schedule ? [schedule.window] : []));
}
