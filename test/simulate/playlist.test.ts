import { describe, expect, it } from "vitest";

import { type PlannedCall, Playlist, type PlaylistOptions } from "../../src/simulate/playlist.ts";
import { fakeSystem } from "./fake-system.ts";

function list(options: Partial<PlaylistOptions> = {}): PlannedCall[] {
  const cast = ["fjord", "bikes"].map((connection) => {
    const system = fakeSystem();
    return { connection, system, stories: system.stories };
  });
  return [...new Playlist(cast, { seed: 1, stories: 40, ...options })];
}

function labels(calls: readonly PlannedCall[]): string[] {
  return calls.map(({ connection, call, isRepeat }) =>
    [connection, call.label, ...(isRepeat ? ["again"] : [])].join(" "),
  );
}

/** The steps of each booking, in the order in which they come. */
function stepsByBooking(calls: readonly PlannedCall[]): Map<string, number[]> {
  const steps = new Map<string, number[]>();
  for (const { connection, call } of calls) {
    const booking = `${connection} ${call.about}`;
    const step = Number(new URLSearchParams(call.query).get("step"));
    steps.set(booking, [...(steps.get(booking) ?? []), step]);
  }
  return steps;
}

function isRising(steps: readonly number[]): boolean {
  return steps.every((step, index) => index === 0 || step >= (steps[index - 1] ?? 0));
}

