import type {
  BookingList,
  BookingView,
  ListedBooking,
  ListPage,
  Notice,
  SimulatedCall,
  SimulatedSystem,
  SimulatorOptions,
} from "#sdk";
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
export async function account(seed = 1, nowMs = NOW, options: Partial<SimulatorOptions> = {}) {
  const system = simulator.create({ seed, now: NOW, ...options });
  const server = await vendorServer((request) => system.answer(request));
  servers.push(server);
  const settings = TourcmsConfig.parse(simulator.settings(server.url));
  const clock = options.clock ? { now: options.clock } : testClock(nowMs);
  const context = fetchContext(settings, { clock });
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

/** An account with bookings of the past weeks; its clock and ours are one, and stand still. */
export async function populated(count: number, options: Partial<SimulatorOptions> = {}) {
  const clock = testClock(NOW);
  const made = await account(1, NOW, { clock: () => clock.now(), ...options });
  const { system, settings, context } = made;
  system.populate?.(count);
  /** All pages of a list, channel by channel, as they come. */
  const pages = async <Window>(
    list: BookingList<TourcmsConfig, Window>,
    window: Window,
  ): Promise<ListPage[]> => {
    const read: ListPage[] = [];
    for (const part of source.lists?.parts?.(settings) ?? []) {
      for (let page = 0, isLast = false; !isLast; page += 1) {
        const answer = await list.read({ window, part, page }, context);
        read.push(answer);
        ({ isLast } = answer);
      }
    }
    return read;
  };
  const rows = async <Window>(
    list: BookingList<TourcmsConfig, Window>,
    window: Window,
  ): Promise<ListedBooking[]> => (await pages(list, window)).flatMap(({ bookings }) => bookings);
  const truth = () => new Map([...(system.truth?.() ?? [])].map((one) => [one.reference, one]));
  return { ...made, clock, pages, rows, truth };
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
