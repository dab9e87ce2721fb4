import { describe, expect, it } from "vitest";

import type { Booking } from "../../../src/sdk/booking.ts";
import { crmParts, type CrmTarget } from "../../../src/sdk/crm.ts";
import { kindOf, RetryableError } from "../../../src/sdk/errors.ts";
import type { Handler } from "../../../src/sdk/integration.ts";
import { memoryLedger } from "../../../src/sdk/testing.ts";
import { ANNA, booking, deskOf } from "./toy-desk.ts";
import { type ToyConfig, ToyCrm, toyIntegration } from "./toy-target.ts";

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** A target that takes its time, so that two lanes meet there. */
function slow(target: CrmTarget<ToyConfig>): CrmTarget<ToyConfig> {
  const { contacts } = target;
  return {
    contacts: {
      ...contacts,
      find: async (...given) => {
        const found = await contacts.find(...given);
        await new Promise((resolve) => setTimeout(resolve, 20));
        return found;
      },
    },
    read: target.read.bind(target),
  };
}

describe("two lanes of one person at the same time", () => {
  const seen = [
    booking("1"),
    booking("2", { customer: { ...ANNA, email: "anna.berg@example.com" } }),
    booking("3", { customer: { ...ANNA, email: "berg@example.com" } }),
  ];

  async function untilDone(work: () => Promise<unknown>): Promise<number> {
    for (let tries = 0; ; tries += 1) {
      try {
        await work();
        return tries;
      } catch (error) {
        expect(kindOf(error)).toBe("retryable");
        expect((error as { waitsAloneMs?: number }).waitsAloneMs).toBeGreaterThan(0);
        // The wait of the worker, shortened.
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      }
    }
  }

  it("make one contact, with what all of them know", async () => {
    const toy = new ToyCrm();
    const desk = deskOf(toy, slow(toy.target()));
    const events = seen.map((one) => desk.note(one));

    const tries = await Promise.all(events.map((event) => untilDone(() => desk.handle(event))));

    expect(Math.max(...tries)).toBeGreaterThan(0);
    expect([...toy.contacts.values()].map(({ fields }) => fields["bookings"])).toEqual(["3"]);
  });
});

describe("a try whose answer was lost", () => {
  /** Writes, and loses the answer the first time. */
  function lossy(target: CrmTarget<ToyConfig>): CrmTarget<ToyConfig> {
    const { contacts } = target;
    let losses = 1;
    return {
      contacts: {
        ...contacts,
        put: async (...given) => {
          const written = await contacts.put(...given);
          if (losses-- > 0) throw new RetryableError("no answer", { mayHaveHappened: true });
          return written;
        },
      },
      read: target.read.bind(target),
    };
  }

  const withPhone = (phone: string, email = ANNA.email) =>
    booking("1", { version: 2, customer: { ...ANNA, email, phone } });

  it("is no edit of the office's: what has changed since is written over it", async () => {
    const toy = new ToyCrm();
    const desk = deskOf(toy, lossy(toy.target()));
    await expect(desk.see(withPhone("+4790000000"))).rejects.toThrow("no answer");

    await desk.see(withPhone("+4790000001"));

    const phones = [...toy.contacts.values()].map(({ fields }) => fields["phone"]);
    expect(phones).toEqual(["+4790000001"]);
  });

  it("holds up the person's other lanes, until nobody can be at work on it any more", async () => {
    const toy = new ToyCrm();
    const desk = deskOf(toy, lossy(toy.target()));
    await expect(desk.see(withPhone("+4790000000"))).rejects.toThrow("no answer");
    const other = withPhone("+4790000001", "anna.berg@example.com");
    desk.nowMs = Date.now();

    await expect(desk.see(other)).rejects.toThrow("somebody else writes the same");
    desk.nowMs += 10 * 60_000;
    await desk.see(other);

    const emails = [...toy.contacts.values()].map(({ fields }) => fields["email"]);
    expect(emails).toEqual(["anna.berg@example.com"]);
  });
});

