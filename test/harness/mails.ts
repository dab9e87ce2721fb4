import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

/** Mails that were written as files, in the order of their names. */
export async function outboxMails(dataFolder: string): Promise<ParsedMail[]> {
  const outbox = join(dataFolder, "outbox");
  const names = existsSync(outbox) ? readdirSync(outbox).filter((n) => n.endsWith(".eml")) : [];
  return Promise.all(names.sort().map((name) => simpleParser(readFileSync(join(outbox, name)))));
}

export interface MailServer {
  url: string;
  mails: ParsedMail[];
  close(): Promise<void>;
}

/** A real SMTP server that takes everything. */
export async function startMailServer(): Promise<MailServer> {
  const mails: ParsedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData: (stream, _, done) => {
      simpleParser(stream).then(
        (mail) => {
          mails.push(mail);
          done();
        },
        (error: unknown) => {
          done(error as Error);
        },
      );
    },
  });
  // A sender that is killed in the middle of a mail is no fault of the server.
  server.on("error", () => undefined);
  await new Promise<void>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      resolve();
    }),
  );
  const { port } = server.server.address() as { port: number };
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    close: () =>
      new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      ),
  };
}
