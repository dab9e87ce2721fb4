import { ConfigurationError, kindOf, messageOf, type Booking, type CheckContext } from "#sdk";

import { composeMail, type Workshop } from "./compose-mail.ts";
import type { Reminder, RemindersConfig } from "./config.ts";

const at = (date: string, time: string) => ({ date, time, timeZone: "Europe/Oslo" });

const SAMPLE: Booking = {
  connection: "sample",
  reference: "SAMPLE",
  version: 1,
  status: "confirmed",
  title: "Sample",
  start: at("2026-03-14", "09:00"),
  end: at("2026-03-14", "12:30"),
  customer: { name: "Sample Guest" },
  items: [{ id: "1", name: "Sample", place: "Harbour", pickup: { name: "Hotel", time: "08:30" } }],
  balance: { amountMinor: 10_000, currency: "EUR" },
  balanceDueOn: "2026-03-01",
  expiresAt: "2026-03-01T12:00:00Z",
  importantNote: "Sample",
};

/** Writes every mail to nobody: a missing or broken template shows before the first guest. */
export async function check(context: CheckContext<RemindersConfig>): Promise<string> {
  const { config, mail } = context;
  const connection = { id: "sample", name: "Sample", language: "en" };
  for (const [timer, reminder] of config.timers) {
    await checkMail(timer, reminder, { ...context, connection });
  }
  const mails = Array.from(config.timers, ([timer, { template }]) => `${timer} (${template})`);
  const to = mail.isRehearsal ? "rehearsal, nothing goes to guests" : "live, mails go to guests";
  return `mails for the timers ${mails.join(", ")}; ${to}`;
}

async function checkMail(timer: string, reminder: Reminder, workshop: Workshop): Promise<void> {
  try {
    await composeMail({ booking: SAMPLE, reminder, reader: "guest" }, workshop);
  } catch (cause) {
    if (kindOf(cause) !== "configuration") throw cause;
    const known = "Bellhop brings before, after, balance and expiring";
    throw new ConfigurationError(`timers.${timer}: ${messageOf(cause)}; ${known}`, { cause });
  }
}
