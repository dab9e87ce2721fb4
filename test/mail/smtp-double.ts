import { SMTPServer, type SMTPServerOptions } from "smtp-server";

export interface Caught {
  from: string;
  to: string[];
  content: Buffer;
}

export interface SmtpDouble {
  url: string;
  caught: Caught[];
  /** How often a client began to hand over a mail. */
  begun(): number;
  close(): Promise<void>;
}

interface Behaviour {
  /** What to answer to the content of a mail. */
  onContent?: Error;
  /** When to break the connection instead of answering. */
  dropAfter?: "recipient" | "content";
}

export function refusal(code: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

/** A real SMTP server on loopback that does as it is told. */
export async function smtpDouble(options: SMTPServerOptions & Behaviour = {}): Promise<SmtpDouble> {
  const caught: Caught[] = [];
  let begun = 0;
  const { onContent, dropAfter, ...rest } = options;
  const drop = () => {
    for (const connection of server.connections) connection.close();
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    closeTimeout: 100,
    onData(stream, session, done) {
      begun++;
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "" : mailFrom.address;
        const to = rcptTo.map(({ address }) => address);
        if (!onContent) caught.push({ from, to, content: Buffer.concat(chunks) });
        if (dropAfter === "content") drop();
        else done(onContent);
      });
    },
    ...(dropAfter === "recipient" && { onRcptTo: drop }),
    ...rest,
  });
  server.on("error", () => undefined); // clients that vanish are part of the tests
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    caught,
    begun: () => begun,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}
