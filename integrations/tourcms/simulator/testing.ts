import type { BookingView, Notice, SimulatedCall, SimulatedSystem } from "#sdk";
import {
  delivery,
  fetchContext,
  sourceContext,
  testClock,
  type VendorServer,
  vendorServer,
} from "#sdk/testing";

import { TourcmsConfig } from "../config.ts";
import { source } from "../source.ts";
import { simulator } from "./simulator.ts";

export const NOW = Date.UTC(2026, 2, 2, 13, 20);

const servers: VendorServer[] = [];
/** Stops the servers of all accounts made so far. */
export async function closeAccounts(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

export interface Seen {
  call: SimulatedCall;
  notice: Notice;
  view: BookingView;
}

/** A simulated account behind a real HTTP server, and our side of the connection. */
export async function account(seed = 1, nowMs = NOW) {
  const system = simulator.create({ seed, now: NOW });
  const server = await vendorServer((request) => system.answer(request));
  servers.push(server);
  const settings = TourcmsConfig.parse(simulator.settings(server.url));
  const context = fetchContext(settings, { clock: testClock(nowMs) });
  const look = (reference: string, how: Readonly<Record<string, string>>) =>
    source.fetchBooking?.(reference, how, context) ?? Promise.resolve(undefined);
  const take = async (call: SimulatedCall): Promise<Seen> => {
    const [notice] = source.read(
      delivery({
        method: call.method,
        query: call.query,
        ...(call.body ? { body: call.body } : {}),
      }),
      sourceContext(settings),
    );
    if (notice?.subject.kind !== "booking") throw new Error("no notice of a booking");
    const view = await look(notice.subject.reference, notice.fetch ?? {});
    if (!view) throw new Error("no booking");
    return { call, notice, view };
  };
  return { system, settings, context, look, take };
}

export async function playAll(
  system: SimulatedSystem,
  story: string,
  take: (c: SimulatedCall) => Promise<Seen>,
) {
  const seen: Seen[] = [];
  for (const call of system.play(story)) seen.push(await take(call));
  return seen;
}

export function numberOf(call: SimulatedCall | undefined): string {
  return new URLSearchParams(call?.query).get("booking_id") ?? "";
}
