import type { Booking, EventOf, EventTimer, HandlerContext, HandlerResult } from "#sdk";
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

import { RemindersConfig } from "./config.ts";
import { sendReminder } from "./handlers/send-reminder.ts";

export type TimerEvent = EventOf<"booking.timer">;

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
    travellersText: "2 Adults",
    items: [
      {
        id: "1",
        name: "Fjord walk",
        start: at("09:00"),
        end: at("12:30"),
        pickup: { name: "Hotel Norge", time: "08:30" },
      },
      { id: "2", belongsTo: "1", name: "Picnic", quantity: 2 },
    ],
    balance: price,
    balanceDueOn: "2026-03-07",
    importantNote: "The path may be icy.",
    language: "en",
    ...parts,
  };
}

/** The same booking from a source that says less. */
export function bookingWithout(
  ...fields: ("start" | "end" | "items" | "language" | "balance")[]
): Booking {
  const booking = bookingOf();
  for (const field of fields) Reflect.deleteProperty(booking, field);
  return booking;
}

export function timerEvent(
  name: string,
  booking = bookingOf(),
  parts: Partial<TimerEvent> = {},
  timer: Partial<EventTimer> = { generation: 1 },
): TimerEvent {
  return {
    id: "01980000-0000-7000-8000-000000000002",
    type: "booking.timer",
    subject: booking.reference,
    connection: booking.connection,
    time: "2026-03-02T13:20:00Z",
    version: booking.version,
    ordinal: 1,
    booking,
    timer: { name, relativeTo: "start", offsetMinutes: -2880, ...timer },
    changes: [],
    summary: "",
    custom: {},
    native: { event: "test", fields: {} },
    origin: "scheduled",
    actor: "system",
    isQuiet: false,
    ...parts,
  };
}

/** A booking's lane with everything around it: what was mailed, what the ledger says. */
export interface Desk extends MemoryMail {
  ledger: MemoryLedger;
  logLines: readonly string[];
  clock: ReturnType<typeof testClock>;
  /** Data that templates were given. */
  rendered: { name: string; part: string; language: string; data: Record<string, unknown> }[];
  handle(event: TimerEvent, current?: Booking): Promise<HandlerResult>;
}

export function desk(settings: object = {}): Desk {
  const [log, clock, ledger] = [memoryLog(), testClock(), memoryLedger()];
  const unused = () => Promise.reject(new Error("not part of this test"));
  const office: Desk = Object.assign(memoryMail(), {
    ledger,
    logLines: log.lines,
    clock,
    rendered: [],
    handle: (event: TimerEvent, current: Booking = event.booking) => {
      const context: HandlerContext<RemindersConfig> = {
        config: RemindersConfig.parse(settings),
        connection: { id: "fjord", name: "Fjord Walks", language: "nb" },
        log,
        effect: ledger.effect,
        ledger: ledger.entries(),
        ...nothingElse,
        current,
        mail: office,
        pdf: { render: unused },
        templates: {
          render(name, part, language, data) {
            office.rendered.push({ name, part, language, data: { ...data } });
            return Promise.resolve(`${part} of ${name} in ${language}`);
          },
          texts: (_, language) => Promise.resolve({ passOn: `pass on in ${language}` }),
        },
        http: { send: unused },
        clock,
        tokens: memoryTokens(),
        signal: new AbortController().signal,
      };
      return sendReminder.handle(event, context);
    },
  });
  return office;
}
