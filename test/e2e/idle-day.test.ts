import { setTimeout as sleep } from "node:timers/promises";

import { afterEach, expect, it } from "vitest";

import { FactStore } from "../../src/db/fact-store.ts";
import type { ScheduleState } from "../../src/reconcile/schedule.ts";
import type { SimulatedSystem } from "../../src/sdk/simulator.ts";
import { type MonthsWorld, type PlayedSource, startMonth } from "./months-world.ts";

const BOOKINGS = 150;
const MINUTE_MS = 60_000;
const STEP_MS = 5 * MINUTE_MS;
const EVERY_MINUTES = 15;
const HOUR_MS = 60 * 60_000;
/** Of what the source allows an hour. */
const MOST_SHARE = 0.01;
/** A call over loopback is answered within. */
const QUIET_MS = 15;

let world: MonthsWorld | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

it("a day without differences costs at most a hundredth of what the source allows, every hour", async () => {
  world = await startMonth({ seed: 3, before: BOOKINGS, everyMinutes: EVERY_MINUTES });
  await world.settle();
  // The first rounds look back further, and take over what is over. Here nobody counts.
  await passHours(world, 24, EVERY_MINUTES * MINUTE_MS);

  const costs = new Map(world.sources.map(({ id }) => [id, [] as number[]]));
  for (let hour = 0; hour < 24; hour += 1) {
    const before = new Map(world.sources.map((source) => [source.id, callsOf(source)]));
    await passHours(world, 1);
    for (const source of world.sources) {
      costs.get(source.id)?.push(callsOf(source) - (before.get(source.id) ?? 0));
    }
  }

  for (const { id, hourlyLimit } of world.sources) {
    const ofHours = costs.get(id) ?? [];
    expect(Math.max(...ofHours), `${id}: ${ofHours.join(" ")}`).toBeLessThanOrEqual(
      hourlyLimit * MOST_SHARE,
    );
    expect(Math.max(...ofHours)).toBeGreaterThan(0);
    const state = await stateOf(world, id);
    expect(Date.now() - (state.roundAt ?? 0)).toBeLessThan(3 * HOUR_MS);
    expect(Date.now() - (state.dailyAt ?? 0)).toBeLessThan(25 * HOUR_MS);
  }
  const told = world.app.db.knex("differences").whereNot({ state: "adopted" });
  expect(await told.select("*")).toEqual([]);
}, 240_000);

it("a change that no call has told is found within hours, by itself", async () => {
  world = await startMonth({ seed: 3, before: 20, everyMinutes: EVERY_MINUTES });
  await world.settle();
  await passHours(world, 2);
  for (const { system } of world.sources) changeUntilPaid(system);

  // What is looked up takes real time: a jump meanwhile would be an answer that does not come.
  for (let hour = 0; hour < 4; hour += 1) {
    await passHours(world, 1);
    await world.settle();
  }

  for (const { id } of world.sources) {
    const found: unknown[] = await world.app.db
      .knex("differences")
      .where({ connection: id })
      .select("kind", "state", "cause");
    expect(found).toContainEqual({
      kind: "different",
      state: "repaired",
      cause: "unannounced",
    });
  }
}, 120_000);

/** Not every change shows in the lists of a round, a payment does: others wait for the night. */
function changeUntilPaid(system: SimulatedSystem): void {
  for (let change = 0; change < 100; change += 1) {
    if (/ paid /.test(system.changeSilently?.() ?? "")) return;
  }
  throw new Error("nothing was paid");
}

async function passHours(
  { time, sources }: MonthsWorld,
  hours: number,
  stepMs = STEP_MS,
): Promise<void> {
  for (let passed = 0; passed < hours * HOUR_MS; passed += stepMs) {
    time.pass(stepMs);
    for (let calls = -1; calls !== total(sources);) {
      calls = total(sources);
      await sleep(QUIET_MS);
    }
  }
}

function total(sources: readonly PlayedSource[]): number {
  return sources.reduce((sum, source) => sum + callsOf(source), 0);
}

function callsOf({ system }: PlayedSource): number {
  return [...(system.calls?.values() ?? [])].reduce((sum, calls) => sum + calls, 0);
}

async function stateOf({ app }: MonthsWorld, id: string): Promise<ScheduleState> {
  const stored = await new FactStore(app.db).get(`reconcile:${id}`);
  return JSON.parse(stored ?? "{}") as ScheduleState;
}
