import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createMail, type MailDefaults, type MailSettings } from "../../src/mail/mail.ts";
import type { MailMessage } from "../../src/sdk/context.ts";
import { kindOf, messageOf } from "../../src/sdk/errors.ts";
import { memoryLog, testClock } from "../../src/sdk/testing.ts";
import { readMail } from "./read-mail.ts";
import { refusal, smtpDouble, type SmtpDouble } from "./smtp-double.ts";

const KEY = "voucher-mail/send-voucher|fjord|1201|voucher:v2";
const FJORD: MailDefaults = { name: "Fjord Walks", from: "post@fjord.example" };

const message: MailMessage = {
  to: "anna@example.com",
  subject: "Voucher for booking 1201",
  text: "Hello Anna – Žižek,\nyour voucher is attached.\n",
  html: "<p>Hello Anna</p>",
  attachments: [
    { filename: "voucher-1201.pdf", contentType: "application/pdf", content: Buffer.from("%PDF") },
  ],
};

let folder: string;
const cleanUp: (() => unknown)[] = [];

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "bellhop-mail-")), "outbox");
});

afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo();
  await rm(join(folder, ".."), { recursive: true });
});

function mailWith(settings: Partial<MailSettings> = {}, defaults: MailDefaults = FJORD) {
  const log = memoryLog();
  const factory = createMail({
    outboxFolder: folder,
    mode: "live",
    clock: testClock(),
    log,
    ...settings,
  });
  cleanUp.push(() => {
    factory.close();
  });
  return { factory, log, mail: factory.forConnection(defaults) };
}

async function server(options?: Parameters<typeof smtpDouble>[0]): Promise<SmtpDouble> {
  const double = await smtpDouble(options);
  cleanUp.push(() => double.close());
  return double;
}

async function outboxMails() {
  const names = await readdir(folder).catch(() => []);
  const contents = await Promise.all(names.map((name) => readFile(join(folder, name))));
  return Promise.all(
    contents.map(async (content, index) => ({
      name: names[index] ?? "",
      source: content.toString("utf8"),
      mail: await readMail(content),
    })),
  );
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => ({ kind: "none" }),
    (error: unknown) => ({
      kind: kindOf(error),
      message: messageOf(error),
      mayHaveHappened: (error as { mayHaveHappened?: boolean }).mayHaveHappened,
      cause: String((error as Error).cause),
    }),
  );

describe("without a mail server", () => {
  test("a voucher becomes a file that any mail program opens", async () => {
    const { mail } = mailWith({}, { ...FJORD, replyTo: "desk@fjord.example" });

    const receipt = await mail.send({ ...message, cc: ["copy@example.com"] }, KEY);

    const [written] = await outboxMails();
    expect(written?.name).toMatch(
      /^voucher-mail-send-voucher-fjord-1201-voucher-v2-[0-9a-f]{12}\.eml$/,
    );
    expect(receipt).toEqual({
      externalId: written?.mail.messageId,
      progress: "written",
      link: join(folder, written?.name ?? ""),
      audience: "guest",
    });
    expect(written?.mail).toMatchObject({
      subject: "Voucher for booking 1201",
      text: "Hello Anna – Žižek,\nyour voucher is attached.\n",
      html: "<p>Hello Anna</p>",
      date: new Date(Date.UTC(2026, 2, 2, 13, 20)),
      from: `"Fjord Walks" <post@fjord.example>`,
      to: "anna@example.com",
      cc: "copy@example.com",
      replyTo: "desk@fjord.example",
    });
    expect(written?.mail.attachments).toMatchObject([
      { filename: "voucher-1201.pdf", contentType: "application/pdf" },
    ]);
  });

  test("the same key gives the same file and Message-ID, another key another", async () => {
    const { mail } = mailWith();

    const first = await mail.send(message, KEY);
    const again = await mail.send({ ...message, text: "newer" }, KEY);
    const other = await mail.send(message, `${KEY}#other`);

    const mails = await outboxMails();
    expect(again).toEqual(first);
    expect(other.externalId).not.toBe(first.externalId);
    expect(mails).toHaveLength(2);
    expect(first.externalId).toMatch(/^<[0-9a-f]{32}@fjord\.example>$/);
  });

  test("find knows what was written, to whom, and that nothing else was", async () => {
    const { mail } = mailWith({ office: "office@example.com" });
    const sent = await mail.send(message, KEY);
    const note = await mail.sendToOffice(message, "note");

    const found = await Promise.all([KEY, "note", "never"].map((key) => mail.find(key)));

    expect(found).toEqual([sent, note, undefined]);
    expect(note.audience).toBe("office");
  });

  test("a note to another address of the operator's own goes there in every mode", async () => {
    for (const mode of ["live", "rehearsal"] as const) {
      const { mail } = mailWith({ mode, office: "office@example.com" });

      const receipt = await mail.sendToOffice(message, mode, "Boss <boss@example.com>");

      expect(receipt.audience).toBe("office");
    }

    const mails = await outboxMails();
    expect(mails.map(({ mail }) => [mail.to, mail.subject])).toEqual([
      ["boss@example.com", "Voucher for booking 1201"],
      ["boss@example.com", "Voucher for booking 1201"],
    ]);
  });

  test("a sender is not needed as long as nothing leaves the machine", async () => {
    const { mail } = mailWith({}, { name: "Fjord Walks" });

    await mail.send(message, KEY);

    const [written] = await outboxMails();
    expect(written?.mail.from).toBe(`"Fjord Walks" <bellhop@localhost>`);
  });

  test("an outbox that cannot be written to waits for the operator", async () => {
    await writeFile(folder, "a file where the folder should be");
    const { mail, factory } = mailWith();

    const failures = await Promise.all([
      failureOf(mail.send(message, KEY)),
      failureOf(factory.verify()),
    ]);

    expect(failures.map(({ kind }) => kind)).toEqual(["configuration", "configuration"]);
    await rm(folder);
  });
});

