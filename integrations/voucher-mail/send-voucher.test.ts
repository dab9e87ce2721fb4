import { PermanentError, RetryableError, type Booking, type BookingStatus } from "#sdk";
import { describe, expect, test } from "vitest";

import { bookingOf, bookingWithout, desk, eventOf, type Desk } from "./testing.ts";

const confirmed = (booking = bookingOf()) => eventOf("booking.confirmed", booking);
const modified = (booking = bookingOf()) => eventOf("booking.modified", booking);
const cancelled = (booking = bookingOf()) =>
  eventOf("booking.cancelled", { ...booking, status: "cancelled" });
const removed = (booking = bookingOf()) =>
  eventOf("booking.removed", { ...booking, status: "removed" });

const later = bookingOf({ notes: "We come by train", version: 2 });
const kinds = ({ rendered }: Desk) =>
  rendered.filter(({ part }) => part === "subject").map(({ data }) => data["kind"]);
const keys = ({ ledger }: Desk) => ledger.entries().map(({ key, state }) => `${key} ${state}`);

async function failed(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "no error",
    (error: unknown) => error,
  );
}

describe("a confirmed booking", () => {
  test("brings its guest the voucher", async () => {
    const office = desk();

    const result = await office.handle(confirmed());

    expect(result).toEqual({ done: "Voucher 1 mailed to the guest" });
    expect(office.mails).toMatchObject([
      {
        to: "anna@example.com",
        subject: "subject in en",
        text: "mail.txt in en\n",
        html: "mail.html in en",
        attachments: [{ filename: "voucher-1201.pdf", contentType: "application/pdf" }],
      },
    ]);
    expect(office.ledger.entries()).toMatchObject([
      {
        key: "voucher:v1",
        state: "done",
        progress: "handed over",
        summary: "Voucher 1 mailed to the guest",
        data: { audience: "guest", reader: "guest" },
      },
    ]);
  });

  test("announced twice brings one voucher", async () => {
    const office = desk();
    await office.handle(confirmed());

    const again = await office.handle(confirmed(bookingOf({ version: 7, updatedAt: "later" })));

    expect(again).toEqual({ skipped: "voucher v1 already says this" });
    expect(office.mails).toHaveLength(1);
  });

  test("confirmed again after other changes brings a changed voucher", async () => {
    const office = desk();
    await office.handle(confirmed());

    const again = await office.handle(confirmed(later));

    expect(again).toEqual({ done: "Voucher 2 mailed to the guest" });
    expect(kinds(office)).toEqual(["voucher", "changed"]);
  });

  test("confirmed again after a cancellation brings a first voucher", async () => {
    const office = desk();
    for (const event of [confirmed(), cancelled(), confirmed(), cancelled()]) {
      await office.handle(event);
    }

    expect(kinds(office)).toEqual(["voucher", "cancellation", "voucher", "cancellation"]);
    expect(keys(office)).toEqual([
      "voucher:v1 done",
      "cancellation:1 done",
      "voucher:v2 done",
      "cancellation:2 done",
    ]);
  });

  test("prints the newest state, and the change that follows has nothing to add", async () => {
    const office = desk();

    await office.handle(confirmed(), later);
    const change = await office.handle(modified(later));

    const pdf = office.rendered.find(({ part }) => part === "voucher-mail/default");
    expect(pdf?.data["notes"]).toBe("We come by train");
    expect(change).toEqual({ skipped: "voucher v1 already says this" });
  });

  test("speaks the guest's language, or else the connection's", async () => {
    const office = desk();

    await office.handle(confirmed(bookingOf({ language: "de-at" })));
    await office.handle(confirmed({ ...bookingWithout("language"), notes: "new" }));

    const languages = office.rendered.map(({ language }) => language);
    expect(new Set(languages.slice(0, 4))).toEqual(new Set(["de-at"]));
    expect(new Set(languages.slice(4))).toEqual(new Set(["nb"]));
  });

  test("copies go where the operator wants them", async () => {
    const office = desk({ copyTo: "copy@example.com" });

    await office.handle(confirmed());

    expect(office.mails[0]?.cc).toEqual(["copy@example.com"]);
  });

  test("leaves nothing about the guest in the ledger or the log", async () => {
    const office = desk();

    await office.handle(confirmed());

    const kept = JSON.stringify([office.ledger.entries(), office.logLines]);
    expect(kept).not.toMatch(/anna|berg/i);
  });
});

