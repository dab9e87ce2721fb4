import { expect, it } from "vitest";

import { type CaughtMail, startMailCatcher } from "../../src/demo/mail-catcher.ts";
import { createMail } from "../../src/mail/mail.ts";
import { memoryLog, testClock } from "../../src/sdk/testing.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { PDF } from "./mail-builder.ts";

it("a mail that Bellhop hands over is caught as its reader would see it", async () => {
  const caught: CaughtMail[] = [];
  const catcher = await startMailCatcher((mail) => caught.push(mail));
  const post = createMail({
    smtpUrl: catcher.url,
    outboxFolder: temporaryFolder(),
    mode: "live",
    from: "post@example.com",
    clock: testClock(),
    log: memoryLog(),
  });
  const message = {
    to: "siobhan@example.com",
    subject: "Välkommen 予約",
    text: "Hello Siobhán",
    html: "<p>Hello</p>",
    attachments: [{ filename: "voucher-1201.pdf", contentType: "application/pdf", content: PDF }],
  };

  const receipt = await post.forConnection({ name: "Fjord Walks" }).send(message, "voucher:1");
  post.close();
  await catcher.close();

  expect(caught).toMatchObject([
    {
      number: 1,
      messageId: receipt.externalId,
      to: "siobhan@example.com",
      subject: "Välkommen 予約",
      html: "<p>Hello</p>",
      files: [{ name: "voucher-1201.pdf", contentType: "application/pdf", content: PDF }],
    },
  ]);
  expect(caught[0]?.from).toContain("post@example.com");
  expect(caught[0]?.text.trim()).toBe("Hello Siobhán");
});
