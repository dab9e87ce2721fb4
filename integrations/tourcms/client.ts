import { randomUUID } from "node:crypto";

import { type Clock, ConfigurationError, type HttpClient } from "#sdk";

import { readAnswer } from "./answers.ts";
import { apiKeyOf, type TourcmsConfig } from "./config.ts";
import { signatureHeaders } from "./signing.ts";
import type { XmlElement } from "./xml.ts";

export interface Caller {
  config: TourcmsConfig;
  http: HttpClient;
  clock: Clock;
  signal: AbortSignal;
  reportRemaining(remaining: number): void;
}

/**
 * One GET call for a channel.
 *
 * @param path Path and query as TourCMS gets them; they are signed.
 * @returns the root element, or undefined when nothing matches.
 */
export async function callApi(
  path: string,
  channelId: string,
  caller: Caller,
): Promise<XmlElement | undefined> {
  const { config, http, clock, signal } = caller;
  const apiKey = apiKeyOf(config, channelId);
  if (apiKey === undefined) {
    throw new ConfigurationError(
      `no apiKey for channel ${channelId}: add it under settings.channels`,
    );
  }
  const { marketplaceId } = config;
  const call = { channelId, marketplaceId, method: "GET", path, timeMs: clock.now() } as const;
  const answer = await http.send({
    url: config.apiBaseUrl + path,
    headers: {
      ...signatureHeaders(call, apiKey),
      "content-type": 'text/xml;charset="utf-8"',
      // TourCMS asks for the caller's name and ids on every call (TourCMS API, "Useful info").
      "user-agent": `Bellhop (${marketplaceId}_${channelId})`,
      "x-request-id": randomUUID(),
    },
    signal,
  });
  const remaining = answer.headers["x-ratelimit-remaining"]?.trim() ?? "";
  if (/^\d{1,9}$/.test(remaining)) caller.reportRemaining(Number(remaining));
  return readAnswer(answer, { channelId, nowMs: clock.now() });
}
