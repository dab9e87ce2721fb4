import { getEventListeners } from "node:events";

import { describe, expect, it } from "vitest";

import { companies, companyRecords } from "./companies.ts";
import { contactRecords, contacts } from "./contacts.ts";
import { deals } from "./deals.ts";
import { callsOfOneProcess } from "./config.ts";
import { writeNote } from "./notes.ts";
import { Pace } from "./pace.ts";
import { hubspot } from "./target.ts";
import { ANNA, DEAL, Desk, failureOf, idOf } from "./testing.ts";

const guests = (count: number, parts: Partial<typeof ANNA> = {}) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ ...ANNA, person: `p-${index}`, email: `guest${index}@example.com` },
    ...parts,
  }));

const UPSERT = "POST v3/objects/contacts/batch/upsert";
const READ = "POST v3/objects/contacts/batch/read";

describe("things that are written at about the same time", () => {
  it("share a call, and each gets the record that is its own", async () => {
    const desk = new Desk();

    const ids = await Promise.all(guests(30).map((guest) => idOf(desk.putContact(guest))));

    expect(desk.calls()).toEqual([UPSERT]);
    expect(ids.map((id) => desk.held(id)["email"])).toEqual(guests(30).map(({ email }) => email));
  });

  it("are looked up in one call, those that are not there too", async () => {
    const desk = new Desk();
    const made = await Promise.all(guests(3).map((guest) => idOf(desk.putContact(guest))));
    const before = desk.calls().length;

    const found = await Promise.all(
      guests(5).map((guest) => contacts.find({ ...guest, isEmailShared: true }, desk.context)),
    );

    expect(desk.calls().slice(before)).toEqual([READ]);
    expect(found.map((one) => one?.externalId)).toEqual([...made, undefined, undefined]);
  });

  it("one that is found by an address beside its first is not taken for another's", async () => {
    const desk = new Desk();
    const [first = "", second = ""] = await Promise.all(
      guests(2, { bookings: 1 }).map((guest) => idOf(desk.putContact(guest))),
    );
    desk.fake.records.merge(first, second);
    const lookUp = guests(3).map((guest, index) => ({ ...guest, person: `other-${index}` }));

    const found = await Promise.all(lookUp.map((guest) => contacts.find(guest, desk.context)));

    expect(found.map((one) => one?.externalId)).toEqual([first, undefined, undefined]);
  });

  it("are at most a hundred to a call", async () => {
    const desk = new Desk();

    await Promise.all(guests(130).map((guest) => desk.putContact(guest)));

    expect(desk.calls()).toEqual([UPSERT, UPSERT]);
    expect(desk.fake.records.all.size).toBe(130);
  });

  it.each([
    ["HubSpot tells of it among the others (207)", true],
    ["HubSpot refuses the whole call for it", false],
  ])("one that is wrong holds up no other: %s", async (_, tellsInItems) => {
    const desk = new Desk();
    desk.fake.tellsInItems = tellsInItems;
    const all = guests(4).map((guest, index) =>
      index === 2 ? { ...guest, email: "not an address" } : guest,
    );

    const ended = await Promise.all(all.map((guest) => failureOf(desk.putContact(guest))));

    expect(ended.map(({ kind }) => kind)).toEqual([undefined, undefined, "permanent", undefined]);
    expect(ended[2]?.message).toContain("email");
    expect(desk.fake.records.all.size).toBe(3);
  });

  it("when there were too many calls all wait as long as HubSpot asks", async () => {
    const desk = new Desk();
    desk.fake.perTenSeconds = 0;

    const ended = await Promise.all(guests(3).map((guest) => failureOf(desk.putContact(guest))));

    expect(ended).toMatchObject(Array(3).fill({ kind: "retryable", retryAfterMs: 10_000 }));
    expect(desk.calls()).toEqual([UPSERT]);
  });

  it("the same one twice is written twice, one after the other: a batch takes each key once", async () => {
    const desk = new Desk();
    const thing = { key: "fjord/agent/EX", name: "Example Travel" };
    const put = { thing, fields: { name: thing.name } };

    const [one, other] = await Promise.all([
      companies.put(put, desk.context),
      companies.put(put, desk.context),
    ]);

    expect(one).toEqual(other);
    expect(desk.calls()).toHaveLength(2);
    expect(desk.fake.records.all.size).toBe(1);
  });
});

it.each([
  ["two records", true],
  ["one", false],
])("keys that differ in case alone are what HubSpot takes them for: %s", async (_, mindsCase) => {
  const desk = new Desk();
  desk.fake.records.mindsCase = mindsCase;
  const records = companyRecords(desk.context);
  const keys = ["fjord/agent/EX", "fjord/agent/ex"];

  const made = await Promise.all(
    keys.map((key) => records.upsert("bellhop_agent", key, { name: key })),
  );
  const found = await Promise.all(keys.map((key) => records.byKey("bellhop_agent", key)));

  const ids = mindsCase ? ["101", "102"] : ["101", "101"];
  expect(made.map(({ id }) => id)).toEqual(ids);
  expect(found.map((one) => one?.id)).toEqual(ids);
});

it("an address is the same in any case", async () => {
  const desk = new Desk();
  await desk.putContact(ANNA);
  const records = contactRecords(desk.context);
  const before = desk.calls().length;

  const found = await Promise.all(
    ["anna@example.com", "Anna@Example.com"].map((email) => records.byKey("email", email)),
  );

  expect(found.map((one) => one?.properties["email"])).toEqual(Array(2).fill(ANNA.email));
  expect(desk.calls().slice(before)).toEqual([READ, READ]);
});