describe("a changed booking", () => {
  test("brings a changed voucher when something on it has changed", async () => {
    const office = desk();
    await office.handle(confirmed());

    const result = await office.handle(modified(later));

    expect(result).toEqual({ done: "Voucher 2 mailed to the guest" });
    expect(kinds(office)).toEqual(["voucher", "changed"]);
  });

  test("brings nothing to a guest who never had a voucher from us", async () => {
    const office = desk();

    const result = await office.handle(modified());

    expect(result).toEqual({ skipped: "the guest has no voucher from us" });
    expect(office.mails).toEqual([]);
  });

  test("brings nothing after a cancellation", async () => {
    const office = desk();
    await office.handle(confirmed());
    await office.handle(cancelled());

    const result = await office.handle(modified(later));

    expect(result).toEqual({ skipped: "the guest has no voucher from us" });
  });

  test("with a corrected address brings the voucher to the new one", async () => {
    const office = desk();
    await office.handle(confirmed());

    await office.handle(
      modified(bookingOf({ customer: { name: "Anna", email: "a@example.org" } })),
    );

    expect(office.mails.map(({ to }) => to)).toEqual(["anna@example.com", "a@example.org"]);
  });

  test.each<BookingStatus>(["requested", "quoted", "checked_in", "waitlisted"])(
    "that is %s brings nothing",
    async (status) => {
      const office = desk();
      await office.handle(confirmed());

      const result = await office.handle(modified(bookingOf({ status, notes: "new" })));

      expect(result).toEqual({ skipped: `the booking is ${status}, not confirmed` });
    },
  );
});

describe("a cancelled booking", () => {
  test.each([
    ["cancelled", cancelled],
    ["removed", removed],
  ])("that is %s tells a guest who has a voucher, without attachment", async (_, ending) => {
    const office = desk();
    await office.handle(confirmed());

    const result = await office.handle(ending());

    expect(result).toEqual({ done: "Cancellation 1 mailed to the guest" });
    expect(office.mails[1]?.attachments).toBeUndefined();
    expect(kinds(office)).toEqual(["voucher", "cancellation"]);
  });

  test("tells nobody who never had a voucher, and nobody twice", async () => {
    const stranger = desk();
    const guest = desk();
    await guest.handle(confirmed());
    await guest.handle(cancelled());

    const results = [await stranger.handle(cancelled()), await guest.handle(removed())];

    const reason = { skipped: "the guest has no voucher from us" };
    expect(results).toEqual([reason, reason]);
  });

  test("that is confirmed again by now is not mentioned", async () => {
    const office = desk();
    await office.handle(confirmed());

    const result = await office.handle(cancelled(), bookingOf());

    expect(result).toEqual({ skipped: "overtaken: the booking is confirmed again by now" });
  });
});

describe("silence", () => {
  test("a quiet change is not written about", async () => {
    const office = desk();

    const result = await office.handle({ ...confirmed(), isQuiet: true });

    expect(result).toEqual({ skipped: "quiet: the source asked not to write to the guest" });
  });

  test.each<BookingStatus>(["cancelled", "expired", "removed", "requested"])(
    "a confirmation overtaken by %s sends no voucher",
    async (status) => {
      const office = desk();

      const result = await office.handle(confirmed(), bookingOf({ status, version: 2 }));

      expect(result).toEqual({ skipped: `overtaken: the booking is ${status} by now` });
    },
  );

  test.each<[string, Booking, string, boolean]>([
    ["during the walk", bookingOf(), "2026-03-14T11:29:00Z", false],
    ["at its end", bookingOf(), "2026-03-14T11:30:00Z", true],
    ["before the end of a day without a time", onDay("2026-03-14"), "2026-03-14T22:59:59Z", false],
    ["after the end of a day without a time", onDay("2026-03-14"), "2026-03-14T23:00:00Z", true],
    ["long after a booking without dates", undated(), "2030-01-01T00:00:00Z", false],
  ])("%s", async (_, booking, now, isOver) => {
    const office = desk();
    office.clock.set(Date.parse(now));

    const result = await office.handle(confirmed(booking));

    expect(result).toEqual(
      isOver ? { skipped: "the trip is over" } : { done: "Voucher 1 mailed to the guest" },
    );
  });

  test("what the office enters after the fact is told, because it has only just happened", async () => {
    const office = desk();
    office.clock.set(Date.parse("2026-04-01T00:00:00Z"));

    const result = await office.handle({ ...confirmed(), time: "2026-03-31T23:59:00Z" });

    expect(result).toEqual({ done: "Voucher 1 mailed to the guest" });
  });

  test("the removal of a past trip is not written about", async () => {
    const office = desk();
    await office.handle(confirmed());
    office.clock.set(Date.parse("2026-04-01T00:00:00Z"));

    const result = await office.handle(removed());

    expect(result).toEqual({ skipped: "the trip is over" });
  });
});

