import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { ErasingTurn } from "../../src/erase/erasing-turn.ts";
import { findGuests, plainAddress } from "../../src/erase/guests.ts";
import { KnownTexts } from "../../src/erase/known-texts.ts";
import { effectsWithout, othersOf } from "../../src/erase/walks.ts";
import { UNKNOWN_SUBJECT } from "../../src/normalize/look.ts";
import { SubjectStore } from "../../src/normalize/subject-store.ts";
import { AliasStore } from "../../src/people/alias-store.ts";
import { Identity } from "../../src/people/identity.ts";
import { PersonRegister } from "../../src/people/person-register.ts";
import type { Booking, Customer } from "../../src/sdk/booking.ts";
import { onEachStore } from "../harness/stores.ts";

const EMAIL = "post@example.com";

onEachStore((store) => {
  let db: Database;
  let register: PersonRegister;
  beforeEach(async () => {
    db = await store.open();
    register = new PersonRegister(new AliasStore(db), new Identity());
  });
  afterEach(() => db.close());

  /** @returns the bookings, as they are stored. */
  async function add(customers: readonly Customer[], parts: Partial<Booking> = {}) {
    const subjects = new SubjectStore(db, new Identity());
    const changes = customers.map((customer, index) => {
      const subject = `R-${index + 1}`;
      const booking: Booking = {
        ...{ connection: "bikes", reference: subject, version: 1, status: "confirmed", customer },
        ...parts,
      };
      const after = { ...UNKNOWN_SUBJECT, version: 1, ordinal: 1, booking };
      return { subject, kind: "booking", stored: { known: UNKNOWN_SUBJECT }, after } as const;
    });
    await db.transaction((trx) => subjects.save(trx, "bikes", changes));
    return changes.map(({ after }) => after.booking);
  }

  const found = async () => {
    const guests = await findGuests(db, register, EMAIL);
    return guests.map(({ bookings }) => bookings.map(({ reference }) => reference)).toSorted();
  };

  describe("whom an address stands for", () => {
    it("all bookings of the guest, under another address too", async () => {
      const phone = "+47 900 00 001";
      const bookings = await add([
        { name: "Anna Berg", email: EMAIL, phone },
        { name: "Anna Berg", email: "anna@example.com", phone },
        { name: "Ben Dahl", email: "ben@example.com" },
      ]);
      // As a CRM had to know.
      for (const booking of bookings) await register.of(booking);

      expect(await found()).toEqual([["R-1", "R-2"]]);
    });

    it("everybody who shares it", async () => {
      await add([
        { name: "Anna Berg", email: EMAIL },
        { name: "Ben Dahl", email: EMAIL },
      ]);

      expect(await found()).toEqual([["R-1"], ["R-2"]]);
    });

    it("the guest of one booking behind a reseller's", async () => {
      const email = "abc123@guest.booking.com";
      await add([
        { name: "Anna Berg", email },
        { name: "Ben Dahl", email: "xyz789@guest.booking.com" },
      ]);

      const [guest, another] = await findGuests(db, register, email);

      expect(guest?.bookings.map(({ reference }) => reference)).toEqual(["R-1"]);
      expect(another).toBeUndefined();
    });

    it("nobody here: a target may know them all the same", async () => {
      expect(await findGuests(db, register, EMAIL)).toMatchObject([{ bookings: [], email: EMAIL }]);
    });

    it("an agent is no guest", async () => {
      const agent = { name: "Example Travel", email: EMAIL };
      await add([{ name: "Anna Berg", email: EMAIL }], { agent });

      await expect(found()).rejects.toThrow("is the address of the agent Example Travel");
    });

    it("nor is a desk that types in its own address for all", async () => {
      await add(Array.from({ length: 500 }, () => ({ name: "Anna Berg", email: EMAIL })));

      await expect(found()).rejects.toThrow("500 bookings or more");
    });
  });

  it("one process erases at a time, and another takes over from one that was killed", async () => {
    const first = await ErasingTurn.take(db);
    await expect(ErasingTurn.take(db)).rejects.toThrow("try again in a minute");

    await db.knex("owners").where({ name: "erase" }).update({ until: 1 });
    const second = await ErasingTurn.take(db);

    await expect(db.knex.transaction((trx) => first.hold(trx))).rejects.toThrow("another process");
    await first.end();
    await db.knex.transaction((trx) => second.hold(trx));
    await second.end();
    await (await ErasingTurn.take(db)).end();
  });
});

describe("texts that name a guest", () => {
  const phone = "+47 900 00 001";
  const customer = { firstName: "Anna", lastName: "Berg", email: EMAIL, phone, id: "7" };
  const walkIn = { name: "Walk In", phone: "00000000" };
  const booking = { connection: "bikes", reference: "1", version: 1, customer } as Booking;
  const texts = new KnownTexts([booking, { ...booking, customer: walkIn }], [EMAIL]);

  it.each([
    ["Mailed voucher to POST@example.com", "Mailed voucher to (erased)"],
    ["Berg, Anna has no phone +47 900 00 001.", "(erased) has no phone (erased)."],
    ["see https://example.com/?q=post%40example.com", "see https://example.com/?q=(erased)"],
    ["https://example.com/?name=Anna+Berg", "https://example.com/?name=(erased)"],
    // Others, and what is nobody's.
    ["Anna goes to Berg", "Anna goes to Berg"],
    ["Joanna Bergmann, not-post@example.com", "Joanna Bergmann, not-post@example.com"],
    ["post@example.com.au, apost@example.com", "post@example.com.au, apost@example.com"],
    ["Fjord walk in Bergen", "Fjord walk in Bergen"],
    ['{"totalMinor":1000000000}', '{"totalMinor":1000000000}'],
  ])("%s", (text, wanted) => {
    expect(texts.without(text)).toBe(wanted);
  });

  it("are found as a form or a link writes them", () => {
    expect(texts.occurIn("a=1&email=post%40example.com")).toBe(true);
    expect(texts.occurIn("name=Anna+Berg")).toBe(true);
    expect(texts.occurIn("email=joanpost%40example.com")).toBe(false);
  });

  it("of customers and coupons those are the guest's that have the number, or the address in a field", () => {
    const found: string[] = [];
    const { change } = othersOf("bikes", texts, found);
    const look = (subject: string, record: object) =>
      change({ subject, state: Buffer.from(JSON.stringify(record)) });

    look("customer:7", { name: "?" });
    look("customer:8", { email: "joannapost@example.com", note: `ask ${EMAIL}` });
    look("coupon:1", { buyer: { email: " Post@example.com " } });

    expect(found).toEqual(["customer:7", "coupon:1"]);
  });

  it("leave what the books need alone", () => {
    const data = { document: JSON.stringify({ totalMinor: 5, note: EMAIL }), to: EMAIL };
    const row = { summary: null, link: null, data: Buffer.from(JSON.stringify(data)) };

    const after = effectsWithout(texts).change(row) as { data: Buffer };

    expect(JSON.parse(after.data.toString())).toEqual({ ...data, to: "(erased)" });
  });

  it("nobody's are none", () => {
    expect(new KnownTexts([], []).occurIn("anything")).toBe(false);
  });

  it.each(["", "anna", "a@b@c", "a b@example.com"])("%j is no address", (text) => {
    expect(() => plainAddress(text)).toThrow("is no e-mail address");
  });
});
