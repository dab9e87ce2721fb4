import { describe, expect, it } from "vitest";

import { matches } from "../../src/dispatch/matches.ts";
import type { AnyEvent } from "../../src/sdk/booking-event.ts";
import type { WhenConfig } from "../../src/settings/config-schema.ts";
import { eventOf } from "../harness/workshop.ts";

const event = {
  ...eventOf("1201"),
  booking: {
    connection: "fjord",
    reference: "1201",
    version: 1,
    status: "confirmed",
    channel: { id: "51234", name: "Fjord & Forest" },
    items: [{ id: "1", name: "Rafting", productId: "31", productCode: "RAFT" }],
    agent: { id: "77", name: "Smith Travel" },
    custom: { Newsletter: "on" },
    customer: { custom: { Company: "Example Ltd" } },
  },
} as AnyEvent;

describe("a filter lets through", () => {
  it.each<[string, WhenConfig, boolean]>([
    ["everything when it says nothing", {}, true],
    ["a connection it names", { connections: ["fjord"] }, true],
    ["no other connection", { connections: ["gulf"] }, false],
    ["a type it names", { types: ["booking.confirmed"] }, true],
    ["no other type", { types: ["booking.cancelled"] }, false],
    ["a product by id", { products: ["31"] }, true],
    ["a product by code", { products: ["RAFT"] }, true],
    ["no other product", { products: ["32"] }, false],
    ["a channel by id", { channels: ["51234"] }, true],
    ["a channel by name", { channels: ["Fjord & Forest"] }, true],
    ["no other channel", { channels: ["1"] }, false],
    ["a status it names", { statuses: ["confirmed"] }, true],
    ["no other status", { statuses: ["quoted"] }, false],
    ["agents' bookings when it wants only those", { agents: "only" }, true],
    ["no agents' bookings when it wants none", { agents: "none" }, false],
    ["a form item with its value", { custom: { Newsletter: "on" } }, true],
    ["a property of the customer", { custom: { Company: "Example Ltd" } }, true],
    ["no other value", { custom: { Newsletter: "" } }, false],
    ["only what passes all its parts", { products: ["31"], statuses: ["quoted"] }, false],
  ])("%s", (_, when, isThrough) => {
    expect(matches(when, event)).toBe(isThrough);
  });
});

it("an event without a booking passes a filter that asks nothing of bookings", () => {
  const tick = { ...event, type: "clock.hourly", subject: "clock", booking: undefined } as AnyEvent;

  expect(matches({ connections: ["fjord"] }, tick)).toBe(true);
  expect(matches({ statuses: ["confirmed"] }, tick)).toBe(false);
  expect(matches({ agents: "none" }, tick)).toBe(false);
});
