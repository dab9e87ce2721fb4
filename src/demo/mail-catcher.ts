import type { AddressInfo } from "node:net";

import type { AddressObject, Attachment, ParsedMail } from "mailparser";

/** A mail as its reader would see it. */
export interface CaughtMail {
  /** Counts from 1. */
  number: number;
  messageId: string;
  /** Milliseconds. */
  caughtAt: number;
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string | undefined;
  files: readonly CaughtFile[];
}

export interface CaughtFile {
  name: string;
  contentType: string;
  content: Buffer;
}

export interface MailCatcher {
  /** `smtp://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

const MOST_BYTES = 20 * 1024 * 1024;

/**
 * A mail server on loopback that keeps what it is sent and passes nothing on.
 *
 * @param onMail Called with each mail before the sender is told that it was taken.
 */
export async function startMailCatcher(onMail: (mail: CaughtMail) => void): Promise<MailCatcher> {
  const { SMTPServer, simpleParser } = await loadPackages();
  let caught = 0;
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    logger: false,
    size: MOST_BYTES,
    onData(stream, _session, done) {
      simpleParser(stream).then(
        (parsed) => {
          caught += 1;
          onMail(mailOf(parsed, caught));
          done();
        },
        (error: unknown) => {
          done(error instanceof Error ? error : new Error(String(error)));
        },
      );
    },
  });
  // A sender that breaks off is the sender's trouble.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(resolve);
      }),
  };
}

/** They are no part of an installed Bellhop, so they are loaded only here. */
async function loadPackages() {
  try {
    const [{ SMTPServer }, { simpleParser }] = await Promise.all([
      import("smtp-server"),
      import("mailparser"),
    ]);
    return { SMTPServer, simpleParser };
  } catch (cause) {
    throw new Error(
      "the demo needs the packages smtp-server and mailparser, which are there for developing: " +
        "run npm ci without --omit=dev in a checkout of Bellhop",
      { cause },
    );
  }
}

function mailOf(parsed: ParsedMail, number: number): CaughtMail {
  return {
    number,
    messageId: parsed.messageId ?? "",
    caughtAt: Date.now(),
    from: parsed.from?.text ?? "",
    to: addressesOf(parsed.to),
    subject: parsed.subject ?? "",
    text: parsed.text ?? "",
    html: parsed.html === false ? undefined : parsed.html,
    files: parsed.attachments.filter(isFile).map(({ filename, contentType, content }) => ({
      name: filename ?? "file",
      contentType,
      content,
    })),
  };
}

function isFile({ related }: Attachment): boolean {
  return !related;
}

function addressesOf(to: AddressObject | AddressObject[] | undefined): string {
  const lists = to === undefined ? [] : Array.isArray(to) ? to : [to];
  return lists.map(({ text }) => text).join(", ");
}