describe("rehearsal", () => {
  test("counts as sent as long as it lasts", async () => {
    const office = desk();
    office.isRehearsal = true;

    const first = await office.handle(confirmed());
    const second = await office.handle(confirmed());

    expect(first).toEqual({ done: "Voucher 1 mailed to the office (rehearsal)" });
    expect(second).toEqual({ skipped: "voucher v1 already says this" });
  });

  test("does not count for the guest once mails are live", async () => {
    const office = desk();
    office.isRehearsal = true;
    await office.handle(confirmed());
    office.isRehearsal = false;

    const change = await office.handle(modified(later));
    const ending = await office.handle(cancelled());
    const again = await office.handle(confirmed());

    expect(change).toEqual({ skipped: "the guest has no voucher from us" });
    expect(ending).toEqual({ skipped: "the guest has no voucher from us" });
    expect(again).toEqual({ done: "Voucher 2 mailed to the guest" });
    expect(kinds(office)).toEqual(["voucher", "voucher"]);
  });
});

describe("a booking by an agent", () => {
  const agent = { name: "Nordic", email: "ops@agent.example" };

  test.each([
    ["guest", "anna@example.com", false, "Voucher 1 mailed to the guest"],
    ["agent", "ops@agent.example", true, "Voucher 1 mailed to the agent"],
    ["office", "the office", true, "Voucher 1 mailed to the office"],
  ])("goes to the %s", async (agents, to, seesPrices, summary) => {
    const office = desk({ agents });

    const result = await office.handle(confirmed(bookingOf({ agent })));
    const again = await office.handle(confirmed(bookingOf({ agent })));

    const pdf = office.rendered.find(({ part }) => part === "voucher-mail/default");
    expect(result).toEqual({ done: summary });
    expect(again).toEqual({ skipped: "voucher v1 already says this" });
    expect(office.mails.map((mail) => mail.to)).toEqual([to]);
    expect(pdf?.data["prices"] !== undefined).toBe(seesPrices);
  });

  test("goes to the office when the agent has no address", async () => {
    const office = desk({ agents: "agent" });

    await office.handle(confirmed(bookingOf({ agent: { name: "Nordic" } })));

    expect(office.mails[0]?.to).toBe("the office");
  });

  test("shows nobody a price when the agent owes the rest", async () => {
    const office = desk({ agents: "agent" });

    await office.handle(confirmed(bookingOf({ agent, balanceOwedBy: "agent" })));

    expect(office.rendered.every(({ data }) => data["prices"] === undefined)).toBe(true);
  });
});

