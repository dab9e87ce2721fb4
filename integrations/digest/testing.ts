import type {
  ActiveBooking,
  Activity,
  Booking,
  EventType,
  Mail,
  MailMessage,
  MailReceipt,
  ScheduleContext,
  TimeWindow,
} from "#sdk";
import { memoryLedger, memoryLog, memoryTokens, nothingElse, testClock } from "#sdk/testing";

import { DigestConfig } from "./config.ts";

/** From seven in Oslo to seven. */
export const DAY: TimeWindow = {
  since: Date.UTC(2026, 2, 1, 6),
  until: Date.UTC(2026, 2, 2, 6),
};

export const EUROS = { amountMinor: 18_000, currency: "EUR" };

export function bookingOf(reference: string, parts: Partial<Booking> = {}): Booking {
  return {
    connection: "fjord",
    reference,
    version: 1,
    status: "confirmed",
    title: "Fjord walk",
    start: { date: "2026-03-14", time: "09:00", timeZone: "Europe/Oslo" },
    customer: { firstName: "Anna", lastName: "Berg", email: "anna@example.com", phone: "555 0100" },
    totals: { total: EUROS },
    ...parts,
  };
}

/** A booking to which these things happened, each with a sentence of its own. */
export function activeOf(
  reference: string,
  types: readonly EventType[],
  parts: Partial<ActiveBooking> = {},
): ActiveBooking {
  return {
    connection: "fjord",
    reference,
    isNew: false,
    booking: bookingOf(reference),
    events: types.map((type, index) => ({
      type,
      time: "2026-03-01T12:00:00Z",
      summary: `${reference}, sentence ${index + 1}.`,
      ...(type.startsWith("payment.") && { payment: { amount: EUROS } }),
    })),
    ...parts,
  };
}

export function activityOf(parts: Partial<Activity> = {}): Activity {
  return { bookings: [], troubles: [], leftOff: 0, ...parts };
}

/** What was mailed to the office, and with which key. */
export interface SentNote extends Omit<MailMessage, "to" | "cc"> {
  key: string;
  address: string | undefined;
}

/** The tools of one run, around what has happened. */
export function officeOf(activity: Activity, settings: object = {}) {
  const sent: SentNote[] = [];
  const asked: TimeWindow[] = [];
  const ledger = memoryLedger();
  const unused = () => Promise.reject(new Error("not part of this test"));
  const receipt = (key: string): MailReceipt => {
    return { externalId: `<${key}>`, progress: "handed over", audience: "office" };
  };
  const mail: Mail = {
    isRehearsal: true,
    office: "office@example.com",
    send: unused,
    sendToOffice(message, key, address) {
      sent.push({ ...message, key, address });
      return Promise.resolve(receipt(key));
    },
    find: () => Promise.resolve("unknown"),
  };
  const context: ScheduleContext<DigestConfig> = {
    config: DigestConfig.parse({ timeZone: "Europe/Oslo", ...settings }),
    connection: { id: "-", name: "Bellhop", language: "en" },
    log: memoryLog(),
    effect: ledger.effect,
    ledger: [],
    ...nothingElse,
    current: undefined,
    mail,
    pdf: { render: unused },
    templates: {
      render: (name, part, language) => Promise.resolve(`${name} ${part}\nin ${language}`),
      texts: unused,
    },
    http: { send: unused },
    clock: testClock(DAY.until),
    tokens: memoryTokens(),
    signal: new AbortController().signal,
    activity(window) {
      asked.push(window);
      return Promise.resolve(activity);
    },
  };
  return { context, sent, asked, ledger };
}
