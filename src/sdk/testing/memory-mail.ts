import type { Mail, MailMessage, MailReceipt } from "../context.ts";

/** `to` is `the office` where the office was written to as such. */
export interface SentMail extends MailMessage {
  key: string;
}

/** Mail that keeps what it is given. Mode, office and the next failures may be changed at any time. */
export interface MemoryMail extends Mail {
  readonly mails: SentMail[];
  isRehearsal: boolean;
  office: string | undefined;
  /** The next sends are noted and fail with these, one each. */
  failures: Error[];
  /** True: written files can be found again; false: a mail server, where nobody knows. */
  remembers: boolean;
}

export function memoryMail(): MemoryMail {
  const receiptOf = (to: string, key: string): MailReceipt => {
    const audience = mail.isRehearsal || to === "the office" ? "office" : "guest";
    return { externalId: `<${key}>`, progress: "handed over", audience };
  };
  const send = (to: string, message: Omit<MailMessage, "to">, key: string) => {
    mail.mails.push({ ...message, to, key });
    const failure = mail.failures.shift();
    return failure ? Promise.reject(failure) : Promise.resolve(receiptOf(to, key));
  };
  const mail: MemoryMail = {
    mails: [],
    isRehearsal: false,
    office: "office@example.com",
    failures: [],
    remembers: true,
    send: ({ to, ...message }, key) => send(to, message, key),
    sendToOffice: (message, key) => send("the office", message, key),
    find(key) {
      if (!mail.remembers) return Promise.resolve("unknown");
      const sent = mail.mails.find((one) => one.key === key);
      return Promise.resolve(sent && receiptOf(sent.to, key));
    },
  };
  return mail;
}
