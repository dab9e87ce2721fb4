import {
  kindOf,
  type Booking,
  type EffectResult,
  type EffectSteps,
  type EventOf,
  type EventTimer,
  type HandlerContext,
  type HandlerResult,
  type LedgerEntry,
  type Mail,
  type MailMessage,
  type MailReceipt,
} from "#sdk";
import { memoryLog, testClock } from "#sdk/testing";

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

/** `to` is `the office` where the office was written to as such. */
export interface SentMail extends MailMessage {
  key: string;
}

/** A booking's lane with everything around it: what was mailed, what the ledger says. */
export interface Desk {
  mails: SentMail[];
  entries: LedgerEntry[];
  plans: (string | undefined)[];
  logLines: readonly string[];
  clock: ReturnType<typeof testClock>;
  /** Data that templates were given. */
  rendered: { name: string; part: string; language: string; data: Record<string, unknown> }[];
  isRehearsal: boolean;
  office: string | undefined;
  failures: Error[];
  /** True: written files can be found again; false: a mail server, where nobody knows. */
  remembers: boolean;
  handle(event: TimerEvent, current?: Booking): Promise<HandlerResult>;
}

export function desk(settings: object = {}): Desk {
  const log = memoryLog();
  const clock = testClock();
  const state: Desk = {
    mails: [],
    entries: [],
    plans: [],
    logLines: log.lines,
    clock,
    rendered: [],
    isRehearsal: false,
    office: "office@example.com",
    failures: [],
    remembers: true,
    handle(event, current = event.booking) {
      const context: HandlerContext<RemindersConfig> = {
        config: RemindersConfig.parse(settings),
        connection: { id: "fjord", name: "Fjord Walks", language: "nb" },
        log,
        effect: effectOf(state),
        ledger: structuredClone(state.entries),
        current,
        mail: mailOf(state),
        pdf: { render: () => Promise.reject(new Error("not part of this test")) },
        templates: {
          render(name, part, language, data) {
            state.rendered.push({ name, part, language, data: { ...data } });
            return Promise.resolve(`${part} of ${name} in ${language}`);
          },
          texts: (_, language) => Promise.resolve({ passOn: `pass on in ${language}` }),
        },
        http: { send: () => Promise.reject(new Error("not part of this test")) },
        clock,
        signal: new AbortController().signal,
      };
      return sendReminder.handle(event, context);
    },
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
    return failure ? Promise.reject(failure) : Promise.resolve(receiptOf(state, to, key));
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
function effectOf({ entries, plans }: Desk) {
  return async (key: string, steps: EffectSteps): Promise<EffectResult> => {
    plans.push(steps.plan);
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
