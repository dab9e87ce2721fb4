import {
  type Booking,
  type BookingEvent,
  type EffectResult,
  type Handler,
  type HandlerContext,
  type HandlerResult,
  type MailReceipt,
  type Recipient,
  recipientOf,
} from "#sdk";

import { composeMail } from "../compose-mail.ts";
import type { VoucherMailConfig } from "../config.ts";
import { contentHash } from "../content-hash.ts";
import { decide, reasonForSilence } from "../decide.ts";
import { historyOf, nextKey, type EffectKind } from "../history.ts";
import { maySeePrices } from "../may-see-prices.ts";
import { isPast } from "../trip-end.ts";
import { voucherData, type VoucherData } from "../voucher-data.ts";
import type { MailKind } from "../voucher-view.ts";

type Context = HandlerContext<VoucherMailConfig>;

/** One mail that is due. */
interface Due {
  mail: MailKind;
  effect: EffectKind;
  key: string;
  ordinal: number;
  booking: Booking;
  data: VoucherData;
  recipient: Recipient;
  hash: string;
}

/** What the mails are called, in sentences for the office. */
const NAMES: Readonly<Record<EffectKind, (ordinal: number) => string>> = {
  voucher: (ordinal) => `voucher ${ordinal}`,
  cancellation: (ordinal) => `cancellation ${ordinal}`,
  noAddress: () => "note that there is no e-mail address",
};

/**
 * Mails the voucher, its changes and its end. It speaks of the newest state: a guest does not get
 * a voucher that is out of date before it is read, and the later event finds it already said.
 */
export const sendVoucher: Handler<VoucherMailConfig> = {
  id: "send-voucher",
  kind: "message",
  on: ["booking.confirmed", "booking.modified", "booking.cancelled", "booking.removed"],
  whenUnsure: "resend", // with the same Message-ID; a guest without a voucher is the worse case
  concurrency: 4,

  async handle(event, context) {
    const booking = context.current ?? event.booking;
    const silence = reasonForSilence(event, booking, isPast(event, booking, context.clock.now()));
    if (silence !== undefined) return { skipped: silence };

    const due = dueMail(event, booking, context);
    if ("skip" in due) return { skipped: due.skip };
    return due.mail === "noAddress" ? tellOffice(due, context) : mailVoucher(due, context);
  },
};

function dueMail(event: BookingEvent, booking: Booking, context: Context): Due | { skip: string } {
  const { config, ledger, mail } = context;
  const recipient = recipientOf(booking, config.agents, mail);
  const data = voucherData(booking, maySeePrices(booking, recipient.reader, config));
  const hash = contentHash(data, recipient.address);
  const history = historyOf(ledger, mail.isRehearsal);
  const hasAddress = recipient.address !== undefined;
  const decision = decide({ type: event.type, history, hash, hasAddress });
  if ("skip" in decision) return decision;
  const effect = decision.send === "changed" ? "voucher" : decision.send;
  const next = nextKey(history, effect, hash);
  return { mail: decision.send, effect, ...next, booking, data, recipient, hash };
}

async function mailVoucher(due: Due, context: Context): Promise<HandlerResult> {
  const { config, mail } = context;
  const { reader, address } = due.recipient;
  const result = await sendOnce(due, context, async (key) => {
    const message = await draft(due, reader, context);
    if (reader === "office" || address === undefined) return mail.sendToOffice(message, key);
    const copy = config.copyTo === undefined ? {} : { cc: [config.copyTo] };
    return mail.send({ ...message, ...copy, to: address }, key);
  });
  return { done: result.summary ?? due.key };
}

/** Nobody can be written to; the office can hand the voucher over another way. */
async function tellOffice(due: Due, context: Context): Promise<HandlerResult> {
  const { mail, log } = context;
  if (mail.office === undefined) {
    log.warn(
      { connection: due.booking.connection, reference: due.booking.reference },
      "a booking has no e-mail address, and there is no mail.office to tell",
    );
    return { skipped: "no e-mail address and no mail.office to tell" };
  }
  await sendOnce(due, context, async (key) =>
    mail.sendToOffice(await draft(due, "office", context), key),
  );
  return { skipped: "no e-mail address: the office was told" };
}

function draft(due: Due, reader: Recipient["reader"], context: Context) {
  const { mail: kind, booking, data } = due;
  return composeMail({ kind, reader, booking, data, now: context.clock.now() }, context);
}

/**
 * The mail's own key also names its content: what an earlier try wrote under the same effect may
 * say something else by now, and must not be taken for this mail.
 */
function sendOnce(
  due: Due,
  { effect, mail }: Context,
  send: (key: string) => Promise<MailReceipt>,
): Promise<EffectResult> {
  const mailKey = (key: string) => `${key}#${due.hash}`;
  return effect(due.key, {
    plan: planOf(due, mail.isRehearsal),
    data: { hash: due.hash, audience: meantFor(due), reader: readerOf(due) },
    find: async (key) => {
      const receipt = await mail.find(mailKey(key));
      return typeof receipt === "object" ? resultOf(receipt, due) : receipt;
    },
    perform: async (key) => resultOf(await send(mailKey(key)), due),
  });
}

function resultOf(receipt: MailReceipt, due: Due): EffectResult {
  const { externalId, progress, link, audience } = receipt;
  const reader = readerOf(due);
  return {
    externalId,
    progress,
    ...(link === undefined ? {} : { link }),
    summary: summaryOf(due, reader, receipt),
    data: { hash: due.hash, audience, reader },
  };
}

function planOf(due: Due, isRehearsal: boolean): string {
  const reader = readerOf(due);
  const to = isRehearsal && reader !== "office" ? "office (rehearsal)" : reader;
  return `mail ${NAMES[due.effect](due.ordinal)} to the ${to}`;
}

function meantFor(due: Due): MailReceipt["audience"] {
  return readerOf(due) === "office" ? "office" : "guest";
}

function readerOf(due: Due): Recipient["reader"] {
  return due.mail === "noAddress" ? "office" : due.recipient.reader;
}

function summaryOf(due: Due, reader: Recipient["reader"], receipt: MailReceipt): string {
  const isRehearsal = receipt.audience === "office" && reader !== "office";
  const to = isRehearsal ? "the office (rehearsal)" : `the ${reader}`;
  const how =
    receipt.progress === "written" ? `written to the outbox for ${to}` : `mailed to ${to}`;
  const what = NAMES[due.effect](due.ordinal);
  return `${what.slice(0, 1).toUpperCase()}${what.slice(1)} ${how}`;
}
