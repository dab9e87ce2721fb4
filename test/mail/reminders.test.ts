import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { RemindersConfig } from "../../integrations/reminders/config.ts";
import { sendReminder } from "../../integrations/reminders/handlers/send-reminder.ts";
import integration from "../../integrations/reminders/index.ts";
import { bookingOf, timerEvent } from "../../integrations/reminders/testing.ts";
import { createMail } from "../../src/mail/mail.ts";
import type { Booking } from "../../src/sdk/booking.ts";
import {
  checkContext,
  memoryLedger,
  memoryLog,
  testClock,
  noEntries,
} from "../../src/sdk/testing.ts";
import { createTemplates } from "../../src/templates/template-store.ts";
import { readMail } from "./read-mail.ts";

const product = fileURLToPath(new URL("../../templates", import.meta.url));

let folder: string;
let outbox: string;
let own: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bellhop-reminders-"));
  outbox = join(folder, "outbox");
  own = join(folder, "templates");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const settings = {
  timers: {
    reminder: { meetingPoint: "At the pier,\nbelow the clock", whatToBring: "Warm clothes" },
    thanks: { reviewLink: "https://example.com/review?a=1&b=2" },
    balance: { note: "Account NO93 8601 1117 947" },
  },
  brand: { footer: "Bryggen 12, Bergen" },
};

/** The mail that a timer brings, through the real templates and the real mail. */
async function mailFor(timer: string, booking: Booking, given: object = settings) {
  const [log, clock, ledger] = [memoryLog(), testClock(), memoryLedger()];
  const office = "office@example.com";
  const mails = createMail({ outboxFolder: outbox, mode: "live", office, clock, log });
  const result = await sendReminder.handle(timerEvent(timer, booking), {
    ...checkContext(RemindersConfig.parse(given)),
    connection: { id: "fjord", name: "Fjord Walks", language: "en" },
    log,
    clock,
    effect: ledger.effect,
    ledger: [],
    entriesOf: noEntries,
    current: booking,
    mail: mails.forConnection({ name: "Fjord Walks", from: "post@example.com" }),
    templates: createTemplates({ folders: [own, product] }),
  });
  expect(result).toHaveProperty("done");
  const names = await readdir(outbox);
  expect(names).toHaveLength(1);
  return readMail(await readFile(join(outbox, names[0] ?? "")));
}

async function writeOwn(file: string, text: string): Promise<void> {
  await mkdir(join(own, file, ".."), { recursive: true });
  await writeFile(join(own, file), text);
}

const ended = bookingOf({
  start: { date: "2026-02-27", time: "09:00", timeZone: "Europe/Oslo" },
  end: { date: "2026-02-27", time: "12:30", timeZone: "Europe/Oslo" },
  items: [],
});
const provisional = bookingOf({ status: "requested", expiresAt: "2026-03-03T12:00:00Z" });

describe("what lies in the outbox", () => {
  test("before: when, where, what to bring and what the office wants said", async () => {
    const mail = await mailFor("reminder", bookingOf());

    expect(mail).toMatchObject({
      to: "anna@example.com",
      from: `"Fjord Walks" <post@example.com>`,
      subject: "Your booking 1201 is coming up – Fjord Walks",
      attachments: [],
    });
    // How a period is put together is the runtime's business, and differs from one to the next.
    expect(mail.text?.replace(/2026\D+09:00\D+12:30/, "2026, 09:00–12:30")).toBe(
      [
        "Hello Anna Berg,",
        "",
        "It won’t be long now! Here is what you need to know about your booking.",
        "",
        "Booking reference: 1201",
        "People: 2 Adults",
        "",
        "Fjord walk",
        "  Saturday, 14 March 2026, 09:00–12:30",
        "  Pick-up: 08:30 Hotel Norge",
        "",
        "Where we meet:",
        "At the pier,",
        "below the clock",
        "",
        "What to bring:",
        "Warm clothes",
        "",
        "Please note:",
        "The path may be icy.",
        "",
        "We look forward to seeing you. If you have any questions, just answer this mail.",
        "",
        "Fjord Walks",
        "Bryggen 12, Bergen",
        "",
      ].join("\n"),
    );
    for (const words of ["Hotel Norge", "below the clock", "Warm clothes", "may be icy"]) {
      expect(mail.html).toContain(words);
    }
    expect(`${mail.text} ${String(mail.html)}`).not.toMatch(/180|pay/);
  });

  test("after: thanks and the link to a review", async () => {
    const mail = await mailFor("thanks", ended);

    expect(mail.subject).toBe("Thank you for being our guest – Fjord Walks");
    expect(mail.text).toContain("means a lot to us.\nhttps://example.com/review?a=1&b=2\n");
    expect(mail.html).toContain(`href="https://example.com/review?a=1&amp;b=2"`);
    expect(mail.text).not.toContain("icy");
  });

  test("after, without a link: thanks alone", async () => {
    const mail = await mailFor("thanks", ended, {});

    expect(mail.text).not.toContain("Would you tell others");
    expect(mail.html).not.toContain("<a ");
  });

  test("balance: how much until when", async () => {
    const mail = await mailFor("balance", bookingOf());

    expect(mail.subject).toBe("Payment for booking 1201 – Fjord Walks");
    expect(mail.text).toContain("Still to pay: €180.00\nPlease pay by 7 March 2026\n");
    expect(mail.text).toContain("Account NO93 8601 1117 947");
    expect(mail.html).toContain("€180.00");
  });

  test("expiring: until when, on the clocks of the place", async () => {
    const mail = await mailFor("expiring", provisional);

    expect(mail.subject).toBe("Booking 1201 is not confirmed yet – Fjord Walks");
    expect(mail.text).toContain("Open until: Tuesday, 3 March 2026 at 13:00");
  });

  test.each([
    ["de", "balance", /Noch zu zahlen: 180,00\s€\nBitte bis zum 7\. März 2026 bezahlen/],
    ["nb", "reminder", /lørdag 14\. mars 2026/],
    ["ja", "reminder", /2026年3月14日土曜日/],
    ["fr", "expiring", /À confirmer avant: mardi 3 mars 2026/],
    ["pl", "reminder", /Saturday, 14 March 2026/],
    ["x'; drop", "reminder", /Saturday, 14 March 2026/],
  ])("in %s", async (language, timer, expected) => {
    const booking = timer === "expiring" ? provisional : bookingOf();

    const mail = await mailFor(timer, { ...booking, language });

    expect(mail.text).toMatch(expected);
  });

  test("for an agent: the guest's mail, and above it a line to pass it on", async () => {
    const agent = { name: "Nordic", email: "ops@example.com" };

    const mail = await mailFor("reminder", bookingOf({ agent, language: "de" }), {
      agents: "agent",
    });

    expect(mail.to).toBe("ops@example.com");
    expect(mail.text).toMatch(
      /^This mail is meant for the guest of booking 1201\. Please pass it on\.\n\nGuten Tag Anna Berg,/,
    );
  });
});

