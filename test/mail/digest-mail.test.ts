import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { digest } from "../../integrations/digest/schedules/digest.ts";
import {
  activeOf,
  activityOf,
  bookingOf,
  DAY,
  officeOf,
} from "../../integrations/digest/testing.ts";
import { Database } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { createMail } from "../../src/mail/mail.ts";
import { activityIn } from "../../src/queries/activity.ts";
import { BOOKING_STATUSES } from "../../src/sdk/booking.ts";
import type { Activity } from "../../src/sdk/context.ts";
import type { TimeWindow } from "../../src/sdk/lists.ts";
import { memoryLog, testClock } from "../../src/sdk/testing.ts";
import { createTemplates } from "../../src/templates/template-store.ts";
import { noticeOf, openNormalizer } from "../harness/normalizer.ts";
import { cabinView } from "../normalize/booking-builder.ts";
import { readMail } from "./read-mail.ts";

const product = fileURLToPath(new URL("../../templates", import.meta.url));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bellhop-digest-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** The real mail and templates around the schedule. */
async function mailed(
  activity: Activity | ((window: TimeWindow) => Promise<Activity>),
  settings: object = {},
  window = DAY,
) {
  const outboxFolder = join(folder, "outbox");
  const parts = { outboxFolder, mode: "rehearsal" as const, office: "office@example.com" };
  const mails = createMail({ ...parts, clock: testClock(), log: memoryLog() });
  const { context } = officeOf(activityOf(), settings);
  const result = await digest.handle(window, {
    ...context,
    mail: mails.forConnection({ name: "Bellhop" }),
    templates: createTemplates({ folders: [product] }),
    activity: (asked) =>
      typeof activity === "function" ? activity(asked) : Promise.resolve(activity),
  });
  const [name = ""] = await readdir(outboxFolder).catch(() => []);
  if (name === "") return { result };
  const content = await readFile(join(outboxFolder, name));
  const mail = await readMail(content);
  return { result, mail, source: content.toString("utf8") };
}

const busy = activityOf({
  bookings: [
    activeOf("1207", ["booking.confirmed"], { isNew: true }),
    activeOf("1206", ["booking.requested", "payment.received"], {
      isNew: true,
      booking: bookingOf("1206", { customer: { name: "Ødegård & Søn" }, title: "Picnic" }),
    }),
    activeOf("1205", ["booking.modified"]),
    activeOf("1204", ["booking.cancelled"]),
    activeOf("1203", ["payment.received"]),
  ],
  troubles: [
    { connection: "fjord", subject: "1203", reason: "needs you: could not be done by books/post." },
  ],
});