describe("a guest without an address", () => {
  const unreachable = (email?: string) =>
    bookingOf({ customer: { name: "Anna", ...(email === undefined ? {} : { email }) } });

  test.each([undefined, "", "none", "a@example.com, b@example.com", "a@b"])(
    "(%j) is the office's to reach, which gets the voucher once",
    async (email) => {
      const office = desk();

      const first = await office.handle(confirmed(unreachable(email)));
      const second = await office.handle(confirmed(unreachable(email)));

      expect(first).toEqual({ skipped: "no e-mail address: the office was told" });
      expect(second).toEqual({ skipped: "no e-mail address: the office was told already" });
      expect(office.mails).toMatchObject([{ to: "the office" }]);
      expect(office.mails[0]?.attachments).toHaveLength(1);
      expect(kinds(office)).toEqual(["noAddress"]);
      expect(keys(office)).toEqual(["no-address:1 done"]);
    },
  );

  test("gets a first voucher as soon as there is one", async () => {
    const office = desk();
    await office.handle(confirmed(unreachable()));

    const result = await office.handle(modified());

    expect(result).toEqual({ done: "Voucher 1 mailed to the guest" });
    expect(kinds(office)).toEqual(["noAddress", "voucher"]);
  });

  test("who has been erased is nobody's to reach", async () => {
    const office = desk();

    const result = await office.handle(confirmed(bookingOf({ flags: { erased: true } })));

    expect(result).toEqual({ skipped: "the guest has been erased" });
    expect(kinds(office)).toEqual([]);
  });

  test("is only noted where there is no office to tell", async () => {
    const office = desk();
    office.office = undefined;

    const result = await office.handle(confirmed(unreachable()));

    expect(result).toEqual({ skipped: "no e-mail address and no mail.office to tell" });
    expect(office.logLines).toHaveLength(1);
    expect(office.mails).toEqual([]);
  });
});

describe("a mail that did not get through", () => {
  test("is sent under the same key and name when the job tries again", async () => {
    const office = desk();
    office.failures.push(new RetryableError("no answer"));
    await failed(office.handle(confirmed()));

    const result = await office.handle(confirmed());

    expect(result).toEqual({ done: "Voucher 1 mailed to the guest" });
    expect(keys(office)).toEqual(["voucher:v1 done"]);
    expect(office.mails[1]?.key).toBe(office.mails[0]?.key);
    expect(kinds(office)).toEqual(["voucher", "voucher"]);
  });

  test("but was written after all is not written again", async () => {
    const office = desk();
    office.failures.push(new RetryableError("lost", { mayHaveHappened: true }));
    await failed(office.handle(confirmed()));

    const result = await office.handle(confirmed());

    expect(result).toEqual({ done: "Voucher 1 mailed to the guest" });
    expect(office.mails).toHaveLength(1);
  });

  test("and of which nobody knows is sent once more with the same name", async () => {
    const office = desk();
    office.remembers = false;
    office.failures.push(new RetryableError("lost", { mayHaveHappened: true }));
    await failed(office.handle(confirmed()));

    await office.handle(confirmed());

    expect(office.mails.map(({ key }) => key)).toEqual([
      office.mails[0]?.key,
      office.mails[0]?.key,
    ]);
  });

  test("does not stand for a mail of other content", async () => {
    const office = desk();
    office.failures.push(new RetryableError("lost", { mayHaveHappened: true }));
    await failed(office.handle(confirmed()));

    const result = await office.handle(confirmed(), later);

    expect(result).toEqual({ done: "Voucher 1 mailed to the guest" });
    expect(office.mails).toHaveLength(2);
    expect(office.mails[1]?.key).not.toBe(office.mails[0]?.key);
  });

  test("is made up for when the address is corrected", async () => {
    const office = desk();
    office.failures.push(new PermanentError("no such user"));
    await failed(office.handle(confirmed()));

    const result = await office.handle(
      modified(bookingOf({ customer: { name: "Anna", email: "right@example.com" } })),
    );

    expect(result).toEqual({ done: "Voucher 1 mailed to the guest" });
    expect(kinds(office).at(-1)).toBe("voucher");
  });

  test("counts as a voucher that the guest may have when the booking is cancelled", async () => {
    const maybe = desk();
    maybe.failures.push(new RetryableError("lost", { mayHaveHappened: true }));
    await failed(maybe.handle(confirmed()));
    const surely = desk();
    surely.failures.push(new PermanentError("no such user"));
    await failed(surely.handle(confirmed()));

    const results = [await maybe.handle(cancelled()), await surely.handle(cancelled())];

    expect(results).toEqual([
      { done: "Cancellation 1 mailed to the guest" },
      { skipped: "the guest has no voucher from us" },
    ]);
  });
});

function onDay(date: string): Booking {
  const start = { date, timeZone: "Europe/Oslo" };
  return bookingOf({ start, end: start, items: [{ id: "1", name: "Bike", start }] });
}

function undated(): Booking {
  return { ...bookingWithout("start", "end"), items: [{ id: "1", name: "Gift" }] };
}