describe("an operator's own templates", () => {
  test("say a meeting point in one language, and leave the others to the settings", async () => {
    await writeOwn("reminders/before/texts.de.yaml", "meetingPoint: Am Kai\n");

    const mail = await mailFor("reminder", bookingOf({ language: "de" }));

    expect(mail.text).toContain("Treffpunkt:\nAm Kai\n");
    expect(mail.text).toContain("Bitte mitbringen:\nWarm clothes");
  });

  test("of another name need only words; the rest comes with Bellhop", async () => {
    await writeOwn("reminders/midway/texts.en.yaml", "intro: How is it going?\n");

    const mail = await mailFor("midway", bookingOf(), {
      timers: { midway: { template: "midway" } },
    });

    expect(mail.subject).toBe("Your booking 1201 – Fjord Walks");
    expect(mail.text).toContain("How is it going?");
    expect(mail.text).toContain("Pick-up: 08:30 Hotel Norge");
  });
});

describe("what a guest typed", () => {
  const item = (name: string) => ({
    id: "1",
    name,
    place: `"><script>alert(3)</script>`,
    pickup: { name: "<b>Hotel</b>", time: "<i>", note: "<u>note</u>" },
  });
  const hostile = {
    title: `<img src=x onerror="alert(1)">`,
    customer: {
      name: `Anna\r\nBcc: eve@example.com\r\n<script>alert(1)</script>{{ brand.name }}`,
      email: "anna@example.com",
    },
    travellersText: "<svg onload=alert(1)>",
    items: [item(`<a href="https://evil.example">click</a>`)],
    importantNote: "</p><script>alert(2)</script>",
  };

  test.each([
    ["reminder", bookingOf(hostile)],
    ["thanks", { ...ended, ...hostile }],
    ["balance", bookingOf(hostile)],
    ["expiring", { ...provisional, ...hostile }],
  ])("never becomes HTML, a link or a header (%s)", async (timer, booking) => {
    const mail = await mailFor(timer, booking, {});

    expect(mail.headers).not.toHaveProperty("bcc");
    expect(mail.html).not.toMatch(/<(script|img|svg|a|u|i)\b/);
    expect(mail.html).not.toContain("<b>Hotel");
    expect(mail.html).toContain("&lt;script&gt;alert(1)");
    expect(mail.text).toContain("{{ brand.name }}");
  });

  test("never breaks the subject, even in a reference", async () => {
    const mail = await mailFor("reminder", bookingOf({ reference: "12\r\nBcc: eve@example.com" }));

    expect(mail.headers).not.toHaveProperty("bcc");
    expect(mail.subject).toBe("Your booking 12 Bcc: eve@example.com is coming up – Fjord Walks");
  });
});

describe("the check", () => {
  const run = (given: object) => {
    const templates = createTemplates({ folders: [own, product] });
    return integration.check?.(checkContext(RemindersConfig.parse(given), { templates }));
  };

  test("writes every mail and says where mails go", async () => {
    const line = await run({});

    expect(line).toBe(
      "mails for the timers reminder (before), thanks (after), balance (balance), " +
        "expiring (expiring); live, mails go to guests",
    );
  });

  test("names a template that is not there, and those that are", async () => {
    const work = run({ timers: { soon: { template: "mine" } } });

    await expect(work).rejects.toThrow(
      /^timers\.soon: no template "reminders\/mine"; looked in .*; Bellhop brings before, after, balance and expiring$/,
    );
  });

  test("finds a mistake in an own template before the first guest does", async () => {
    await writeOwn("reminders/after/mail.html.liquid", "{{ reference | shout }}");

    await expect(run({})).rejects.toThrow(/^timers\.thanks: template .*undefined filter: shout/);
  });
});
