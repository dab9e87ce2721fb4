import { expect, it } from "vitest";
import { z } from "zod";

import type { AnyIntegration } from "../../src/registry/loaded-integration.ts";
import { wantedParts } from "../../src/registry/wanted-parts.ts";

const done = () => Promise.resolve({ done: "ok" });
const ifOn = { isWanted: ({ on }: { on: boolean }) => on };
const handler = { kind: "mirror" as const, on: ["booking.confirmed" as const], handle: done };

const integration: AnyIntegration = {
  manifest: { id: "both", name: "Both" },
  config: z.strictObject({ on: z.boolean() }),
  handlers: [
    { id: "always", ...handler },
    { id: "asked", ...handler, ...ifOn },
  ],
  schedules: [
    { id: "morning", every: "day at 07:00", handle: done },
    { id: "evening", every: "day at 19:00", handle: done, ...ifOn },
    { id: "before", relativeTo: "start", offset: "-1d", handle: done, ...ifOn },
    { id: "day", relativeTo: "start", offset: "0d", handledBy: "asked" },
    { id: "night", relativeTo: "start", offset: "0d", handledBy: "always" },
  ],
  people: { erase: done, ...ifOn },
};

function idsOf(settings: object) {
  const { handlers = [], schedules = [], people } = wantedParts(integration, settings);
  const ids = [...handlers, ...schedules].map(({ id }) => id);
  return people ? [...ids, "people"] : ids;
}

it("what the settings do not ask for is not there", () => {
  expect(idsOf({ on: false })).toEqual(["always", "morning", "night"]);
});

it("what they ask for is there, with the moments of its handlers", () => {
  expect(idsOf({ on: true })).toEqual([
    ...["always", "asked", "morning", "evening", "before", "day", "night", "people"],
  ]);
});
