import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { VoucherMailConfig } from "../../integrations/voucher-mail/config.ts";
import { sendVoucher } from "../../integrations/voucher-mail/handlers/send-voucher.ts";
import integration from "../../integrations/voucher-mail/index.ts";
import { bookingOf, eventOf } from "../../integrations/voucher-mail/testing.ts";
import { createMail } from "../../src/mail/mail.ts";
import { createPdf } from "../../src/pdf/pdf.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import type { BookingEvent } from "../../src/sdk/booking-event.ts";
import type { Effect, LedgerEntry } from "../../src/sdk/context.ts";
import {
  checkContext,
  memoryLog,
  memoryTokens,
  nothingElse,
  testClock,
} from "../../src/sdk/testing.ts";
import { createTemplates } from "../../src/templates/template-store.ts";
import { readMail } from "./read-mail.ts";

const product = fileURLToPath(new URL("../../templates", import.meta.url));

let outbox: string;

beforeEach(async () => {
  outbox = await mkdtemp(join(tmpdir(), "bellhop-voucher-"));
});

afterEach(async () => {
  await rm(outbox, { recursive: true });
});

/** The real mail, templates and PDF around the handler; the ledger is a list. */
function desk(mode: "live" | "rehearsal" = "live") {
  const templates = createTemplates({ folders: [product] });
  const pdf = createPdf({ templates, imageFolders: [] });
  const [log, clock] = [memoryLog(), testClock()];
  const mails = createMail({
    outboxFolder: outbox,
    mode,
    office: "office@example.com",
    clock,
    log,
  });
  const ledger: LedgerEntry[] = [];
  const effect: Effect = async (key, steps) => {
    const result = await steps.perform(`voucher-mail/send-voucher|fjord:1201|${key}`);
    ledger.push({ ...result, key, state: "done" });
    return result;
  };
  return (type: BookingEvent["type"], booking: Booking) =>
    sendVoucher.handle(eventOf(type, booking), {
      config: VoucherMailConfig.parse({ brand: { footer: "Bryggen 12, Bergen" } }),
      connection: { id: "fjord", name: "Fjord Walks", language: "en" },
      log,
      effect,
      ledger: [...ledger],
      ...nothingElse,
      current: booking,
      mail: mails.forConnection({ name: "Fjord Walks", from: "post@fjord.example" }),
      pdf,
      templates,
      http: { send: () => Promise.reject(new Error("not part of this test")) },
      clock,
      tokens: memoryTokens(),
      signal: new AbortController().signal,
    });
}

async function mailsOf(folder: string) {
  const names = (await readdir(folder)).toSorted();
  return Promise.all(names.map(async (name) => readMail(await readFile(join(folder, name)))));
}

describe("what lies in the outbox", () => {
  test("after a confirmation: one mail with text, HTML and the voucher", async () => {
    const handle = desk();

    const result = await handle("booking.confirmed", bookingOf());

    const [mail, ...more] = await mailsOf(outbox);
    const [attached] = mail?.attachments ?? [];
    expect(result).toEqual({ done: "Voucher 1 written to the outbox for the guest" });
    expect(more).toEqual([]);
    expect(mail).toMatchObject({
      to: "anna@example.com",
      from: `"Fjord Walks" <post@fjord.example>`,
      subject: "Voucher for booking 1201 – Fjord Walks",
    });
    expect(mail?.text).toContain("Hello Anna Berg,\n\nThank you for your booking.");
    expect(mail?.text).toContain("Fjord walk\n  Saturday, 14 March 2026 at 09:00\n  + Picnic (2)");
    expect(mail?.text).toContain("Still to pay: €180.00");
    expect(mail?.text).toContain("Bryggen 12, Bergen");
    expect(mail?.html).toContain("Hello Anna Berg,");
    expect(attached).toMatchObject({
      filename: "voucher-1201.pdf",
      contentType: "application/pdf",
    });
    expect(attached?.content.toString("latin1", 0, 5)).toBe("%PDF-");
  });

  test("after a whole story: voucher, changed voucher and cancellation", async () => {
    const handle = desk();

    await handle("booking.confirmed", bookingOf());
    await handle("booking.modified", bookingOf({ notes: "We come by train" }));
    await handle("booking.cancelled", bookingOf({ status: "cancelled" }));

    const mails = await mailsOf(outbox);
    expect(mails.map(({ subject }) => subject)).toEqual([
      "Booking 1201 is cancelled – Fjord Walks",
      "Voucher for booking 1201 – Fjord Walks",
      "Booking 1201 has changed – Fjord Walks",
    ]);
    expect(mails.map(({ attachments }) => attachments.length)).toEqual([0, 1, 1]);
  });

  test("in rehearsal: the guest's mail at the office, in the guest's language", async () => {
    const handle = desk("rehearsal");

    const result = await handle("booking.confirmed", bookingOf({ language: "nb-no" }));

    const [mail] = await mailsOf(outbox);
    expect(result).toEqual({ done: "Voucher 1 written to the outbox for the office (rehearsal)" });
    expect(mail).toMatchObject({
      to: "office@example.com",
      subject: "[for anna@example.com] Voucher for bestilling 1201 – Fjord Walks",
    });
    expect(mail?.text).toContain("lørdag 14. mars 2026 kl. 09:00");
  });

  test("without an address: a note to the office with the voucher", async () => {
    const handle = desk();

    await handle("booking.confirmed", bookingOf({ customer: { name: "Anna", phone: "+47 9" } }));

    const [mail] = await mailsOf(outbox);
    expect(mail).toMatchObject({
      to: "office@example.com",
      subject: "No e-mail address for booking 1201",
    });
    expect(mail?.text).toContain("Telephone: +47 9");
    expect(mail?.attachments).toHaveLength(1);
  });
});

describe("what a guest typed", () => {
  const hostile = bookingOf({
    title: `<img src=x onerror="alert(1)">`,
    customer: {
      name: `Anna\r\nBcc: eve@example.com\r\n<script>alert(1)</script>{{ brand.name }}`,
      email: "anna@example.com",
    },
    items: [{ id: "1", name: `<a href="https://evil.example">click</a>` }],
    importantNote: "</p><script>alert(2)</script>",
    voucherUrl: `javascript:alert("x")`,
  });

  test("never becomes HTML, a link or a header", async () => {
    const handle = desk();

    await handle("booking.confirmed", hostile);

    const [mail] = await mailsOf(outbox);
    expect(mail?.headers).not.toHaveProperty("bcc");
    expect(mail?.html).not.toMatch(/<script|<img|<a /);
    expect(mail?.html).not.toContain("javascript:");
    expect(mail?.html).toContain("&lt;script&gt;alert(2)");
    expect(mail?.text).toContain("{{ brand.name }}");
  });
});

describe("the check", () => {
  const run = (settings: object) => {
    const templates = createTemplates({ folders: [product] });
    const pdf = createPdf({ templates, imageFolders: [] });
    return integration.check?.(checkContext(VoucherMailConfig.parse(settings), { templates, pdf }));
  };

  test("finds the template and says where mails go", async () => {
    const line = await run({});

    expect(line).toMatch(/^template default with \d+ texts; live, mails go to guests$/);
  });

  test("names a template that is not there", async () => {
    const work = run({ template: "mine" });

    await expect(work).rejects.toThrow(/no template "voucher-mail\/mine"; looked in .*templates/);
  });
});
