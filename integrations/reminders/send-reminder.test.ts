import { PermanentError, RetryableError, type Booking, type BookingStatus } from "#sdk";
import { describe, expect, test } from "vitest";

import { bookingOf, bookingWithout, desk, timerEvent, type Desk } from "./testing.ts";

const settings = { timers: { midway: { template: "mine" } } };
const keys = ({ ledger }: Desk) => ledger.entries().map(({ key, state }) => `${key} ${state}`);
const day = (date: string, time?: string) => ({
  date,
  timeZone: "Europe/Oslo",
  ...(time === undefined ? {} : { time }),
});

const provisional = bookingOf({ status: "requested", expiresAt: "2026-03-03T12:00:00Z" });
const past = bookingOf({
  start: day("2026-02-27", "09:00"),
  end: day("2026-02-28", "12:00"),
  items: [],
});

async function failed(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "no error",
    (error: unknown) => error,
  );
}

/** What becomes of one timer's event; the clock says 2 March, 14:20 in Oslo. */
async function outcome(timer: string, booking: Booking): Promise<string> {
  const office = desk(settings);
  const result = await office.handle(timerEvent(timer, booking));
  expect(office.mails).toHaveLength("done" in result ? 1 : 0);
  return "done" in result ? "mailed" : result.skipped;
}

describe("a timer that goes off", () => {
  test("brings the guest its mail", async () => {
    const office = desk();

    const result = await office.handle(timerEvent("reminder"));

    expect(result).toEqual({ done: 'Reminder "reminder" mailed to the guest' });
    expect(office.mails).toEqual([
      {
        to: "anna@example.com",
        subject: "subject of reminders/before in en",
        text: "mail.txt of reminders/before in en\n",
        html: "mail.html of reminders/before in en",
        key: "lane|mail:reminder:1",
      },
    ]);
    expect(office.ledger.plans).toEqual(['mail the reminder "reminder" to the guest']);
    expect(keys(office)).toEqual(["mail:reminder:1 done"]);
  });

  test("brings it once, however often the event comes", async () => {
    const office = desk();
    await office.handle(timerEvent("reminder"));

    const again = await office.handle(timerEvent("reminder"));

    expect(again).toEqual({ skipped: 'reminder "reminder" has been mailed already' });
    expect(office.mails).toHaveLength(1);
  });

  test("brings it again when the booking was moved and the timer went off anew", async () => {
    const office = desk();
    await office.handle(timerEvent("reminder"));

    await office.handle(timerEvent("reminder", bookingOf(), { id: "other" }, { generation: 2 }));

    expect(keys(office)).toEqual(["mail:reminder:1 done", "mail:reminder:2 done"]);
  });

  test("of a source's own clock is told apart by its event", async () => {
    const office = desk({ timers: { before_or_after_event_1: { template: "before" } } });
    const event = (id: string) => timerEvent("before_or_after_event_1", bookingOf(), { id }, {});

    for (const id of ["a", "b", "a"]) await office.handle(event(id));

    expect(keys(office)).toEqual([
      "mail:before_or_after_event_1:a done",
      "mail:before_or_after_event_1:b done",
    ]);
  });

  test.each(["other", "constructor", "__proto__"])(
    "without a template (%s) is passed over",
    async (name) => {
      const office = desk();

      const result = await office.handle(timerEvent(name));

      expect(result).toEqual({
        skipped: `timer "${name}" has no template here: name it under settings.timers`,
      });
    },
  );

  test("speaks of the newest state", async () => {
    const office = desk();

    await office.handle(
      timerEvent("reminder"),
      bookingOf({ importantNote: "New path", version: 2 }),
    );

    expect(office.rendered[0]?.data["importantNote"]).toBe("New path");
  });

  test("speaks the guest's language, or else the connection's", async () => {
    const [austrian, unknown] = [desk(), desk()];

    await austrian.handle(timerEvent("reminder", bookingOf({ language: "de-at" })));
    await unknown.handle(timerEvent("reminder", bookingWithout("language")));

    const languages = [austrian, unknown].map(({ rendered }) => rendered[0]?.language);
    expect(languages).toEqual(["de-at", "nb"]);
  });

  test("copies go where the operator wants them", async () => {
    const office = desk({ copyTo: "copy@example.com" });

    await office.handle(timerEvent("reminder"));

    expect(office.mails[0]?.cc).toEqual(["copy@example.com"]);
  });

  test("in rehearsal brings the office what the guest would get", async () => {
    const office = desk();
    office.isRehearsal = true;

    const result = await office.handle(timerEvent("reminder"));

    expect(result).toEqual({ done: 'Reminder "reminder" mailed to the office (rehearsal)' });
    expect(office.ledger.plans).toEqual(['mail the reminder "reminder" to the office (rehearsal)']);
  });

  test("leaves nothing about the guest in the ledger or the log", async () => {
    const office = desk();

    await office.handle(timerEvent("reminder"));

    const kept = JSON.stringify([office.ledger.entries(), office.logLines]);
    expect(kept).not.toMatch(/anna|berg/i);
  });
});

