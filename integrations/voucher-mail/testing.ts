import {
  kindOf,
  type Booking,
  type BookingEvent,
  type EffectResult,
  type EffectSteps,
  type HandlerContext,
  type HandlerResult,
  type LedgerEntry,
  type Mail,
  type MailMessage,
  type MailReceipt,
} from "#sdk";
import { memoryLog, testClock } from "#sdk/testing";

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

/** `to` is `the office` where the office was written to as such. */
export interface SentMail extends MailMessage {
  key: string;
}

/** A booking's lane with everything around it: what was mailed, what the ledger says. */
export interface Desk {
  mails: SentMail[];
  entries: LedgerEntry[];
  logLines: readonly string[];
  clock: ReturnType<typeof testClock>;
  /** Data that templates were given, by part. */
  rendered: { part: string; language: string; data: Record<string, unknown> }[];
  /** Mode, office and the next failures may be changed between events. */
  isRehearsal: boolean;
  office: string | undefined;
  failures: Error[];
  /** True: written files can be found again; false: a mail server, where nobody knows. */
  remembers: boolean;
  handle(event: BookingEvent, current?: Booking): Promise<HandlerResult>;
}

export function desk(settings: object = {}): Desk {
  const log = memoryLog();
  const clock = testClock();
  const state: Desk = {
    mails: [],
    entries: [],
    logLines: log.lines,
    clock,
    rendered: [],
    isRehearsal: false,
    office: "office@example.com",
    failures: [],
    remembers: true,
    async handle(event, current = event.booking) {
      const context: HandlerContext<VoucherMailConfig> = {
        config: VoucherMailConfig.parse(settings),
        connection: { id: "fjord", name: "Fjord Walks", language: "nb" },
        log,
        effect: effectOf(state.entries),
        ledger: structuredClone(state.entries),
        current,
        mail: mailOf(state),
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
        signal: new AbortController().signal,
      };
      return sendVoucher.handle(event, context);
    },
  };
  const note = (part: string, language: string, data: object) => {
    state.rendered.push({ part, language, data: { ...data } });
    return `${part} in ${language}`;
  };
  return state;
}

function mailOf(state: Desk): Mail {
  const send = (
    to: string,
    message: Omit<MailMessage, "to">,
    key: string,
  ): Promise<MailReceipt> => {
    state.mails.push({ ...message, to, key });
    const failure = state.failures.shift();
    if (failure) return Promise.reject(failure);
    return Promise.resolve(receiptOf(state, to, key));
  };
  return {
    isRehearsal: state.isRehearsal,
    office: state.office,
    send: ({ to, ...message }, key) => send(to, message, key),
    sendToOffice: (message, key) => send("the office", message, key),
    find(key) {
      const sent = state.mails.find((mail) => mail.key === key);
      if (!state.remembers) return Promise.resolve("unknown");
      return Promise.resolve(sent && receiptOf(state, sent.to, key));
    },
  };
}

function receiptOf({ isRehearsal }: Desk, to: string, key: string): MailReceipt {
  const audience = isRehearsal || to === "the office" ? "office" : "guest";
  return { externalId: `<${key}>`, progress: "handed over", audience };
}

/** As the real ledger does it, in memory. */
function effectOf(entries: LedgerEntry[]) {
  return async (key: string, steps: EffectSteps): Promise<EffectResult> => {
    const known = entries.find((each) => each.key === key);
    if (known?.state === "done") return known;
    const wasStarted = known?.state === "started";
    const entry: LedgerEntry = known ?? { key, state: "started" };
    if (!known) entries.push(entry);
    entry.state = "started";
    const found = wasStarted ? await steps.find?.(`lane|${key}`) : undefined;
    const result =
      typeof found === "object" ? found : await tried(entry, () => steps.perform(`lane|${key}`));
    Object.assign(entry, result, { state: "done" });
    return result;
  };
}

async function tried(entry: LedgerEntry, perform: () => Promise<EffectResult>) {
  try {
    return await perform();
  } catch (error) {
    const { mayHaveHappened } = error as { mayHaveHappened?: boolean };
    if (kindOf(error) !== undefined && mayHaveHappened !== true) entry.state = "failed";
    throw error;
  }
}
