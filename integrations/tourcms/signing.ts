import { createHmac } from "node:crypto";

export interface SignedCall {
  channelId: string;
  /** 0 for a tour operator. */
  marketplaceId: string;
  method: "GET" | "POST";
  /** Path and query exactly as they are sent, from the slash on. */
  path: string;
  /** UTC milliseconds; signed and sent in whole seconds. */
  timeMs: number;
}

/** `Authorization` and `x-tourcms-date` (TourCMS API, "Making a connection"). No body is signed. */
export function signatureHeaders(call: SignedCall, apiKey: string): Record<string, string> {
  return {
    authorization: `TourCMS ${call.channelId}:${call.marketplaceId}:${signature(call, apiKey)}`,
    // TourCMS' own libraries send either this form or bare Unix seconds.
    "x-tourcms-date": new Date(call.timeMs).toUTCString(),
  };
}

/** HMAC-SHA256 in base64, percent-encoded. */
export function signature(call: SignedCall, apiKey: string): string {
  const { channelId, marketplaceId, method, path, timeMs } = call;
  const seconds = Math.floor(timeMs / 1000);
  const text = `${channelId}/${marketplaceId}/${method}/${seconds}${path}`;
  return encodeURIComponent(createHmac("sha256", apiKey).update(text, "utf8").digest("base64"));
}
