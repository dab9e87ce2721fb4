import type { SimulatedAnswer, SimulatedRequest } from "#sdk";

import { signature } from "../signing.ts";
import { type Channel, CHANNELS } from "./catalogue.ts";
import { element } from "./write-xml.ts";

const ALLOWED_DRIFT_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;
const MARKETPLACE_ID = "0";

/** Far above the 3,000 of the real one, so that a demonstration may hurry. */
export const HOURLY_LIMIT = 100_000;

export interface Clock {
  /** UTC milliseconds */
  now(): number;
}

/** Counts the calls of each channel in the present hour. */
export class RateLimit {
  readonly hourly: number;
  readonly #used = new Map<string, { hour: number; calls: number }>();

  constructor(hourly = HOURLY_LIMIT) {
    this.hourly = hourly;
  }

  /** @returns how many are left after this one; negative when it was one too many. */
  take(channelId: string, nowMs: number): number {
    return this.hourly - this.#count(channelId, nowMs, 1);
  }

  left(channelId: string, nowMs: number): number {
    return Math.max(0, this.hourly - this.#count(channelId, nowMs, 0));
  }

  #count(channelId: string, nowMs: number, more: number): number {
    const hour = Math.floor(nowMs / HOUR_MS);
    const last = this.#used.get(channelId);
    const calls = (last?.hour === hour ? last.calls : 0) + more;
    this.#used.set(channelId, { hour, calls });
    return calls;
  }
}

/** The channel that signed a request, or the error that TourCMS answers with. */
export function authenticate(request: SimulatedRequest, nowMs: number): Channel | string {
  const sender = /^TourCMS (\d+):(\d+):(\S+)$/.exec(request.headers["authorization"] ?? "");
  const timeMs = timeOf(request.headers["x-tourcms-date"] ?? "");
  if (!sender || Number.isNaN(timeMs)) return "FAIL_SIG";
  const [, channelId = "", marketplaceId = "", given = ""] = sender;
  const channel = CHANNELS.find(({ id }) => id === channelId);
  if (!channel || marketplaceId !== MARKETPLACE_ID) return "FAIL_KEYNOTFOUND";
  if (Math.abs(timeMs - nowMs) > ALLOWED_DRIFT_MS) return "FAIL_TIME";
  const method = request.method === "POST" ? "POST" : "GET";
  const call = { channelId, marketplaceId, method, path: request.url, timeMs } as const;
  return sameBytes(given, signature(call, channel.apiKey)) ? channel : "FAIL_SIG";
}

/** An HTTP date or bare Unix seconds: TourCMS' own libraries send both. */
function timeOf(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

/** Percent-encoding may be written in either case. */
function sameBytes(given: string, expected: string): boolean {
  const upper = (text: string) => text.replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase());
  return upper(given) === upper(expected);
}

export function envelope(
  request: SimulatedRequest,
  error: string,
  data: readonly string[] = [],
): SimulatedAnswer {
  const root = element("response", [
    element("request", `${request.method} ${request.url}`),
    element("error", error),
    ...data,
  ]);
  return {
    status: error === "API throttle" ? 429 : 200,
    headers: { "content-type": 'text/xml;charset="utf-8"' },
    body: `<?xml version="1.0" encoding="utf-8"?>\n${root}\n`,
  };
}
