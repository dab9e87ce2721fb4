import type { Simulator } from "#sdk";

import { HOURLY_LIMIT } from "./api.ts";
import { ACCOUNT, CHANNELS } from "./catalogue.ts";
import { TourcmsSystem } from "./system.ts";

/** Plays a TourCMS account: its webhook calls and the part of its API that we use. */
export const simulator: Simulator = {
  settings: (apiBaseUrl) => ({
    accountId: ACCOUNT.id,
    channels: Object.fromEntries(CHANNELS.map(({ id, apiKey }) => [id, { apiKey }])),
    apiBaseUrl,
    timeZone: ACCOUNT.timeZone,
    hourlyLimit: HOURLY_LIMIT,
  }),
  create(options) {
    if (options.clock) return new TourcmsSystem(options, { now: options.clock });
    // Callers sign with their own clock. The account's clock starts where it is told and goes on
    // by elapsed time, so that they still agree after an hour of demonstration.
    const startedMs = performance.now();
    const clock = { now: () => options.now + (performance.now() - startedMs) };
    return new TourcmsSystem(options, clock);
  },
};
