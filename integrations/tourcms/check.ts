import { ConfigurationError, isSameTimeZone, kindOf } from "#sdk";

import { type Caller, callApi } from "./client.ts";
import type { TourcmsConfig } from "./config.ts";
import { countOf } from "./fields.ts";
import { callerOf, channelsToAsk, type Means, readSetUps, type SetUp } from "./set-up.ts";

interface Limit {
  remaining: number;
  hourly: number;
}

/**
 * Asks for the rate limit of each channel, which needs a valid key and is free of charge, and
 * compares what the channel shows of its account with the settings.
 */
export async function check(means: Means): Promise<string> {
  const { config } = means;
  const caller = callerOf(means);
  const channelIds = channelsToAsk(config);
  const limits = await Promise.all(channelIds.map((channelId) => readLimit(channelId, caller)));
  const setUps = await readWhatIsShown(channelIds, means);
  for (const setUp of setUps) compare(setUp, config);
  const withoutKey = Object.keys(config.channels).length - channelIds.length;
  return [
    `${answering(setUps)}, ${left(limits)}`,
    ...(withoutKey === 0 ? [] : [`${withoutKey} without apiKey`]),
    ...accountAdvice(setUps, config),
  ].join(", ");
}

async function readLimit(channelId: string, caller: Caller): Promise<Limit> {
  const root = await callApi("/api/rate_limit_status.xml", channelId, caller);
  if (root === undefined) {
    // TourCMS answers like this for accounts that are not paid for.
    throw new ConfigurationError(`TourCMS knows channel ${channelId} but shows nothing of it`);
  }
  return {
    remaining: countOf(root, "remaining_hits") ?? 0,
    hourly: countOf(root, "hourly_limit") ?? caller.config.hourlyLimit,
  };
}

/**
 * The key is good by now. That it may not read the channel, or that this hour's calls are used up,
 * is no reason to hold bookings back.
 */
async function readWhatIsShown(channelIds: readonly string[], means: Means): Promise<SetUp[]> {
  const shown = await readSetUps(means);
  return channelIds.map((channelId, index) => {
    const one = shown[index];
    if (one?.status === "fulfilled") return one.value;
    if (one && kindOf(one.reason) === undefined) throw one.reason;
    return { channelId };
  });
}

function compare({ channelId, accountId, timeZone }: SetUp, config: TourcmsConfig): void {
  if (accountId !== undefined && config.accountId !== undefined && accountId !== config.accountId) {
    throw new ConfigurationError(
      `TourCMS' channel ${channelId} is of account ${accountId}, settings.accountId says ` +
        `${config.accountId}: write accountId: "${accountId}", or take the channel out`,
    );
  }
  if (timeZone !== undefined && !isSameTimeZone(timeZone, config.timeZone)) {
    throw new ConfigurationError(
      `TourCMS' channel ${channelId} is in ${timeZone}, settings.timeZone says ` +
        `${config.timeZone}: write timeZone: ${timeZone}`,
    );
  }
}

function answering(setUps: readonly SetUp[]): string {
  const count = setUps.length === 1 ? "1 channel answers" : `${setUps.length} channels answer`;
  const names = setUps.flatMap(({ name }) => (name === undefined ? [] : [name]));
  return names.length === 0 ? count : `${count} (${names.join(", ")})`;
}

function left(limits: readonly Limit[]): string {
  // The channel that has least left is the one that will stop first.
  const tightest = limits.reduce((a, b) => (b.remaining < a.remaining ? b : a));
  return `${tightest.remaining} of ${tightest.hourly} calls left this hour`;
}

function accountAdvice(setUps: readonly SetUp[], { accountId }: TourcmsConfig): string[] {
  const shown = setUps.find((setUp) => setUp.accountId !== undefined)?.accountId;
  return accountId === undefined && shown !== undefined
    ? [`nothing is done before you write accountId: "${shown}"`]
    : [];
}