describe("rehearsal", () => {
  test("the office gets the guest's mail, with the guest in the subject and no copies", async () => {
    const { mail } = mailWith({ mode: "rehearsal", office: "office@example.com" });

    const receipt = await mail.send({ ...message, cc: ["copy@example.com"] }, KEY);

    const [written] = await outboxMails();
    expect(receipt.audience).toBe("office");
    expect(written?.mail).toMatchObject({
      subject: "[for anna@example.com] Voucher for booking 1201",
      to: "office@example.com",
    });
    expect(written?.mail.cc).toBeUndefined();
    expect(written?.mail.headers["x-bellhop-mode"]).toBe("rehearsal");
  });

  test("without an office the mail stays here, even where there is a mail server", async () => {
    const smtp = await server();
    const { mail } = mailWith({ mode: "rehearsal", smtpUrl: smtp.url });

    const receipt = await mail.send(message, KEY);
    const found = await mail.find(KEY);

    const [written] = await outboxMails();
    expect(smtp.caught).toEqual([]);
    expect(found).toEqual(receipt);
    expect(receipt).toMatchObject({ progress: "written", audience: "office" });
    expect(written?.mail).toMatchObject({
      subject: "[for anna@example.com] Voucher for booking 1201",
      to: "anna@example.com",
    });
  });
});

describe("with a mail server", () => {
  test("guest and copy get the mail, and nobody can say later whether they did", async () => {
    const smtp = await server();
    const { mail } = mailWith({ smtpUrl: smtp.url });

    const receipt = await mail.send({ ...message, cc: ["copy@example.com"] }, KEY);
    const found = await mail.find(KEY);

    const [caught] = smtp.caught;
    const parsed = await readMail(caught?.content ?? Buffer.alloc(0));
    expect(caught).toMatchObject({
      from: "post@fjord.example",
      to: ["anna@example.com", "copy@example.com"],
    });
    expect(receipt).toEqual({
      externalId: parsed.messageId,
      progress: "handed over",
      audience: "guest",
    });
    expect(found).toBe("unknown");
    expect(String(parsed.attachments[0]?.content)).toBe("%PDF");
  });

  test("connections share the server, each with its own sender", async () => {
    const smtp = await server();
    const { factory, mail } = mailWith({ smtpUrl: smtp.url, from: "all@example.com" });
    const bikes = factory.forConnection({ name: "Bikes & more" });

    await mail.send(message, KEY);
    await bikes.send(message, `${KEY}b`);

    const senders = await Promise.all(
      smtp.caught.map(async ({ content }) => (await readMail(content)).from),
    );
    expect(senders).toEqual([
      `"Fjord Walks" <post@fjord.example>`,
      `"Bikes & more" <all@example.com>`,
    ]);
  });

  test("without any sender the mail is held and MAIL_FROM named", async () => {
    const smtp = await server();
    const { mail } = mailWith({ smtpUrl: smtp.url }, { name: "Fjord Walks" });

    const failure = await failureOf(mail.send(message, KEY));

    expect(failure).toMatchObject({ kind: "configuration" });
    expect(failure).toHaveProperty("message", expect.stringContaining("MAIL_FROM"));
  });

  test("a refused guest does not count as served because a copy went through", async () => {
    const smtp = await server({
      onRcptTo: ({ address }, _session, done) => {
        done(address === "anna@example.com" ? refusal(550, "no such user") : null);
      },
    });
    const { mail } = mailWith({ smtpUrl: smtp.url });

    const failure = await failureOf(mail.send({ ...message, cc: ["copy@example.com"] }, KEY));

    expect(failure.kind).toBe("permanent");
  });

  test("a refused copy is logged, the guest is served", async () => {
    const smtp = await server({
      onRcptTo: ({ address }, _session, done) => {
        done(address === "copy@example.com" ? refusal(550, "no such user") : null);
      },
    });
    const { mail, log } = mailWith({ smtpUrl: smtp.url });

    const receipt = await mail.send({ ...message, cc: ["copy@example.com"] }, KEY);

    expect(receipt.audience).toBe("guest");
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).not.toContain("example.com");
  });

  test("the check logs in and says where mails go", async () => {
    const smtp = await server();
    const { factory } = mailWith({ smtpUrl: smtp.url });

    const line = await factory.verify();

    expect(line).toBe("mode live, mails are handed to the mail server");
  });
});

