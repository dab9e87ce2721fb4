import { simpleParser, type AddressObject, type Attachment } from "mailparser";

export interface ReadMail {
  subject: string | undefined;
  text: string | undefined;
  html: string | false;
  date: Date | undefined;
  messageId: string | undefined;
  from: string | undefined;
  to: string | undefined;
  cc: string | undefined;
  replyTo: string | undefined;
  /** Lower-case names. */
  headers: Record<string, string>;
  attachments: Attachment[];
}

/** A mail as a mail program shows it. */
export async function readMail(content: Buffer): Promise<ReadMail> {
  const { headerLines, from, to, cc, replyTo, ...mail } = await simpleParser(content);
  const headers = headerLines.map(({ key, line }) => [key, line.slice(key.length + 1).trim()]);
  return {
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    date: mail.date,
    messageId: mail.messageId,
    attachments: mail.attachments,
    from: from?.text,
    to: textOf(to),
    cc: textOf(cc),
    replyTo: replyTo?.text,
    headers: Object.fromEntries(headers) as Record<string, string>,
  };
}

function textOf(addresses: AddressObject | AddressObject[] | undefined): string | undefined {
  return Array.isArray(addresses) ? addresses.map(({ text }) => text).join(", ") : addresses?.text;
}
