import { afterEach, expect, it } from "vitest";

import type { SimulatedTruth } from "../../src/sdk/simulator.ts";
import { Playlist } from "../../src/simulate/playlist.ts";
import { knownBookings, truthsOf } from "../harness/known-bookings.ts";
import { type MonthsWorld, startMonth } from "./months-world.ts";

const BOOKINGS = 20;
/** Longer than until the first later look. */
const LAG_MS = 45_000;

let world: MonthsWorld | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

it("a fetch that still shows the old state never loses a cancellation", async () => {
  world = await startMonth({ seed: 9, before: 0, lagMs: LAG_MS, waitMs: 30_000 });
  const { sources } = world;
  await world.settle();
  const playlist = new Playlist(
    sources.map(({ id, system }) => ({
      connection: id,
      system,
      stories: system.stories.filter((name) => name.includes("cancel")),
    })),
    { seed: 4, stories: sources.length * BOOKINGS },
  );

  await world.play(playlist);

  for (const { id, system } of sources) {
    const truly = cancelled(truthsOf(system));
    expect(truly.length).toBeGreaterThan(BOOKINGS / 4);
    expect(cancelled(await knownBookings(world.app.db, id))).toEqual(truly);
    expect(await toldOf("booking.cancelled", id, world)).toEqual(expect.arrayContaining(truly));
  }
}, 240_000);

function cancelled(bookings: ReadonlyMap<string, Partial<SimulatedTruth>>): string[] {
  const isCancelled = ([, { status }]: [string, Partial<SimulatedTruth>]) => status === "cancelled";
  return [...bookings]
    .filter(isCancelled)
    .map(([reference]) => reference)
    .sort();
}

async function toldOf(type: string, connection: string, { app }: MonthsWorld): Promise<string[]> {
  return app.db.knex("events").where({ type, connection }).orderBy("subject").pluck("subject");
}