it("half of a try that failed is put right, though the booking is as it was before", async () => {
  const toy = new ToyCrm();
  const whole = toy.target();
  const { contacts } = whole;
  let calls = 0;
  const failing: typeof contacts.put = async (...given) => {
    const written = await contacts.put(...given);
    calls += 1;
    // The second of the calls that the change takes.
    if (calls === 2) throw new RetryableError("too many calls");
    return written;
  };
  const read = whole.read.bind(whole);
  const desk = deskOf(toy, { contacts: { ...contacts, put: failing }, read });
  const withPhone = (version: number, phone: string) =>
    booking("1", { version, customer: { ...ANNA, phone } });
  await desk.see(withPhone(1, "+4790000000"));
  await expect(desk.see(withPhone(2, "+4790000001"))).rejects.toThrow("too many calls");

  await desk.see(withPhone(3, "+4790000000"));
  await desk.see(withPhone(4, "+4790000000"));

  const phones = [...toy.contacts.values()].map(({ fields }) => fields["phone"]);
  expect({ phones, calls }).toEqual({ phones: ["+4790000000"], calls: 3 });
});

it("a no that comes as the address goes takes the guest off the list, once", async () => {
  const toy = new ToyCrm();
  const whole = toy.target();
  const { contacts } = whole;
  const takenOff: string[] = [];
  const list: CrmTarget<ToyConfig> = {
    contacts: {
      ...contacts,
      fields: (contact, config) =>
        contact.email === undefined ? undefined : contacts.fields(contact, config),
      takeOff: ({ externalId }) => {
        takenOff.push(externalId);
        return Promise.resolve();
      },
    },
    read: whole.read.bind(whole),
  };
  const desk = deskOf(toy, list, { consentItem: "newsletter", subscribe: "consent" });
  const [no, yes] = [{ custom: { newsletter: "no" } }, { custom: { newsletter: "yes" } }];
  const relayed = { ...ANNA, email: "x1@guest.booking.com" };
  await desk.see(booking("1", { version: 2, customer: relayed, ...no }));
  const before = [...takenOff];
  await desk.see(booking("1", { version: 3, ...yes }));

  for (const version of [4, 5]) {
    await desk.see(booking("1", { version, customer: relayed, ...no }));
  }

  expect([before, takenOff]).toEqual([[], ["r1"]]);
});

it("the next stay is none of those that were today, and are over or came to nothing", async () => {
  const toy = new ToyCrm();
  const desk = deskOf(toy);
  const at = (date: string) => ({ start: { date, timeZone: "Europe/Oslo" } });
  const next = () => [...toy.contacts.values()].map(({ fields }) => fields["nextStayOn"]);
  await desk.see(booking("1", at("2026-03-02")));
  await desk.see(booking("2", at("2026-04-01")));
  const before = next();

  await desk.see(booking("1", { ...at("2026-03-02"), version: 2, status: "checked_out" }));
  const after = next();
  await desk.see(booking("1", { ...at("2026-03-02"), version: 3, status: "no_show" }));

  expect([before, after, next()]).toEqual([["2026-03-02"], ["2026-04-01"], ["2026-04-01"]]);
});

describe("the ledger", () => {
  it("holds nothing of what was written, and a second run writes nothing", async () => {
    const toy = new ToyCrm();
    const desk = deskOf(toy);
    await desk.see(booking("1", { notes: "x" }));
    const { writes } = toy;
    const { id } = await desk.personOf(booking("1"));

    await desk.see(booking("1", { version: 2, notes: "y" }));

    expect(toy.writes).toBe(writes);
    const entries = await all(desk.entriesOf(`person:${id}`));
    expect(entries).toMatchObject([{ state: "done", externalId: "r1" }]);
    expect(JSON.stringify(entries)).not.toMatch(/anna|berg|example/i);
  });

  it("has an entry for each time, so that a price which comes back is written again", async () => {
    const toy = new ToyCrm();
    const desk = deskOf(toy);
    for (const [index, status] of (["confirmed", "cancelled", "confirmed"] as const).entries()) {
      await desk.see(booking("1", { version: index + 1, status }));
    }

    const { id } = await desk.personOf(booking("1"));
    const entries = await all(desk.entriesOf(`person:${id}`));

    expect(entries.map(({ key }) => key.replace(id, "id"))).toEqual([
      "contact:id:1",
      "contact:id:2",
      "contact:id:3",
    ]);
    expect([...toy.contacts.values()][0]?.fields["bookings"]).toBe("1");
  });
});

