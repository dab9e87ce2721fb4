import { expect, it } from "vitest";

import type { Happening } from "../../src/demo/happenings.ts";
import { happeningLine, hitchLine, postingLine } from "../../src/demo/lines.ts";
import { MailBox } from "../../src/demo/mail-box.ts";
import type { AnyEvent, EventType } from "../../src/sdk/booking-event.ts";
import { temporaryFolder } from "../harness/servers.ts";
import { mail } from "./mail-builder.ts";

const style = { isColoured: false, nameWidth: 7 };

function happening(
  type: EventType,
  parts: Partial<Omit<Happening, "event">> & { subject?: string; event?: object } = {},
): Happening {
  const { subject = "1201", event, ...rest } = parts;
  const fields = { type, subject, connection: "fjord", ...event };
  return { messageIds: [], ...rest, event: fields as unknown as AnyEvent };
}

function line(what: Happening): string {
  const box = new MailBox(temporaryFolder());
  box.add(mail());
  return happeningLine(what, box, style).replace(/^\d\d:\d\d:\d\d {2}/, "");
}

it("a confirmed booking tells who got the voucher", () => {
  const job = { state: "done", reason: "Voucher 1 mailed to the guest" };
  const messageIds = ["<voucher-1@example.com>"];

  expect(line(happening("booking.confirmed", { job, messageIds }))).toBe(
    "fjord    booking 1201 confirmed → voucher 1 mailed to siobhan@example.com",
  );
});

it.each([
  ["skipped", "the guest has no voucher from us", "no mail: the guest has no voucher from us"],
  ["dead", "the mail server refuses the recipient", "dead: the mail server refuses the recipient"],
  ["held", "no sender: set MAIL_FROM", "held: no sender: set MAIL_FROM"],
  ["done", "Voucher 1 written to the outbox", "voucher 1 written to the outbox"],
])("a cancellation whose job is %s says why: %s", (state, reason, result) => {
  const told = line(happening("booking.cancelled", { job: { state, reason } }));

  expect(told).toBe(`fjord    booking 1201 cancelled → ${result}`);
});

const eur = { amountMinor: 12_050, currency: "EUR" };

it.each<[EventType, string, object, string]>([
  ["booking.checked_in", "1201", {}, "booking 1201 checked in"],
  [
    "payment.received",
    "1201",
    { payment: { amount: eur } },
    "booking 1201: payment received (120.50 EUR)",
  ],
  ["payment.failed", "1201", {}, "booking 1201: payment failed"],
  ["button.pressed", "1201", {}, "booking 1201: button pressed"],
  ["coupon.purchased", "coupon:GIFT-1", {}, "coupon GIFT-1 purchased"],
  ["coupon.payment_removed", "coupon:GIFT-1", {}, "coupon GIFT-1: payment removed"],
  ["availability.changed", "vacation:66", {}, "vacation 66: availability changed"],
  ["clock.hourly", "clock", {}, "hourly tick of the booking system's clock"],
  [
    "booking.timer",
    "1201",
    { timer: { name: "t", relativeTo: "start", offsetMinutes: -60 } },
    "booking 1201: timer 60 min before start",
  ],
])("%s of %s is told in plain words", (type, subject, event, words) => {
  expect(line(happening(type, { subject, event }))).toBe(`fjord    ${words}`);
});

it.each([
  ["duplicate", "", "booking 1201: said before → nothing to do"],
  [
    "failed",
    "unreadable: the reservation is not a number",
    "booking 1201: failed: unreadable: the reservation is not a number",
  ],
] as const)("a call that made no event is told too: %s", (state, reason, words) => {
  const told = hitchLine({ connection: "fjord", subject: "1201", state, reason }, style);

  expect(told).toMatch(/^\d\d:\d\d:\d\d {2}fjord {4}/);
  expect(told.endsWith(words)).toBe(true);
});

it.each([
  {
    state: "done" as const,
    reason: "invoice:1 over EUR 120.00; credit note:2 over EUR 9.00",
    result: "invoice 1 over EUR 120.00; credit note 2 over EUR 9.00",
  },
  {
    state: "dead" as const,
    reason: "costs less than nothing",
    result: "dead: costs less than nothing",
  },
])("what came into the books is told in a line of its own: $state", ({ result, ...posting }) => {
  const told = postingLine({ connection: "fjord", subject: "1201", ...posting }, style);

  expect(told.replace(/^\d\d:\d\d:\d\d {2}/, "")).toBe(
    `fjord    books of booking 1201 → ${result}`,
  );
});
