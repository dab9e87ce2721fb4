import { type CheckContext, ConfigurationError } from "#sdk";

import { callApi } from "./client.ts";
import type { TourcmsConfig } from "./config.ts";
import { countOf } from "./fields.ts";

interface Limit {
  remaining: number;
  hourly: number;
}

type Means = Pick<CheckContext<TourcmsConfig>, "clock" | "config" | "http" | "signal">;

/** Asks for the rate limit of each channel: needs a valid key and is free of charge. */
export async function check({ clock, config, http, signal }: Means): Promise<string> {
  const channelIds = Object.keys(config.channels);
  const withKey = channelIds.filter((id) => config.channels[id]?.apiKey !== undefined);
  if (withKey.length === 0) {
    throw new ConfigurationError(
      "no API key: every TourCMS channel has its own, shown with the channel's id in the API " +
        "settings of the TourCMS back office; put it under settings.channels",
    );
  }
  const caller = {
    config,
    http,
    signal,
    clock,
    reportRemaining: () => undefined,
  };
  const limits = await Promise.all(
    withKey.map(async (channelId): Promise<Limit> => {
      const root = await callApi("/api/rate_limit_status.xml", channelId, caller);
      if (root === undefined) {
        // TourCMS answers like this for accounts that are not paid for.
        throw new ConfigurationError(`TourCMS knows channel ${channelId} but shows nothing of it`);
      }
      return {
        remaining: countOf(root, "remaining_hits") ?? 0,
        hourly: countOf(root, "hourly_limit") ?? config.hourlyLimit,
      };
    }),
  );
  return describe(limits, channelIds.length - withKey.length);
}

function describe(limits: readonly Limit[], withoutKey: number): string {
  // The channel that has least left is the one that will stop first.
  const tightest = limits.reduce((a, b) => (b.remaining < a.remaining ? b : a));
  const answering = limits.length === 1 ? "1 channel answers" : `${limits.length} channels answer`;
  const left = `${tightest.remaining} of ${tightest.hourly} calls left this hour`;
  return `${answering}, ${left}` + (withoutKey === 0 ? "" : `, ${withoutKey} without apiKey`);
}
