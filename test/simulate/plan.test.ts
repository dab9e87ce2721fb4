import { expect, it } from "vitest";

import { planOf, type SimulateOptions } from "../../src/simulate/plan.ts";

const OPTIONS: SimulateOptions = {
  stories: 20,
  seed: 1,
  repeats: 0,
  losses: 0,
  late: 0,
  silent: 0,
  rate: 10,
  wait: 60,
};

it("without options calls come one by one, and nothing goes wrong", () => {
  const plan = planOf([], OPTIONS);

  expect(plan).toEqual({
    connections: [],
    stories: 20,
    seed: 1,
    repeats: 0,
    reorder: false,
    losses: 0,
    late: 0,
    silent: 0,
    pace: { perSecond: 10 },
    api: {},
  });
});

it("each option has its place, and the lag is in milliseconds", () => {
  const plan = planOf([], {
    ...OPTIONS,
    ...{ only: "cancelled", bookings: 300, reorder: true, repeats: 0.1 },
    ...{ losses: 0.2, late: 0.3, silent: 0.4, lag: 2.5, limit: 50, moving: true },
  });

  expect(plan).toMatchObject({
    only: "cancelled",
    bookings: 300,
    reorder: true,
    repeats: 0.1,
    losses: 0.2,
    late: 0.3,
    silent: 0.4,
    api: { lagMs: 2500, hourlyLimit: 50, hasMovingRows: true },
  });
});

it.each([
  [4, 12],
  [40, 40],
])("a burst over %i connections mixes the calls of %i bookings", (burst, together) => {
  expect(planOf([], { ...OPTIONS, burst })).toMatchObject({
    pace: { connections: burst },
    together,
  });
});