describe("each mail fits certain bookings", () => {
  const fits: Record<string, BookingStatus[]> = {
    reminder: ["confirmed", "checked_in"],
    balance: ["confirmed", "checked_in"],
    thanks: ["confirmed", "checked_in", "checked_out"],
    midway: ["confirmed", "checked_in", "checked_out"],
    expiring: ["requested", "quoted"],
  };
  const statuses: BookingStatus[] = [
    ...["draft", "quoted", "requested", "confirmed", "waitlisted", "checked_in"],
    ...["checked_out", "no_show", "cancelled", "expired", "removed"],
  ] as BookingStatus[];

  test.each(Object.keys(fits))("%s", async (timer) => {
    const base = timer === "thanks" ? past : bookingOf({ expiresAt: "2026-03-03T12:00:00Z" });

    const outcomes = await Promise.all(
      statuses.map(async (status) => [status, await outcome(timer, { ...base, status })] as const),
    );

    const called = timer === "expiring" ? "provisional" : "confirmed";
    const expected = statuses.map((status) => [
      status,
      fits[timer]?.includes(status)
        ? "mailed"
        : `the booking is ${status.replace("_", " ")}, not ${called}`,
    ]);
    expect(outcomes).toEqual(expected);
  });

  test("as they are now, not as they were when the timer went off", async () => {
    const office = desk();

    const result = await office.handle(
      timerEvent("reminder"),
      bookingOf({ status: "cancelled", version: 2 }),
    );

    expect(result).toEqual({ skipped: "the booking is cancelled, not confirmed" });
  });
});

describe("silence", () => {
  const eur = (amountMinor: number) => ({ amountMinor, currency: "EUR" });
  const agent = { name: "Nordic" };

  test("when the source asked for it", async () => {
    const office = desk();

    const result = await office.handle(timerEvent("reminder", bookingOf(), { isQuiet: true }));

    expect(result).toEqual({ skipped: "quiet: the source asked not to write to the guest" });
  });

  test.each<[string, string, Booking, string]>([
    [
      "begins now",
      "reminder",
      bookingOf({ start: day("2026-03-02", "14:20") }),
      "it has begun already",
    ],
    ["begins in a minute", "reminder", bookingOf({ start: day("2026-03-02", "14:21") }), "mailed"],
    ["began today, without a time", "reminder", bookingOf({ start: day("2026-03-02") }), "mailed"],
    [
      "began yesterday, without a time",
      "reminder",
      bookingOf({ start: day("2026-03-01") }),
      "it has begun already",
    ],
    [
      "has dates at its items alone",
      "reminder",
      {
        ...bookingWithout("start", "end"),
        items: [{ id: "1", name: "Bike", start: day("2026-03-02", "08:00") }],
      },
      "it has begun already",
    ],
    ["has no dates", "reminder", bookingWithout("start", "end", "items"), "mailed"],
    ["is over", "thanks", past, "mailed"],
    ["was moved", "thanks", bookingOf(), "it is not over yet"],
    ["ends today, without a time", "thanks", { ...past, end: day("2026-03-02") }, "mailed"],
    [
      "has an item left",
      "thanks",
      { ...past, items: [{ id: "1", name: "Bike", start: day("2026-03-05") }] },
      "it is not over yet",
    ],
    [
      "has no dates",
      "thanks",
      bookingWithout("start", "end", "items"),
      "no date says that it is over",
    ],
    ["is not paid", "balance", bookingOf(), "mailed"],
    ["is paid", "balance", bookingOf({ balance: eur(0) }), "nothing is left to pay"],
    ["is overpaid", "balance", bookingOf({ balance: eur(-1) }), "nothing is left to pay"],
    [
      "says nothing of a balance",
      "balance",
      bookingWithout("balance"),
      "nothing says what is still to pay",
    ],
    [
      "is paid by an agent",
      "balance",
      bookingOf({ agent, balanceOwedBy: "agent" }),
      "the agent owes the balance",
    ],
    [
      "came from an agent",
      "balance",
      bookingOf({ agent }),
      "an agent made it, and may owe the balance",
    ],
    [
      "came from an agent and is paid by the guest",
      "balance",
      bookingOf({ agent, balanceOwedBy: "customer" }),
      "mailed",
    ],
    ["is about to run out", "expiring", provisional, "mailed"],
    ["never runs out", "expiring", bookingOf({ status: "quoted" }), "mailed"],
    [
      "has run out",
      "expiring",
      { ...provisional, expiresAt: "2026-03-02T13:20:00Z" },
      "its time has run out by now",
    ],
  ])("a booking that %s: %s", async (_, timer, booking, expected) => {
    const result = await outcome(timer, booking);

    expect(result).toBe(expected);
  });

  test.each([
    undefined,
    "",
    "none",
    "a@example.com, b@example.com",
    "a@b",
    "a@example.com\nBcc: x@example.com",
  ])("a guest whose address is %j", async (email) => {
    const customer = { name: "Anna", ...(email === undefined ? {} : { email }) };

    const result = await outcome("reminder", bookingOf({ customer }));

    expect(result).toBe("no e-mail address");
  });
});