describe("notes", () => {
  it("tell each step of a booking once, and nothing of its history", async () => {
    const toy = new ToyCrm();
    const desk = deskOf(toy);
    await desk.see(booking("0"), "adopted");
    await desk.see(booking("1", { status: "requested" }));
    await desk.see(booking("1", { version: 2 }));
    await desk.see(booking("1", { version: 3, title: "Walk" }));
    await desk.see(booking("1", { version: 4, status: "cancelled" }));
    await desk.see(booking("1", { version: 5 }));

    expect([...toy.notes]).toEqual([
      ["fjord/1/note:1", "booking 1: requested"],
      ["fjord/1/note:2", "booking 1: confirmed"],
      ["fjord/1/note:3", "booking 1: cancelled"],
      ["fjord/1/note:4", "booking 1: confirmed"],
    ]);
  });

  it("are not written for a contact that the office has deleted: skipped once, with the reason", async () => {
    const toy = new ToyCrm();
    const desk = deskOf(toy);
    await desk.see(booking("1"));
    toy.contacts.clear();
    const arrived = desk.note(booking("1", { version: 2, status: "checked_in" }));

    const [, deal] = await desk.handle(arrived);
    const [, again] = await desk.handle(arrived);

    expect(deal).toEqual({
      skipped: "the contact was deleted at the other side: no note about it",
    });
    expect(again).toEqual({ skipped: "the deal is as it should be" });
    expect(toy.notes.size).toBe(1);
  });
});

it("what was taken over is no news: no note until it has another status", async () => {
  const toy = new ToyCrm();
  const desk = deskOf(toy);
  await desk.see(booking("1"), "adopted");

  await desk.see(booking("1", { version: 2, customer: { ...ANNA, phone: "+4790000000" } }));
  const before = toy.notes.size;
  await desk.see(booking("1", { version: 3, status: "cancelled" }));

  expect(before).toBe(0);
  expect([...toy.notes.values()]).toEqual(["booking 1: cancelled"]);
});

it("history that is told after the first use gets no note, and what follows does", async () => {
  const toy = new ToyCrm();
  const desk = deskOf(toy);
  const since = desk.nowMs + 1_000;
  const deal = toyIntegration(toy).handlers?.[1] as Handler<ToyConfig>;
  const tell = async (one: Booking) => {
    const event = desk.note(one);
    const context = { ...desk.contextOf(deal, event), firstUsedAt: () => Promise.resolve(since) };
    await deal.handle(event, context);
  };
  await tell(booking("1"));
  desk.nowMs = since + 1_000;

  await tell(booking("1", { version: 2, title: "Walk" }));
  await tell(booking("1", { version: 3, status: "cancelled" }));

  expect([...toy.notes.values()]).toEqual(["booking 1: cancelled"]);
});

it("a contact that the office made is taken up, and its own words stay", async () => {
  const toy = new ToyCrm();
  toy.make(toy.contacts, { name: "Anna B. (old friend)", email: "anna@example.com", phone: "" });

  await deskOf(toy).see(booking("1", { customer: { ...ANNA, phone: "+4790000000" } }));

  expect([...toy.contacts.values()].map(({ fields }) => fields)).toMatchObject([
    { name: "Anna B. (old friend)", phone: "+4790000000", bookings: "1" },
  ]);
});

it("the limits of the other side are shared between the handlers", () => {
  const { handlers } = crmParts({ ...new ToyCrm().target(), atOnce: 4, perMinute: 100 });

  expect(handlers.map(({ id, limit }) => [id, limit])).toEqual([
    ["contact", { atOnce: 2, perMinute: 50 }],
    ["deal", { atOnce: 2, perMinute: 50 }],
  ]);
});

it("a lane is named by a hash, and a target without deals has one handler", () => {
  const toy = new ToyCrm();
  const whole = toy.target();
  const [contact, ...others] = crmParts({
    contacts: whole.contacts,
    read: (mark, context) => whole.read(mark, context),
  }).handlers;

  const scope = contact?.scope?.({ booking: booking("1") } as never, { person: () => "1a2b" });

  expect(scope).toBe("person:1a2b");
  expect(others).toEqual([]);
  expect(memoryLedger().entries()).toEqual([]);
});