describe("one that has to stop", () => {
  const stopped = new Error("took longer than 60000 ms");

  it("while it makes the call for all holds up no other: the next makes it", async () => {
    const [desk, stopping] = [new Desk(), new AbortController()];
    const first = desk.by(stopping.signal);
    first.http = {
      // As the calls of a job, which end with it.
      send: async (request) => {
        stopping.abort(stopped);
        await desk.fake.http.send(request);
        throw stopped;
      },
    };
    const [one, ...others] = guests(3);

    const asked = [desk.putContact(one ?? ANNA, undefined, first)];
    asked.push(...others.map((guest) => desk.putContact(guest)));
    const ended = await Promise.all(asked.map((put) => failureOf(put)));

    expect(ended.map(({ message }) => message)).toEqual([
      stopped.message,
      "unknown error",
      "unknown error",
    ]);
    expect(desk.calls()).toEqual([UPSERT, UPSERT]);
    expect(desk.inputs(1).map(({ id }) => id)).toEqual(["p-1", "p-2"]);
  });

  it("before the call is not written any more", async () => {
    const [desk, stopping] = [new Desk(), new AbortController()];
    const [one = ANNA, other = ANNA] = guests(2);

    const asked = desk.putContact(one, undefined, desk.by(stopping.signal));
    const left = desk.putContact(other);
    stopping.abort(stopped);

    await expect(asked).rejects.toBe(stopped);
    await left;
    expect(desk.inputs(0).map(({ id }) => id)).toEqual(["p-1"]);
  });

  it("waits no longer for a call that another makes, which goes on", async () => {
    const [desk, stopping] = [new Desk(), new AbortController()];
    const first = desk.by(new AbortController().signal);
    let answerNow: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answerNow = resolve));
    const called = new Promise<void>((resolve) => {
      first.http = {
        send: async (request) => {
          resolve();
          await held;
          return desk.fake.http.send(request);
        },
      };
    });
    const [one = ANNA, other = ANNA] = guests(2);

    const goesOn = idOf(desk.putContact(one, undefined, first));
    const asked = desk.putContact(other, undefined, desk.by(stopping.signal));
    await called;
    stopping.abort(stopped);

    await expect(asked).rejects.toBe(stopped);
    answerNow();
    expect(desk.held(await goesOn)["bellhop_person"]).toBe("p-0");
  });
});

it("whoever has asked leaves nobody listening", async () => {
  const desk = new Desk();
  const { signal } = new AbortController();

  await Promise.all(guests(3).map((one) => desk.putContact(one, undefined, desk.by(signal))));

  expect(getEventListeners(signal, "abort")).toEqual([]);
});

describe("the pace of calls", () => {
  const signal = new AbortController().signal;

  it("is so many in any window, in the order of asking", async () => {
    const pace = new Pace(150);
    const begun = performance.now();
    const at: number[] = [];

    await Promise.all(
      Array.from({ length: 7 }, async () => {
        await pace.turn(3, signal);
        at.push(performance.now() - begun);
      }),
    );

    expect(at.slice(0, 3).every((ms) => ms < 140)).toBe(true);
    expect(at.slice(3, 6).every((ms) => ms >= 149)).toBe(true);
    expect(at[6]).toBeGreaterThanOrEqual(299);
  });

  it("nobody waits for it who has to stop", async () => {
    const pace = new Pace(60_000);
    const stopping = new AbortController();
    await pace.turn(1, stopping.signal);
    const waiting = pace.turn(1, stopping.signal);

    stopping.abort(new Error("the lease is over"));

    await expect(waiting).rejects.toThrow("the lease is over");
  });

  it("whoever has stopped leaves the turn to those behind", async () => {
    const pace = new Pace(150);
    const stopping = new AbortController();
    const begun = performance.now();
    await pace.turn(1, signal);
    const waiting = Array.from({ length: 3 }, () => failureOf(pace.turn(1, stopping.signal)));
    const behind = pace.turn(1, signal);

    stopping.abort(new Error("the lease is over"));
    await Promise.all([...waiting, behind]);

    expect(performance.now() - begun).toBeLessThan(290);
  });

  it("has half of the account's calls for each process: contacts and deals may have one each", () => {
    const desk = new Desk({ callsInTenSeconds: 90 });

    expect(callsOfOneProcess(desk.context.config)).toBe(45);
  });

  it("is never so slow that jobs that begin together do not end in their minute", async () => {
    const [perContact, perDeal] = await callsOfNewBooking();
    const most = (hubspot.atOnce ?? 0) / 2;
    const slowest = new Desk({ callsInTenSeconds: 40 });

    // As if none shared a call, and the calls of the last ten seconds were used up.
    const windows = (most * (perContact + perDeal)) / callsOfOneProcess(slowest.context.config);

    expect(Math.ceil(windows) * 10).toBeLessThanOrEqual(50);
    expect(() => new Desk({ callsInTenSeconds: 39 })).toThrow("callsInTenSeconds");
  });
});

/** Of a contact that is made, and of a deal that is, with its agent and a note. */
async function callsOfNewBooking(): Promise<[number, number]> {
  const desk = new Desk();
  const company = { key: "fjord/agent/EX", name: "Example Travel" };
  await contacts.find(ANNA, desk.context);
  const contactId = await idOf(desk.putContact(ANNA));
  const perContact = desk.calls().length;
  await companies.find(company, desk.context);
  const fields = companies.fields(company, desk.context.config) ?? {};
  const companyId = await idOf(companies.put({ thing: company, fields }, desk.context));
  const deal = { ...DEAL, contactId, companyId };
  await deals.find(deal, desk.context);
  const dealId = await idOf(desk.putDeal(deal));
  const note = { key: "fjord/1201/note:1", text: "Booked", contactId, dealId, mayExist: false };
  await writeNote(note, desk.context);
  // The deal's job makes the contact when that is not there yet.
  return [perContact, desk.calls().length];
}
