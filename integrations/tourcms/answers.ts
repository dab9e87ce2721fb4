import {
  ConfigurationError,
  type HttpResponse,
  PermanentError,
  RetryableError,
  retryAfterMs,
} from "#sdk";

import { textOf } from "./fields.ts";
import { readXml, type XmlElement, type XmlReading } from "./xml.ts";

export interface AnsweredCall {
  channelId: string;
  /** Our clock when the answer came, UTC milliseconds. */
  nowMs: number;
}

const NOTHING_THERE = ["NO_MATCHING_DATA", "INVALID_BOOKING_ID"];
const DEFAULT_WAIT_MS = 60_000;

/**
 * Root element of an answer; undefined when TourCMS has nothing that matches. What counts is the
 * `error` element: TourCMS sends it with HTTP 200 and with others.
 *
 * @throws what `errorOf` makes of anything else.
 */
export function readAnswer(answer: HttpResponse, call: AnsweredCall): XmlElement | undefined {
  const reading = readXml(answer.text());
  const error = reading.kind === "read" ? errorCodeOf(reading.root) : "";
  if (answer.status !== 429 && NOTHING_THERE.includes(error)) return undefined;
  if (reading.kind !== "read" || error !== "OK" || answer.status >= 400) {
    throw errorOf(answer, reading, error, call);
  }
  return reading.root;
}

/** Upper case with underscores, because the texts are not written in one way: `API throttle`. */
function errorCodeOf(root: XmlElement): string {
  return (textOf(root, "error") ?? "")
    .toUpperCase()
    .replace(/[\s_-]+/g, "_")
    .slice(0, 60);
}

/** The one place that says what a failed call means for the work (TourCMS API, "Error messages"). */
function errorOf(
  answer: HttpResponse,
  reading: XmlReading,
  error: string,
  call: AnsweredCall,
): Error {
  const channel = `channel ${call.channelId}`;
  if (answer.status === 429 || error === "API_THROTTLE") {
    return new RetryableError(`TourCMS takes no more calls for ${channel} now`, {
      retryAfterMs: waitOf(answer, call.nowMs),
    });
  }
  if (reading.kind !== "read") return unreadable(answer, reading);
  if (error === "FAIL_VERB") return new PermanentError("TourCMS refuses this kind of call");
  if (error.startsWith("FAIL_")) {
    return new ConfigurationError(
      `TourCMS refuses calls for ${channel} (${error}): ${adviceOn(error, answer, call)}`,
    );
  }
  const message = `TourCMS answered ${answer.status} with error "${error}" for ${channel}`;
  const isOurFault = answer.status >= 400 && answer.status < 500;
  return isOurFault ? new PermanentError(message) : new RetryableError(message);
}

function adviceOn(error: string, answer: HttpResponse, call: AnsweredCall): string {
  switch (error) {
    case "FAIL_SIG":
    case "FAIL_KEYNOTFOUND":
      return `check settings.channels.${call.channelId}.apiKey and settings.marketplaceId`;
    case "FAIL_TIME":
      return `${clockDifference(answer, call.nowMs)}; set the clock`;
    default: // FAIL_PERM, FAIL_TOUROPONLY, FAIL_PARTNERSONLY, FAIL_ACTIVEPARTNERSONLY
      return "give this key permission to read bookings in TourCMS, or check settings.marketplaceId";
  }
}

function unreadable(answer: HttpResponse, reading: Exclude<XmlReading, { kind: "read" }>): Error {
  const message = `TourCMS answered ${answer.status} with ${reading.why}`;
  if (answer.status >= 500) return new RetryableError(message);
  if (reading.kind === "refused") return new PermanentError(message);
  if (answer.status === 404 || (answer.status >= 300 && answer.status < 400)) {
    return new ConfigurationError(`${message}: check settings.apiBaseUrl`);
  }
  // TourCMS itself speaks XML. A page of something in between says nothing final.
  return new RetryableError(message);
}

function waitOf({ headers }: HttpResponse, nowMs: number): number {
  return retryAfterMs(headers["retry-after"], nowMs) ?? DEFAULT_WAIT_MS;
}

function clockDifference({ headers }: HttpResponse, nowMs: number): string {
  const theirsMs = Date.parse(headers["date"] ?? "");
  if (Number.isNaN(theirsMs)) return "this machine's clock is off by more than 15 minutes";
  const seconds = Math.round(Math.abs(nowMs - theirsMs) / 1000);
  const side = nowMs > theirsMs ? "ahead of" : "behind";
  return `this machine's clock is ${Math.floor(seconds / 60)} min ${seconds % 60} s ${side} TourCMS`;
}
