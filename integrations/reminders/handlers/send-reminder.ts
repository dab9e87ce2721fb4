import {
  type Booking,
  type EffectResult,
  type EventOf,
  type Handler,
  type HandlerContext,
  type HandlerResult,
  type MailReceipt,
  type Reader,
  type Recipient,
  recipientOf,
} from "#sdk";

import { composeMail } from "../compose-mail.ts";
import type { Reminder, RemindersConfig } from "../config.ts";
import { reasonForSilence } from "../silence.ts";

type Context = HandlerContext<RemindersConfig>;
type TimerEvent = EventOf<"booking.timer">;

/** One mail that is due. */
interface Due {
  timer: string;
  key: string;
  booking: Booking;
  reminder: Reminder;
  recipient: Recipient;
}

/**
 * Mails what belongs to a moment around a booking. It speaks of the newest state: the timer was set
 * long ago, and a guest whose trip was moved or cancelled since must not read of the old one.
 */
export const sendReminder: Handler<RemindersConfig, "booking.timer"> = {
  id: "send-reminder",
  kind: "message",
  on: ["booking.timer"],
  settle: "3s", // of a booking made at the last minute the voucher goes first
  whenUnsure: "resend", // with the same Message-ID; a guest at the wrong place is the worse case

  async handle(event, context) {
    const due = dueMail(event, context);
    return "skip" in due ? { skipped: due.skip } : mailReminder(due, context);
  },
};

function dueMail(event: TimerEvent, context: Context): Due | { skip: string } {
  const { config, ledger, mail, clock } = context;
  const timer = event.timer?.name ?? "";
  const reminder = config.timers.get(timer);
  if (!reminder) {
    return { skip: `timer "${timer}" has no template here: name it under settings.timers` };
  }
  const booking = context.current ?? event.booking;
  const silence = reasonForSilence(reminder.kind, event, booking, clock.now());
  if (silence !== undefined) return { skip: silence };

  const recipient = recipientOf(booking, config.agents, mail);
  if (recipient.address === undefined) {
    const isOffice = recipient.reader === "office";
    return { skip: isOffice ? "no mail.office to send it to" : "no e-mail address" };
  }
  const key = effectKey(event, timer);
  const isDone = ledger.some((entry) => entry.key === key && entry.state === "done");
  if (isDone) return { skip: `reminder "${timer}" has been mailed already` };
  return { timer, key, booking, reminder, recipient };
}

/** A source's own timers are not counted: there, each event is a mail of its own. */
function effectKey({ id, timer }: TimerEvent, name: string): string {
  return `mail:${name}:${timer?.generation ?? id}`;
}

async function mailReminder(due: Due, context: Context): Promise<HandlerResult> {
  const { effect, mail } = context;
  const result = await effect(due.key, {
    plan: `mail ${nameOf(due)} to the ${readerText(due.recipient.reader, mail.isRehearsal)}`,
    find: async (key) => {
      const receipt = await mail.find(key);
      return typeof receipt === "object" ? resultOf(receipt, due) : receipt;
    },
    perform: async (key) => resultOf(await send(due, context, key), due),
  });
  return { done: result.summary ?? due.key };
}

async function send(due: Due, context: Context, key: string): Promise<MailReceipt> {
  const { config, mail } = context;
  const { reader, address } = due.recipient;
  const message = await composeMail({ ...due, reader }, context);
  if (reader === "office" || address === undefined) return mail.sendToOffice(message, key);
  const copy = config.copyTo === undefined ? {} : { cc: [config.copyTo] };
  return mail.send({ ...message, ...copy, to: address }, key);
}

function resultOf(receipt: MailReceipt, due: Due): EffectResult {
  const { externalId, progress, link, audience } = receipt;
  const { reader } = due.recipient;
  const how = progress === "written" ? "written to the outbox for" : "mailed to";
  const what = nameOf(due).replace("the reminder", "Reminder");
  const to = readerText(reader, audience === "office");
  return {
    externalId,
    progress,
    ...(link === undefined ? {} : { link }),
    summary: `${what} ${how} the ${to}`,
  };
}

function nameOf({ timer }: Due): string {
  return `the reminder "${timer}"`;
}

function readerText(reader: Reader, isAtOffice: boolean): string {
  return isAtOffice && reader !== "office" ? "office (rehearsal)" : reader;
}
