import MailComposer from "nodemailer/lib/mail-composer";

import type { MailReceipt } from "../sdk/context.ts";
import type { Sender } from "./address.ts";
import type { Letter } from "./letter.ts";

/** Says in a file of the outbox who got the mail; read back by `find`. */
const AUDIENCE = "X-Bellhop-Audience";

export interface Stamp {
  id: string;
  sender: Sender;
  replyTo: string | undefined;
  /** UTC milliseconds. */
  sentAt: number;
}

/** The mail as it goes over the wire: text first, HTML beside it, attachments after. */
export async function composeMail(letter: Letter, stamp: Stamp): Promise<Buffer> {
  const { message, subject, to, cc, audience, isRehearsal } = letter;
  const { id, sender, replyTo, sentAt } = stamp;
  const composer = new MailComposer({
    messageId: id,
    date: new Date(sentAt),
    from: sender,
    to,
    ...(cc.length === 0 ? {} : { cc: [...cc] }),
    ...(replyTo === undefined ? {} : { replyTo }),
    subject,
    text: message.text,
    ...(message.html === undefined ? {} : { html: message.html }),
    attachments: message.attachments ?? [],
    headers: {
      "Auto-Submitted": "auto-generated", // out-of-office replies stay away (RFC 3834)
      [AUDIENCE]: audience,
      ...(isRehearsal ? { "X-Bellhop-Mode": "rehearsal" } : {}),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** Who got a mail that was written earlier. */
export function audienceOf(content: Buffer): MailReceipt["audience"] {
  const [head = ""] = content.toString("latin1").split(/\r?\n\r?\n/, 1);
  return new RegExp(`^${AUDIENCE}: guest\\s*$`, "im").test(head) ? "guest" : "office";
}