describe("the order of calls", () => {
  it("is the same for the same seed, and another for another", () => {
    const options = { repeats: 0.3, reorder: true };

    const [first, again, other] = [1, 1, 2].map((seed) => labels(list({ ...options, seed })));

    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it("mixes bookings of both systems, and tells each of them in order and to its end", () => {
    const calls = list({ repeats: 0.3 });

    const steps = stepsByBooking(calls);
    const changes = calls.filter(({ call }, index) => call.about !== calls[index - 1]?.call.about);
    expect(steps.size).toBe(40);
    expect([...steps.values()].every(isRising)).toBe(true);
    expect([...steps.values()].every((all) => [1, 4].includes(new Set(all).size))).toBe(true);
    expect(changes.length).toBeGreaterThan(calls.length / 2);
    expect(new Set(calls.map(({ connection }) => connection))).toEqual(new Set(["fjord", "bikes"]));
  });

  it("lets calls about one booking overtake each other only when asked, and loses none", () => {
    const [ordered, reordered] = [list(), list({ reorder: true })];

    expect([...stepsByBooking(reordered).values()].every(isRising)).toBe(false);
    expect(labels(reordered).sort()).toEqual(labels(ordered).sort());
  });

  it("sends about the wanted share twice, the second after the first and like it", () => {
    const calls = list({ stories: 400, repeats: 0.25 });

    const repeats = calls.filter(({ isRepeat }) => isRepeat);
    const firsts = calls.filter(({ isRepeat }) => !isRepeat);
    expect(repeats.length / firsts.length).toBeGreaterThan(0.2);
    expect(repeats.length / firsts.length).toBeLessThan(0.3);
    for (const repeat of repeats) {
      const first = firsts.find(({ call }) => call === repeat.call);
      expect(first && calls.indexOf(first) < calls.indexOf(repeat)).toBe(true);
    }
  });

  it("tells every story of a system before it tells one again", () => {
    const system = fakeSystem({ a: 1, b: 1, c: 1, d: 1, e: 1 });
    const cast = [{ connection: "fjord", system, stories: system.stories }];

    const calls = [...new Playlist(cast, { seed: 3, stories: 10, together: 1 })];

    const told = calls.map(({ call }) => new URLSearchParams(call.query).get("story"));
    expect(told.slice(0, 5).sort()).toEqual(["a", "b", "c", "d", "e"]);
    expect(told.slice(5).sort()).toEqual(["a", "b", "c", "d", "e"]);
  });
});

describe("mishaps", () => {
  const one = (options: Partial<PlaylistOptions>, changeSilently?: () => string | undefined) => {
    const system = { ...fakeSystem({ long: 4 }), ...(changeSilently && { changeSilently }) };
    const cast = [{ connection: "fjord", system, stories: system.stories }];
    const playlist = new Playlist(cast, { seed: 1, stories: 200, ...options });
    return { playlist, calls: [...playlist], system };
  };

  it("lose about the wanted share of the calls, and the same ones for the same seed", () => {
    const [first, again] = [one({ losses: 0.3 }), one({ losses: 0.3 })];

    expect(first.system.taken.length).toBe(800);
    expect(first.playlist.mishaps.lost).toBe(800 - first.calls.length);
    expect(first.playlist.mishaps.lost / 800).toBeCloseTo(0.3, 1);
    expect(labels(again.calls)).toEqual(labels(first.calls));
  });

  it("let a late call be overtaken by many, and lose none", () => {
    const [inTime, late] = [one({}), one({ late: 0.1 })];

    const delays = late.calls.map(
      ({ call }, place) => place - late.system.taken.indexOf(call.label),
    );
    expect(labels(late.calls).sort()).toEqual(labels(inTime.calls).sort());
    expect(late.playlist.mishaps.late / 800).toBeCloseTo(0.1, 1);
    expect(Math.max(...delays)).toBeGreaterThan(50);
  });

  it("change bookings without a call, after the call that came before", () => {
    const changes: string[] = [];
    const change = () => (changes.length < 5 ? `change ${changes.push("")}` : undefined);

    const { playlist, calls } = one({ silent: 0.5 }, change);

    expect(calls.length).toBe(800);
    expect(playlist.mishaps.silentChanges).toBe(5);
    expect([...playlist.mishaps.untold]).toEqual(["fjord"]);
  });

  it("leave nothing untold when calls are only late, or there is nothing to change", () => {
    const { playlist } = one({ late: 0.5, silent: 0.5 }, () => undefined);

    expect(playlist.mishaps).toMatchObject({ silentChanges: 0, untold: new Set() });
  });

  it("count a late call when it comes, as a playing may be stopped before", () => {
    const system = fakeSystem({ long: 4 });
    const cast = [{ connection: "fjord", system, stories: system.stories }];
    const playlist = new Playlist(cast, { seed: 1, stories: 200, late: 0.5 });
    const calls = playlist[Symbol.iterator]();

    for (let taken = 0; taken < 10; taken += 1) calls.next();

    expect(system.taken.length).toBeGreaterThan(10);
    expect(playlist.mishaps.late).toBe(0);
  });
});

describe("a call", () => {
  it("is made only when it is taken, so that the system is not ahead of what was sent", () => {
    const system = fakeSystem({ long: 4 });
    const cast = [{ connection: "fjord", system, stories: system.stories }];
    const calls = new Playlist(cast, { seed: 1, stories: 2 })[Symbol.iterator]();

    const counts = [0, 1, 2, 3].map(() => {
      calls.next();
      return system.taken.length;
    });

    expect(counts).toEqual([1, 2, 3, 4]);
  });

  it("is counted as a finished booking when there is none after it", () => {
    const system = fakeSystem({ long: 4 });
    const cast = [{ connection: "fjord", system, stories: system.stories }];
    const playlist = new Playlist(cast, { seed: 1, stories: 3 });

    const calls = [...playlist];

    expect([calls.length, playlist.finished]).toEqual([12, 3]);
  });
});

it("a system without the wanted story is left out", () => {
  const [fjord, bikes] = [fakeSystem(), fakeSystem({ rental: 2 })];
  const cast = [
    { connection: "fjord", system: fjord, stories: [] },
    { connection: "bikes", system: bikes, stories: ["rental"] },
  ];

  const calls = [...new Playlist(cast, { seed: 1, stories: 5 })];

  expect(calls.length).toBe(10);
  expect(fjord.taken).toEqual([]);
});
