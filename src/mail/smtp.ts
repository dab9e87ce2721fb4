import type { Readable } from "node:stream";

import nodemailer from "nodemailer";

import { ConfigurationError, kindOf, PermanentError } from "../sdk/errors.ts";
import { smtpError } from "./smtp-error.ts";

/** A finished mail and who gets it. */
export interface Parcel {
  id: string;
  from: string;
  to: string;
  cc: readonly string[];
  content: Buffer;
}

export interface Smtp {
  /** @returns those in copy whom the server refused. */
  send(parcel: Parcel): Promise<string[]>;
  verify(): Promise<void>;
  close(): void;
}

/** How long to wait; a job's time limit is 60 s. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** One pool of connections to one mail server, shared by all that send. */
export function createSmtp(url: string): Smtp {
  if (!/^smtps?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new ConfigurationError("SMTP_URL is not smtp://user:password@host:port");
  }
  const transport = nodemailer.createTransport({
    url,
    pool: true,
    maxConnections: 3,
    maxRequeues: 1, // only ever of a mail that was not sent yet; more is the job's business
    disableFileAccess: true,
    disableUrlAccess: true,
    ...TIMEOUTS,
  });
  const streams = new Map<string, Readable>();
  // nodemailer does not say how far it got; whether the mail's stream was read does.
  transport.use("stream", (mail, done) => {
    const { message, data } = mail;
    const create = message.createReadStream.bind(message);
    message.createReadStream = (options) => {
      const stream = create(options);
      streams.set(String(data.messageId), stream);
      return stream;
    };
    done();
  });

  return {
    async send({ id, from, to, cc, content }) {
      try {
        const envelope = { from, to: [to, ...cc] };
        const { rejected } = await transport.sendMail({ raw: content, envelope, messageId: id });
        // With a copy to somebody else the server takes a mail although its recipient is refused.
        if (rejected.includes(to)) {
          throw new PermanentError("the mail server refuses the recipient");
        }
        return rejected;
      } catch (error) {
        if (kindOf(error) !== undefined) throw error;
        throw smtpError(error, streams.get(id)?.readableDidRead === true);
      } finally {
        streams.delete(id);
      }
    },
    async verify() {
      try {
        await transport.verify();
      } catch (error) {
        throw smtpError(error, false);
      }
    },
    close: () => {
      transport.close();
    },
  };
}