describe("a booking by an agent", () => {
  const agent = { name: "Nordic", email: "ops@agent.example" };

  test.each([
    ["guest", "anna@example.com", undefined],
    ["agent", "ops@agent.example", "pass on in nb"],
    ["office", "the office", "pass on in nb"],
  ])("goes to the %s, in the guest's language", async (agents, to, passOn) => {
    const office = desk({ agents });

    const result = await office.handle(timerEvent("reminder", bookingOf({ agent })));

    expect(result).toEqual({ done: `Reminder "reminder" mailed to the ${agents}` });
    expect(office.mails.map((mail) => mail.to)).toEqual([to]);
    expect(office.rendered[0]?.language).toBe("en");
    expect(office.rendered[0]?.data["passOn"]).toBe(passOn);
  });

  test("goes to the office when the agent has no address", async () => {
    const office = desk({ agents: "agent" });

    await office.handle(timerEvent("reminder", bookingOf({ agent: { name: "Nordic" } })));

    expect(office.mails[0]?.to).toBe("the office");
  });

  test("goes nowhere when the office has none either", async () => {
    const office = desk({ agents: "office" });
    office.office = undefined;

    const result = await office.handle(timerEvent("reminder", bookingOf({ agent })));

    expect(result).toEqual({ skipped: "no mail.office to send it to" });
  });
});

describe("a mail that did not get through", () => {
  test("is sent under the same key when the job tries again", async () => {
    const office = desk();
    office.failures.push(new RetryableError("no answer"));
    await failed(office.handle(timerEvent("reminder")));

    const result = await office.handle(timerEvent("reminder"));

    expect(result).toEqual({ done: 'Reminder "reminder" mailed to the guest' });
    expect(office.mails.map(({ key }) => key)).toEqual([
      "lane|mail:reminder:1",
      "lane|mail:reminder:1",
    ]);
  });

  test("but was written after all is not written again", async () => {
    const office = desk();
    office.failures.push(new RetryableError("lost", { mayHaveHappened: true }));
    await failed(office.handle(timerEvent("reminder")));

    const result = await office.handle(timerEvent("reminder"));

    expect(result).toEqual({ done: 'Reminder "reminder" mailed to the guest' });
    expect(office.mails).toHaveLength(1);
  });

  test("and of which nobody knows is sent once more with the same name", async () => {
    const office = desk();
    office.remembers = false;
    office.failures.push(new RetryableError("lost", { mayHaveHappened: true }));
    await failed(office.handle(timerEvent("reminder")));

    await office.handle(timerEvent("reminder"));

    expect(new Set(office.mails.map(({ key }) => key)).size).toBe(1);
    expect(office.mails).toHaveLength(2);
  });

  test("because its address is refused stops with that reason", async () => {
    const office = desk();
    office.failures.push(new PermanentError("no such mailbox"));

    const error = await failed(office.handle(timerEvent("reminder")));

    expect(error).toMatchObject({ message: "no such mailbox" });
    expect(keys(office)).toEqual(["mail:reminder:1 failed"]);
  });
});
