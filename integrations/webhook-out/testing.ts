import type { EventOf, EventType, HandlerContext, HandlerResult } from "#sdk";
import {
  checkContext,
  memoryLedger,
  type MemoryLedger,
  memoryLog,
  nothingElse,
} from "#sdk/testing";

import { WebhookOutConfig } from "./config.ts";
import { sendEvent } from "./handlers/send-event.ts";

export const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
export const NEWER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
export const EVENT_ID = "01980000-0000-7000-8000-000000000007";

/** Anna's walk is confirmed: 180.00 euro, at nine in Oslo. */
export function eventOf(parts: Partial<EventOf<EventType>> = {}): EventOf<EventType> {
  const total = { amountMinor: 18_000, currency: "EUR" };
  return {
    id: EVENT_ID,
    type: "booking.confirmed",
    subject: "1201",
    connection: "fjord",
    time: "2026-03-02T13:20:00Z",
    version: 1,
    ordinal: 1,
    booking: {
      ...{ connection: "fjord", reference: "1201", version: 1, status: "confirmed" },
      start: { date: "2026-03-14", time: "09:00", timeZone: "Europe/Oslo" },
      totals: { total },
      customer: { name: "Anna Berg", email: "anna@example.com" },
    },
    changes: [{ path: "totals.total", before: null, after: total }],
    summary: "confirmed",
    custom: {},
    native: { event: "new_confirmed_web", fields: {} },
    origin: "notified",
    actor: "customer",
    isQuiet: false,
    ...parts,
  };
}

/** What the handler works with; whatever was logged and done can be looked at. */
export interface Desk {
  ledger: MemoryLedger;
  logLines: readonly string[];
  handle: (event?: EventOf<EventType>) => Promise<HandlerResult>;
}

export function desk(
  settings: object,
  parts: Partial<HandlerContext<WebhookOutConfig>> = {},
): Desk {
  const [ledger, log] = [memoryLedger(), memoryLog()];
  const config = WebhookOutConfig.parse({ secret: SECRET, ...settings });
  return {
    ledger,
    logLines: log.lines,
    handle: (event = eventOf()) =>
      sendEvent.handle(event, {
        ...checkContext(config, { log, clock: { now: Date.now } }),
        connection: { id: "fjord", name: "Fjord Walks", language: "en" },
        current: event.booking,
        effect: ledger.effect,
        ledger: ledger.entries(),
        ...nothingElse,
        ...parts,
      }),
  };
}