describe("a mail server that does not take the mail", () => {
  const quoting = "<anna@example.com>: Recipient address rejected";

  const answer =
    (code: number) => (_address: unknown, _session: unknown, done: (error: Error) => void) => {
      done(refusal(code, quoting));
    };

  test.each<[string, string, Parameters<typeof smtpDouble>[0]]>([
    ["refuses the recipient", "permanent", { onRcptTo: answer(550) }],
    ["asks to come back for the recipient", "retryable", { onRcptTo: answer(451) }],
    ["refuses the content", "permanent", { onContent: refusal(554, quoting) }],
    ["asks to come back after the content", "retryable", { onContent: refusal(451, quoting) }],
    ["refuses the sender", "configuration", { onMailFrom: answer(553) }],
    ["wants a login", "configuration", { onMailFrom: answer(530) }],
  ])("that %s is a %s error, with no address in it", async (_, kind, options) => {
    const smtp = await server(options);
    const { mail } = mailWith({ smtpUrl: smtp.url });

    const failure = await failureOf(mail.send(message, KEY));

    expect(failure).toMatchObject({ kind, mayHaveHappened: false });
    expect(JSON.stringify(failure)).not.toContain("anna@");
  });

  test("that refuses the login holds the job and the check", async () => {
    const smtp = await server({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => {
        done(refusal(535, "wrong password"));
      },
    });
    const { mail, factory } = mailWith({ smtpUrl: smtp.url.replace("//", "//user:secret@") });

    const failures = await Promise.all([
      failureOf(mail.send(message, KEY)),
      failureOf(factory.verify()),
    ]);

    expect(failures.map(({ kind }) => kind)).toEqual(["configuration", "configuration"]);
    expect(JSON.stringify(failures)).not.toContain("secret");
  });

  test("that is not there lets the job try again", async () => {
    const smtp = await smtpDouble();
    await smtp.close();
    const { mail } = mailWith({ smtpUrl: smtp.url });

    const failure = await failureOf(mail.send(message, KEY));

    expect(failure).toMatchObject({ kind: "retryable", mayHaveHappened: false });
  });

  test("that goes away before the content has certainly not sent it", async () => {
    const smtp = await server({ dropAfter: "recipient" });
    const { mail } = mailWith({ smtpUrl: smtp.url });

    const failure = await failureOf(mail.send(message, KEY));

    expect(failure).toMatchObject({ kind: "retryable", mayHaveHappened: false });
  });

  test("that goes away after the content may have sent it, and is not asked twice", async () => {
    const smtp = await server({ dropAfter: "content" });
    const { mail } = mailWith({ smtpUrl: smtp.url });

    const failure = await failureOf(mail.send(message, KEY));

    expect(failure).toMatchObject({ kind: "retryable", mayHaveHappened: true });
    expect(smtp.begun()).toBe(1);
  });
});

describe("what a guest could type", () => {
  test.each([
    "anna@example.com, eve@example.com",
    "anna@example.com;eve@example.com",
    "Anna <anna@example.com>",
    "anna@example.com\r\nBcc: eve@example.com",
    `"eve@example.com x"@example.com`,
    "anna at example.com",
    "@example.com",
    "",
  ])("%j is not one e-mail address", async (to) => {
    const { mail } = mailWith();

    const failure = await failureOf(mail.send({ ...message, to }, KEY));

    expect(failure).toMatchObject({ kind: "permanent", message: "not one e-mail address" });
  });

  test("a line break in subject or names begins no header of its own", async () => {
    const { mail } = mailWith({}, { ...FJORD, name: "Fjord\r\nX-Evil: name" });

    await mail.send(
      { ...message, subject: "Voucher\r\nBcc: eve@example.com\r\n\r\nbody", text: "x" },
      KEY,
    );

    const [written] = await outboxMails();
    const [head = ""] = written?.source.split("\r\n\r\n", 1) ?? [];
    expect(head).not.toMatch(/^(Bcc|X-Evil):/im);
    expect(written?.mail.subject).toBe("Voucher Bcc: eve@example.com body");
    expect(written?.mail.text).toBe("x");
  });

  test("no file of this machine can be attached by its name", async () => {
    const { mail } = mailWith();

    await mail.send({ ...message, text: "/etc/passwd", html: `<img src="/etc/passwd">` }, KEY);

    const [written] = await outboxMails();
    expect(written?.source).not.toContain("root:");
  });
});

describe("settings", () => {
  test.each([
    [{ smtpUrl: "mail.example.com:25" }, "SMTP_URL"],
    [{ office: "a@example.com, b@example.com" }, "mail.office"],
  ])("%j is refused by name", (settings, name) => {
    const make = () => mailWith(settings);

    expect(make).toThrow(name);
  });

  test("the office cannot be written to before it has an address", async () => {
    const { mail } = mailWith();

    const failure = await failureOf(mail.sendToOffice(message, KEY));

    expect(failure).toMatchObject({ kind: "configuration" });
    expect(mail.office).toBeUndefined();
  });
});
