import type { Clock, Log, Mail, MailReceipt } from "../sdk/context.ts";
import { ConfigurationError } from "../sdk/errors.ts";
import { domainOf, oneLine, operatorAddress, recipientAddress, type Sender } from "./address.ts";
import { audienceOf, composeMail } from "./compose.ts";
import { letterToGuest, letterToOffice, type Letter } from "./letter.ts";
import { fileName, messageId } from "./mail-name.ts";
import { createOutbox, type Outbox } from "./outbox.ts";
import { createSmtp, type Smtp } from "./smtp.ts";

export interface MailSettings {
  /** Absent: mails are written to the outbox. */
  smtpUrl?: string;
  outboxFolder: string;
  /** `MAIL_FROM`: sender where a connection names none. */
  from?: string;
  mode: "rehearsal" | "live";
  office?: string;
  clock: Clock;
  log: Log;
}

/** What a connection says about its mails. */
export interface MailDefaults {
  name: string;
  from?: string;
  replyTo?: string;
}

/** Mail for all connections, over one pool of connections to the mail server. */
export interface MailFactory {
  forConnection(defaults: MailDefaults): Mail;
  /**
   * @returns one line for a person.
   * @throws ConfigurationError when login or folder are refused, RetryableError when there is no answer.
   */
  verify(): Promise<string>;
  close(): void;
}

/** What the mails of one connection are sent with. */
interface Office {
  settings: MailSettings;
  defaults: MailDefaults;
  outbox: Outbox;
  smtp: Smtp | undefined;
}

/** Only files can do without a sender: nobody answers them. */
const NO_SENDER = "bellhop@localhost";

/** @throws ConfigurationError when SMTP_URL or an address of the settings is none. */
export function createMail(settings: MailSettings): MailFactory {
  const outbox = createOutbox(settings.outboxFolder);
  const smtp = settings.smtpUrl === undefined ? undefined : createSmtp(settings.smtpUrl);
  return {
    forConnection: (defaults) => mailOf({ settings, defaults, outbox, smtp }),
    async verify() {
      await outbox.check();
      await smtp?.verify();
      const where = smtp ? "handed to the mail server" : `written to ${outbox.folder}`;
      return `mode ${settings.mode}, mails are ${where}`;
    },
    close: () => smtp?.close(),
  };
}

function mailOf(parts: Office): Mail {
  const { settings, outbox, smtp } = parts;
  const isRehearsal = settings.mode === "rehearsal";
  const office = settings.office
    ? operatorAddress(settings.office, "mail.office").address
    : undefined;
  const mode = { isRehearsal, office };
  return {
    isRehearsal,
    office,
    send: async (message, key) => dispatch(letterToGuest(message, mode), key, parts),
    sendToOffice: async (message, key, address) =>
      dispatch(letterToOffice(message, mode, address), key, parts),
    async find(key) {
      const found = await outbox.read(fileName(key));
      if (!found) return smtp ? "unknown" : undefined;
      const { address } = senderOf(parts, true);
      return {
        externalId: messageId(key, domainOf(address)),
        progress: "written",
        link: found.path,
        audience: audienceOf(found.content),
      };
    },
  };
}

async function dispatch(letter: Letter, key: string, parts: Office): Promise<MailReceipt> {
  const { settings, outbox, smtp } = parts;
  const isFile = letter.staysHere || !smtp;
  const sender = senderOf(parts, isFile);
  const externalId = messageId(key, domainOf(sender.address));
  const content = await composeMail(letter, {
    id: externalId,
    sender,
    replyTo: replyAddress(letter, parts.defaults),
    sentAt: settings.clock.now(),
  });
  const { to, cc, audience } = letter;
  if (isFile) {
    const link = await outbox.write(fileName(key), content);
    return { externalId, progress: "written", link, audience };
  }
  const refused = await smtp.send({ id: externalId, from: sender.address, to, cc, content });
  if (refused.length > 0) settings.log.warn({ key }, "the mail server refused the copy of a mail");
  return { externalId, progress: "handed over", audience };
}

function senderOf({ settings, defaults }: Office, isFile: boolean): Sender {
  const [given, setting] =
    defaults.from === undefined
      ? [settings.from, "MAIL_FROM"]
      : [defaults.from, "mail.from of the connection"];
  if (given === undefined && !isFile) {
    throw new ConfigurationError("no sender: set MAIL_FROM, or mail.from of the connection");
  }
  const { name, address } = operatorAddress(given ?? NO_SENDER, setting);
  return { name: name || oneLine(defaults.name), address };
}

function replyAddress({ message }: Letter, { replyTo }: MailDefaults): string | undefined {
  if (message.replyTo !== undefined) return recipientAddress(message.replyTo);
  return replyTo && operatorAddress(replyTo, "mail.replyTo of the connection").address;
}
