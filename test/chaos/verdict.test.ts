import { expect, it } from "vitest";

import type { Call } from "./load.ts";
import type { Performed } from "./target.ts";
import { isSound, judge, type Trial } from "./verdict.ts";

const call: Call = {
  ...{ number: 1, connection: "payload", reference: "P1", sequence: 1 },
  outcome: "acknowledged",
};

const told: Performed = {
  ...{ key: "target/tell|payload/P1|event:1", connection: "payload", subject: "P1" },
  ...{ version: 1, ordinal: 1, at: 0 },
};

const shown: Performed = { ...told, key: "target/mirror|payload/P1|state:1" };

/** One call, its event and its two effects. */
function soundTrial(): Trial {
  return {
    calls: [call],
    evidence: {
      deliveries: [
        {
          ...{ position: 1, connection: "payload", state: "done", reason: null, subject: "P1" },
          ...{ call: 1, reference: "P1", sequence: 1 },
        },
      ],
      events: [
        {
          ...{ connection: "payload", subject: "P1", ordinal: 1, version: 1 },
          type: "booking.requested",
        },
      ],
      jobs: [{ handler: "target/tell", state: "done", reason: null }],
      bookings: [{ connection: "payload", subject: "P1", version: 1, sequence: 1 }],
    },
    performed: [told, shown],
    mails: [],
    deaths: [],
    faultsEndedAt: 1,
    isShort: false,
  };
}

function faultsOf(trial: Trial): string[] {
  return judge(trial)
    .filter(({ count, mustBeNone }) => mustBeNone && count > 0)
    .map(({ name }) => name);
}

it("a run in which everything happened once and in order is sound", () => {
  expect(isSound(judge(soundTrial()))).toBe(true);
});

it.each<[string, (trial: Trial) => Trial, string]>([
  [
    "an accepted call that is not in the store",
    (trial) => ({ ...trial, calls: [call, { ...call, number: 2 }] }),
    "lost: accepted and not in the store",
  ],
  [
    "a state that an accepted call has not reached",
    (trial) => ({
      ...trial,
      evidence: {
        ...trial.evidence,
        bookings: trial.evidence.bookings.map((one) => ({ ...one, sequence: 0 })),
      },
    }),
    "lost: the booking's state does not include it",
  ],
  [
    "an event that was not told",
    (trial) => ({ ...trial, performed: [shown] }),
    "lost: event without its effect",
  ],
  [
    "an effect that was performed twice",
    (trial) => ({ ...trial, performed: [told, told, shown] }),
    "effects twice",
  ],
  [
    "work that was left for the peace after the faults",
    (trial) => ({ ...trial, faultsEndedAt: 0 }),
    "more than half only in the peace after",
  ],
  [
    "a process that ended on its own",
    (trial) => ({ ...trial, deaths: ["work-2 ended with 1"] }),
    "processes that ended on their own",
  ],
  [
    "a job that needs a person",
    (trial) => ({
      ...trial,
      evidence: {
        ...trial.evidence,
        jobs: [{ handler: "target/tell", state: "dead", reason: "gave up" }],
      },
    }),
    "jobs dead",
  ],
])("%s is found", (_, spoil, name) => {
  expect(faultsOf(spoil(soundTrial()))).toContain(name);
});

it("an effect that came after a later one is out of order", () => {
  const trial = soundTrial();
  const second = { ...told, key: "target/tell|payload/P1|event:2", ordinal: 2 };

  const faults = faultsOf({ ...trial, performed: [second, told, shown] });

  expect(faults).toContain("out of order, by ordinal");
});
