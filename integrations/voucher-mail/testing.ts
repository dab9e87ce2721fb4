import type { Booking, BookingEvent, HandlerContext, HandlerResult } from "#sdk";
import {
  memoryLedger,
  type MemoryLedger,
  memoryLog,
  memoryTokens,
  memoryMail,
  type MemoryMail,
  nothingElse,
  testClock,
} from "#sdk/testing";

import { VoucherMailConfig } from "./config.ts";
import { sendVoucher } from "./handlers/send-voucher.ts";

/** Anna walks along the fjord on 14 March; the test clock says 2 March. */
export function bookingOf(parts: Partial<Booking> = {}): Booking {
  const at = (time: string) => ({ date: "2026-03-14", time, timeZone: "Europe/Oslo" });
  const price = { amountMinor: 18_000, currency: "EUR" };
  return {
    connection: "fjord",
    reference: "1201",
    version: 1,
    status: "confirmed",
    title: "Fjord walk",
    start: at("09:00"),
    end: at("12:30"),
    customer: { firstName: "Anna", lastName: "Berg", email: "anna@example.com" },
    items: [
      { id: "1", name: "Fjord walk", quantityText: "2 Adults", start: at("09:00"), price },
      { id: "2", belongsTo: "1", name: "Picnic", quantity: 2 },
    ],
    totals: { total: price },
    balance: price,
    language: "en",
    ...parts,
  };
}

/** The same booking from a source that says less. */
export function bookingWithout(
  ...fields: ("start" | "end" | "language" | "totals" | "balance")[]
): Booking {
  const booking = bookingOf();
  for (const field of fields) Reflect.deleteProperty(booking, field);
  return booking;
}

export function eventOf(
  type: BookingEvent["type"],
  booking: Booking,
  parts: Partial<BookingEvent> = {},
): BookingEvent {
  return {
    id: "01980000-0000-7000-8000-000000000002",
    type,
    subject: booking.reference,
    connection: booking.connection,
    time: "2026-03-02T13:20:00Z",
    version: booking.version,
    ordinal: 1,
    booking,
    changes: [],
    summary: "",
    custom: {},
    native: { event: "test", fields: {} },
    origin: "notified",
    actor: "unknown",
    isQuiet: false,
    ...parts,
  };
}

/** A booking's lane with everything around it: what was mailed, what the ledger says. */
export interface Desk extends MemoryMail {
  ledger: MemoryLedger;
  logLines: readonly string[];
  clock: ReturnType<typeof testClock>;
  /** Data that templates were given, by part. */
  rendered: { part: string; language: string; data: Record<string, unknown> }[];
  handle(event: BookingEvent, current?: Booking): Promise<HandlerResult>;
}

export function desk(settings: object = {}): Desk {
  const [log, clock, ledger] = [memoryLog(), testClock(), memoryLedger()];
  const note = (part: string, language: string, data: object) => {
    office.rendered.push({ part, language, data: { ...data } });
    return `${part} in ${language}`;
  };
  const office: Desk = Object.assign(memoryMail(), {
    ledger,
    logLines: log.lines,
    clock,
    rendered: [],
    handle: (event: BookingEvent, current: Booking = event.booking) => {
      const context: HandlerContext<VoucherMailConfig> = {
        config: VoucherMailConfig.parse(settings),
        connection: { id: "fjord", name: "Fjord Walks", language: "nb" },
        log,
        effect: ledger.effect,
        ledger: ledger.entries(),
        ...nothingElse,
        current,
        mail: office,
        pdf: {
          render: (part, language, data) =>
            Promise.resolve(Buffer.from(note(part, language, data))),
        },
        templates: {
          render: (_name, part, language, data) => Promise.resolve(note(part, language, data)),
          texts: () => Promise.resolve({}),
        },
        http: { send: () => Promise.reject(new Error("not part of this test")) },
        clock,
        tokens: memoryTokens(),
        signal: new AbortController().signal,
      };
      return sendVoucher.handle(event, context);
    },
  });
  return office;
}
