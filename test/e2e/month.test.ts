import { afterEach, expect, it } from "vitest";

import { type PlannedCall, Playlist } from "../../src/simulate/playlist.ts";
import { knownBookings, truthsOf } from "../harness/known-bookings.ts";
import { type MonthsWorld, startMonth } from "./months-world.ts";

/** Of each source; MONTH_BOOKINGS=3000 plays a whole month of a busy operator. */
const BOOKINGS = Number(process.env["MONTH_BOOKINGS"] ?? 60);
const DAYS = 30;
/** A round of the schedule looks at what is new; here it is one a day. */
const PARTS_OF_DAY = Math.ceil(BOOKINGS / 375);
const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const CALLS_OF_BOOKING = 3;
const TIMEOUT_MS = 600_000 + BOOKINGS * 2_000;

let world: MonthsWorld | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

it(
  "after a month of lost, late and doubled calls and silent changes all is as at the source",
  async () => {
    world = await startMonth({ seed: 7, before: Math.ceil(BOOKINGS / 10) });
    const { sources, time } = world;
    await world.settle();
    const playlist = new Playlist(
      sources.map(({ id, system }) => ({ connection: id, system, stories: system.stories })),
      {
        seed: 11,
        stories: sources.length * BOOKINGS,
        losses: 0.3,
        repeats: 0.1,
        late: 0.1,
        silent: 0.1,
      },
    );

    await playMonth(world, playlist);
    await world.compare(everything());
    time.pass(DAY_MS);
    await world.compare(everything());

    const { lost, late, silentChanges } = playlist.mishaps;
    expect(Math.min(lost, late, silentChanges)).toBeGreaterThan(BOOKINGS / 10);
    for (const { id, system } of sources) {
      expect(await knownBookings(world.app.db, id)).toEqual(truthsOf(system));
      expect(system.calls?.get("refused") ?? 0).toBe(0);
    }
    expect(await differencesLeft(world)).toEqual([]);
    await expectEachMailOnce(world);
  },
  TIMEOUT_MS,
);

async function playMonth(world: MonthsWorld, playlist: Playlist): Promise<void> {
  const calls = playlist[Symbol.iterator]();
  const allCalls = world.sources.length * BOOKINGS * CALLS_OF_BOOKING;
  const perPart = Math.ceil(allCalls / DAYS / PARTS_OF_DAY);
  for (let part = 1; ; part += 1) {
    const next = [...taken(calls, 1)];
    if (next.length === 0) return;
    await world.play(chain(next, taken(calls, perPart - 1)));
    world.time.pass(DAY_MS / PARTS_OF_DAY);
    if (part % PARTS_OF_DAY === 0) await world.compare({ since: Date.now() - 2 * DAY_MS });
  }
}

/** Calls are made as they are taken, so they must not be taken ahead. */
function* taken(calls: Iterator<PlannedCall>, most: number): Generator<PlannedCall> {
  for (let count = 0; count < most; count += 1) {
    const step = calls.next();
    if (step.done) return;
    yield step.value;
  }
}

function* chain<T>(...parts: Iterable<T>[]): Generator<T> {
  for (const part of parts) yield* part;
}

/** What a night compares, and what a person may ask for. */
function everything() {
  const dayAt = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  const days = { from: dayAt(-100), to: dayAt(800) };
  return { since: Date.now() - 31 * DAY_MS, isDaily: true, days };
}

async function differencesLeft({ app }: MonthsWorld): Promise<unknown[]> {
  return app.db.knex("differences").where({ state: "open" }).select("*");
}

async function expectEachMailOnce({ app, mails, sources }: MonthsWorld): Promise<void> {
  const effects: { connection: string; subject: string; state: string }[] = await app.db
    .knex("effects")
    .select("connection", "subject", "state");
  expect(mails.mails.length).toBeGreaterThan(BOOKINGS / 2);
  const said = mails.mails.map(({ to, subject, text }) => JSON.stringify([to, subject, text]));
  const saidOnce = new Set<string>();
  expect(said.filter((mail) => saidOnce.has(mail) || !saidOnce.add(mail))).toEqual([]);
  expect(new Set(mails.mails.map(({ messageId }) => messageId)).size).toBe(said.length);
  expect(effects.length).toBe(said.length);
  for (const { id, before } of sources) {
    const told = effects.filter(({ connection }) => connection === id);
    expect(told.filter(({ subject }) => before.has(subject))).toEqual([]);
  }
}
