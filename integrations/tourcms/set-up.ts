import {
  ConfigurationError,
  type DescribeContext,
  isTimeZone,
  oncePerContext,
  type SourceDescription,
} from "#sdk";

import { type Caller, callApi } from "./client.ts";
import { keyedChannels, type TourcmsConfig } from "./config.ts";
import { childOf, filled, isFilled, textOf } from "./fields.ts";

/** What Show Channel tells of a channel and its account; what it does not name is absent. */
export interface SetUp {
  channelId: string;
  name?: string;
  accountName?: string;
  accountId?: string;
  /** A zone we know. */
  timeZone?: string;
  currency?: string;
  baseCurrency?: string;
  language?: string;
}

export type Means = Pick<DescribeContext<TourcmsConfig>, "clock" | "config" | "http" | "signal">;

/** @throws ConfigurationError when there is no channel to ask for. */
export function channelsToAsk(config: TourcmsConfig): string[] {
  const channelIds = keyedChannels(config);
  if (channelIds.length === 0) {
    throw new ConfigurationError(
      "no API key: every TourCMS channel has its own, shown with the channel's id in the API " +
        "settings of the TourCMS back office; put it under settings.channels",
    );
  }
  return channelIds;
}

export function callerOf({ clock, config, http, signal }: Means): Caller {
  return { clock, config, http, signal, reportRemaining: () => undefined };
}

async function readSetUp(channelId: string, caller: Caller): Promise<SetUp> {
  const root = await callApi("/c/channel/show.xml", channelId, caller);
  const channel = root && childOf(root, "channel");
  if (!channel) return { channelId };
  const timeZone = textOf(channel, "account_timezone");
  return {
    channelId,
    ...filled({
      name: textOf(channel, "channel_name"),
      accountName: textOf(channel, "account_name"),
      accountId: textOf(channel, "account_id"),
      timeZone: isFilled(timeZone) && isTimeZone(timeZone) ? timeZone : undefined,
      currency: textOf(channel, "sale_currency"),
      baseCurrency: textOf(channel, "base_currency"),
      language: textOf(channel, "lang")?.toLowerCase(),
    }),
  };
}

/** What each channel that has a key shows, or why it does not. */
export const readSetUps = oncePerContext(async (means: Means) => {
  const caller = callerOf(means);
  const channelIds = channelsToAsk(means.config);
  return Promise.allSettled(channelIds.map((channelId) => readSetUp(channelId, caller)));
});

/** Reads how the account is set up, from each channel that has a key. */
export async function describe(means: Means): Promise<SourceDescription> {
  const setUps = (await readSetUps(means)).map((shown) => {
    if (shown.status === "rejected") throw shown.reason;
    return shown.value;
  });
  const [first] = setUps;
  return {
    ...filled({
      name: first?.accountName ?? first?.name,
      timeZone: shared(setUps, "timeZone"),
      // Channels may sell in different currencies; the books are kept in one.
      currency: shared(setUps, "currency") ?? shared(setUps, "baseCurrency"),
      language: shared(setUps, "language"),
    }),
    parts: setUps.map(({ channelId, name = channelId }) => ({
      kind: "channel",
      id: channelId,
      name,
    })),
  };
}

/** What all channels that name it have in common. */
function shared(setUps: readonly SetUp[], name: keyof SetUp): string | undefined {
  const values = new Set(setUps.map((setUp) => setUp[name]).filter(isFilled));
  const [only] = values;
  return values.size === 1 ? only : undefined;
}
