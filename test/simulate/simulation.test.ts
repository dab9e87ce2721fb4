import { afterEach, describe, expect, it } from "vitest";

import type { HttpClient } from "../../src/sdk/context.ts";
import type { SimulatedSystem, SimulatorOptions } from "../../src/sdk/simulator.ts";
import { SettingsError } from "../../src/settings/settings-error.ts";
import {
  type Simulation,
  type SimulationPlan,
  startSimulation,
} from "../../src/simulate/simulation.ts";
import { fakeSystem } from "./fake-system.ts";

let simulation: Simulation | undefined;
afterEach(async () => {
  await simulation?.server.close();
  simulation = undefined;
});

const NOW = Date.UTC(2026, 2, 14);

/** Starts the given systems, and keeps what each of them was created with. */
async function start(
  systems: Readonly<Record<string, SimulatedSystem>>,
  plan: Partial<SimulationPlan> = {},
) {
  const created: SimulatorOptions[] = [];
  const connections = Object.entries(systems).map(([id, system]) => ({
    id,
    token: "",
    apiBaseUrl: `http://127.0.0.1:0/${id}`,
    simulator: {
      settings: () => ({}),
      create: (options: SimulatorOptions) => {
        created.push(options);
        return system;
      },
    },
  }));
  const pace = { connections: 1 };
  simulation = await startSimulation({ connections, seed: 1, stories: 30, pace, ...plan }, NOW);
  return { simulation, created };
}

async function problemsOf(starting: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await starting.catch((thrown: unknown) => thrown);
  return error instanceof SettingsError ? error.problems : [String(error)];
}

/** Takes every call. */
const http: HttpClient = {
  send: () =>
    Promise.resolve({
      status: 200,
      headers: {},
      body: Buffer.alloc(0),
      text: () => "",
    }),
};

describe("what a system cannot do", () => {
  const able = {
    ...fakeSystem(),
    populate: () => undefined,
    changeSilently: () => undefined,
    calls: new Map(),
  };

  it.each<[Partial<SimulationPlan>, string]>([
    [{ bookings: 5 }, "connection fjord: --bookings: its simulator has no bookings but those"],
    [{ silent: 0.1 }, "connection fjord: --silent: its simulator changes nothing without a call"],
    [{ api: { hourlyLimit: 5 } }, "connection fjord: --limit: its simulator does not count"],
  ])("is refused by name before anything is played: %j", async (plan, problem) => {
    const problems = await problemsOf(start({ fjord: fakeSystem(), bikes: able }, plan));

    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  it("is all told at once", async () => {
    const plan = { bookings: 5, silent: 1, api: { hourlyLimit: 5 } };

    const problems = await problemsOf(start({ fjord: fakeSystem(), bikes: fakeSystem() }, plan));

    expect(problems.length).toBe(6);
  });

  it("does not matter when it is not wanted", async () => {
    const { created } = await start({ fjord: fakeSystem() }, { silent: 0, losses: 1, late: 0.5 });

    expect(created.length).toBe(1);
  });
});

describe("bookings made before", () => {
  it("are there before anything is played", async () => {
    const counts: number[] = [];
    const system = { ...fakeSystem(), populate: (count: number) => void counts.push(count) };

    await start({ fjord: system }, { bookings: 300 });

    expect(counts).toEqual([300]);
    expect(system.taken).toEqual([]);
  });

  it("that a system has no room for are refused by the name of the connection", async () => {
    const populate = () => {
      throw new Error("no room for 300 numbers");
    };

    const problems = await problemsOf(
      start({ fjord: { ...fakeSystem(), populate } }, { bookings: 300 }),
    );

    expect(problems).toEqual(["connection fjord: --bookings 300: no room for 300 numbers"]);
  });
});

it("every system is created with what its API shall be like, and with a seed of its own", async () => {
  const api = { lagMs: 2000, hourlyLimit: 5, hasMovingRows: true };
  const counting = () => ({ ...fakeSystem(), calls: new Map() });

  const { created } = await start({ fjord: counting(), bikes: counting() }, { api });

  expect(created).toMatchObject([
    { ...api, now: NOW },
    { ...api, now: NOW },
  ]);
  expect(created[0]?.seed).not.toBe(created[1]?.seed);
});

it("calls that the APIs refused are added up as they are now", async () => {
  const calls = new Map([["show", 9]]);
  const refusing = { ...fakeSystem(), calls: new Map([["refused", 2]]) };
  const { simulation } = await start({ fjord: { ...fakeSystem(), calls }, bikes: refusing });
  const before = simulation.refused;

  calls.set("refused", 3);

  expect([before, simulation.refused]).toEqual([2, 5]);
});

it("calls lost on purpose are no calls that nobody took, and are known by connection", async () => {
  const [fjord, bikes] = [fakeSystem({ long: 4 }), fakeSystem({ long: 4 })];
  const { simulation } = await start({ fjord, bikes }, { losses: 0.4, stories: 20 });
  const progress = { update: () => undefined, end: () => undefined };
  const { signal } = new AbortController();

  const { tally, mishaps } = await simulation.play((id) => `http://127.0.0.1/${id}`, {
    http,
    progress,
    signal,
  });

  expect(mishaps.lost).toBeGreaterThan(10);
  expect(tally).toMatchObject({ calls: 80 - mishaps.lost, taken: 80 - mishaps.lost, lost: 0 });
  expect([...mishaps.untold].sort()).toEqual(["bikes", "fjord"]);
});