describe("the mail", () => {
  test("counts in its subject and lists by what happened", async () => {
    const { result, mail } = await mailed(busy);

    expect(result).toEqual({
      done: "Digest written to the outbox: 2 new, 1 changed, 1 cancelled, 2 paid, 1 needs you",
    });
    expect(mail).toMatchObject({
      to: "office@example.com",
      subject: "Bookings since yesterday 07:00: 2 new, 1 changed, 1 cancelled, 2 paid, 1 needs you",
    });
    expect(mail?.text).toBe(`Bookings since yesterday 07:00

New (2)

  1207 · Anna Berg · Fjord walk · 14 Mar 2026, 09:00 · €180.00
    Confirmed

  1206 · Ødegård & Søn · Picnic · 14 Mar 2026, 09:00 · €180.00
    Confirmed

Changed (1)

  1205 · Anna Berg · Fjord walk · 14 Mar 2026, 09:00 · €180.00
    1205, sentence 1.

Cancelled (1)

  1204 · Anna Berg · Fjord walk · 14 Mar 2026, 09:00 · €180.00
    1204, sentence 1.

Paid (2)

  1206 · Ødegård & Søn · Picnic · 14 Mar 2026, 09:00 · €180.00
    1206, sentence 2.

  1203 · Anna Berg · Fjord walk · 14 Mar 2026, 09:00 · €180.00
    1203, sentence 1.

Needs you (1)

  1203 · Anna Berg · Fjord walk · 14 Mar 2026, 09:00
    Could not be done by books/post.
`);
    expect(mail?.html).toContain("<bdi>Ødegård &amp; Søn</bdi>");
    expect(mail?.html).toContain("€180.00");
    expect(`${mail?.text ?? ""}${String(mail?.html)}`).not.toMatch(/anna@|555/);
  });

  test("shows hostile text as text, and keeps its subject on one line", async () => {
    const customer = { name: '<script>alert(1)</script>\r\nBcc: eve@example.com "{{ 1 }}' };
    const title = "<img src=x onerror=alert(1)>{% include 'x' %}";
    const summary = "Title <b>x</b> → <i>y</i>.";
    const booking = bookingOf("<1201>", { customer, title });
    const [event] = activeOf("1201", ["booking.modified"]).events;
    const active = { ...activeOf("<1201>", [], { booking }), events: [{ ...event, summary }] };

    const { mail, source } = await mailed(activityOf({ bookings: [active] as never }));

    expect(mail?.html).not.toMatch(/<(script|img|b>x|i>)/);
    expect(mail?.html).toContain("&lt;script&gt;alert(1)&lt;/script&gt; Bcc:");
    expect(mail?.subject).toBe("Bookings since yesterday 07:00: 1 changed");
    expect(source?.split("\r\n\r\n", 1)[0]).not.toMatch(/^Bcc:/im);
  });

  test("cuts what is long, and says so", async () => {
    const bookings = Array.from({ length: 62 }, (_, n) =>
      activeOf(
        `${2000 + n}`,
        Array.from({ length: 5 }, () => "booking.modified" as const),
      ),
    );

    const { mail } = await mailed(activityOf({ bookings, leftOff: 12 }));

    for (const text of [mail?.text, mail?.html]) {
      expect(text).toContain("and 37 more");
      expect(text).toContain("and 2 earlier changes");
      expect(text).toContain("12 more are not in this mail");
      expect(text).toContain("2024");
      expect(text).not.toContain("2025");
    }
  });

  test("names payments that failed, connections, and calls that nobody could read", async () => {
    const failed = activeOf("1201", ["payment.failed"], { connection: "bikes" });
    const reason = "needs you: a message of the booking system could not be read";
    const unread = { connection: "fjord", reason };

    const { mail } = await mailed(activityOf({ bookings: [failed], troubles: [unread, unread] }));

    expect(mail?.text).toContain(
      "1201 · Anna Berg · Fjord walk · 14 Mar 2026, 09:00 · €180.00 · bikes\n    Payment failed\n",
    );
    expect(mail?.text).toContain(
      "  fjord\n    A message of the booking system could not be read (2 times)\n",
    );
    expect(mail?.html).toContain("Payment failed");
  });

  test("says that nothing happened only to those who want to hear it", async () => {
    const wanted = await mailed(activityOf(), { evenWhenEmpty: true });

    expect(wanted.mail?.subject).toBe("Bookings since yesterday 07:00: nothing happened");
    expect(wanted.mail?.text).toBe("Bookings since yesterday 07:00\n\nNothing happened.\n");
  });

  test.each([
    [DAY.until - 60 * 60_000, "Bookings since 06:00: 1 changed"],
    [DAY.until - 72 * 60 * 60_000, "Bookings since 27 Feb 2026, 07:00: 1 changed"],
  ])("says since when", async (since, subject) => {
    const bookings = [activeOf("1201", ["booking.modified"])];

    const { mail } = await mailed(activityOf({ bookings }), {}, { ...DAY, since });

    expect(mail?.subject).toBe(subject);
  });

  test("goes to another address of the operator's own, in rehearsal too", async () => {
    const { mail } = await mailed(busy, { to: "boss@example.com" });

    expect(mail?.to).toBe("boss@example.com");
  });
});

test("every group and every state of a booking has its word", async () => {
  const texts = await createTemplates({ folders: [product] }).texts("digest/default", "en");

  const groups = ["new", "changed", "cancelled", "paid", "refunded", "needsYou"];
  const words = [...groups, ...groups.map((id) => `${id}Count`), ...BOOKING_STATUSES];
  expect(words.filter((word) => texts[word] === undefined)).toEqual([]);
});

test("a morning's calls, compared and stored, are in the mail", async () => {
  const db = await Database.open({ sqliteFile: join(folder, "bellhop.sqlite") });
  await migrate(db);
  const bench = openNormalizer(db);
  const paid = { amountMinor: 24_000, currency: "EUR" };
  const totals = { total: paid, paid };
  await bench.deliver(
    noticeOf("9000101", "booking.requested", { view: cabinView() }),
    noticeOf("9000102", "booking.confirmed", { view: cabinView({ status: "confirmed" }) }),
    noticeOf("9000102", "payment.received", { view: cabinView({ status: "confirmed", totals }) }),
    noticeOf("9000101", "booking.cancelled", { view: cabinView({ status: "cancelled" }) }),
    noticeOf("9000103", "booking.requested", {
      view: cabinView({ start: { date: "2026-07-04", timeZone: "Mars/Secret" } }),
    }),
  );
  bench.normalizer.begin();
  await vi.waitFor(async () => {
    expect((await bench.deliveries()).join()).not.toContain("waiting");
  });
  await bench.normalizer.end();
  const window = { since: Date.now() - 60 * 60_000, until: Date.now() + 1 };

  const { mail } = await mailed((asked) => activityIn(db, asked), {}, window);
  await db.close();

  expect(mail?.subject).toMatch(/: 2 new, 1 cancelled, 1 paid, 1 needs you$/);
  expect(mail?.text).toContain(
    "9000102 · Ana Example · Cabin · 4 Jul 2026, 16:00 · €240.00\n    Confirmed\n",
  );
  expect(mail?.text).toContain("Paid 0.00 EUR → 240.00 EUR.");
  expect(mail?.text).toContain("Status requested → cancelled.");
});
