import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { Mailroom } from "../../src/mail/mailroom.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { read } from "../settings/read-config.ts";

const MESSAGE = { to: "ana@example.com", subject: "Voucher", text: "Here it is." };

it("a simulated guest's mail stays a file, also with a mail server on this machine", async () => {
  const settings = read(
    `mail: { mode: live }
connections:
  test: { source: planyo, tokens: [abc], simulated: true, mail: { from: post@example.com } }`,
    { SMTP_URL: "smtp://127.0.0.1:9", MAIL_FROM: "post@example.com" },
  );
  const mailroom = new Mailroom(settings, { now: Date.now }, memoryLog());

  const receipt = await mailroom.of("test").send(MESSAGE, "voucher:v1");

  const outbox = join(settings.dataFolder, "outbox");
  expect(receipt.progress).toBe("written");
  expect(existsSync(outbox) && readdirSync(outbox)).toHaveLength(1);
  mailroom.close();
});
