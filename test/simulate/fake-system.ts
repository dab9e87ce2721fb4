import type { SimulatedCall, SimulatedSystem } from "../../src/sdk/simulator.ts";

/** A booking system of the tests: each story is a booking that takes a number of steps. */
export interface FakeSystem extends SimulatedSystem {
  /** Steps taken so far, as `booking 1 step 2`. */
  readonly taken: readonly string[];
}

export function fakeSystem(stories: Readonly<Record<string, number>> = { short: 1, long: 4 }) {
  const taken: string[] = [];
  let bookings = 0;
  function* calls(story: string, booking: number): Iterable<SimulatedCall> {
    for (let step = 1; step <= (stories[story] ?? 0); step += 1) {
      const label = `booking ${booking} step ${step}`;
      taken.push(label);
      const query = `booking=${booking}&step=${step}&story=${story}`;
      yield { about: `booking ${booking}`, method: "GET", query, label };
    }
  }
  const system: FakeSystem = {
    taken,
    stories: Object.keys(stories),
    play(story) {
      bookings += 1;
      return calls(story, bookings);
    },
    answer: ({ url }) => ({ status: 200, body: `asked for ${url}` }),
  };
  return system;
}
