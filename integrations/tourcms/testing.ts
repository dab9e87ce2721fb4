import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { BookingView, Delivery, Money, Notice, SimulatedAnswer } from "#sdk";
import { delivery, fetchContext, sourceContext, testClock, vendorServer } from "#sdk/testing";

import { TourcmsConfig } from "./config.ts";
import { source } from "./source.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");

/** A sample as text, exactly as it would come over the wire. */
export function fixture(name: string): string {
  return readFileSync(join(FIXTURES, name), "utf8");
}

/** A connection with two channels, in the zone the samples were written in. */
export function config(parts: Record<string, unknown> = {}): TourcmsConfig {
  return TourcmsConfig.parse({
    accountId: "90001",
    channels: {
      "51234": { apiKey: "demo-channel-key-AbC123" },
      "51300": { apiKey: "demo-channel-key-AbC123" },
    },
    timeZone: "Europe/Oslo",
    ...parts,
  });
}

/** The one notice that a call with this query makes. */
export function readOne(
  query: string,
  settings: TourcmsConfig = config(),
  parts: Partial<Delivery> = {},
): Notice {
  const notices = source.read(delivery({ query, ...parts }), sourceContext(settings));
  const [notice] = notices;
  if (notice === undefined || notices.length > 1) throw new Error(`${notices.length} notices`);
  return notice;
}

export interface Fetched {
  view: BookingView | undefined;
  requests: readonly { method: string; url: string; headers: Readonly<Record<string, string>> }[];
  remaining: number[];
}

export interface FetchOptions {
  reference?: string;
  channelId?: string;
  settings?: Record<string, unknown>;
  nowMs?: number;
}

/** Fetches a booking from a server that gives this answer, whatever is asked. */
export async function fetchFrom(
  answer: SimulatedAnswer | string,
  options: FetchOptions = {},
): Promise<Fetched> {
  const { reference = "1201", channelId = "51234", settings = {} } = options;
  // The samples are of spring 2026; seen later, their open offers would have run out.
  const nowMs = options.nowMs ?? Date.UTC(2026, 2, 2, 13, 20);
  const server = await vendorServer(() =>
    typeof answer === "string" ? { status: 200, body: answer } : answer,
  );
  const remaining: number[] = [];
  const context = fetchContext(config({ apiBaseUrl: server.url, ...settings }), {
    clock: testClock(nowMs),
    reportRemaining: (left) => remaining.push(left),
  });
  try {
    const view = await source.fetchBooking?.(reference, { channelId }, context);
    return { view, requests: server.requests, remaining };
  } finally {
    await server.close();
  }
}

/** Show Booking's answer around the given elements of a booking. */
export function answerWith(elements: string): string {
  return (
    "<response><error>OK</error><booking>" +
    `<booking_id>1201</booking_id><account_id>90001</account_id>${elements}` +
    "</booking></response>"
  );
}

/** A booking with the given elements, as we see it. */
export async function viewOf(elements: string): Promise<BookingView> {
  const { view } = await fetchFrom(answerWith(elements));
  if (!view) throw new Error("no booking");
  return view;
}

/** A sample's booking, as we see it. */
export async function sampleView(
  name: string,
  reference: string,
  options: FetchOptions = {},
): Promise<BookingView> {
  const { view } = await fetchFrom(fixture(`${name}.xml`), { ...options, reference });
  if (!view) throw new Error("no booking");
  return view;
}

export function eur(amountMinor: number): Money {
  return { amountMinor, currency: "EUR" };
}
