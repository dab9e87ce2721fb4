import { expect, it } from "vitest";

import type { Database } from "../../src/db/database.ts";
import { FactStore } from "../../src/db/fact-store.ts";
import { SubjectFilling } from "../../src/normalize/subject-filling.ts";
import { AliasStore } from "../../src/people/alias-store.ts";
import { Identity } from "../../src/people/identity.ts";
import { PersonRegister } from "../../src/people/person-register.ts";
import type { Booking, Customer } from "../../src/sdk/booking.ts";
import { memoryLog } from "../../src/sdk/testing.ts";
import { keepBooking } from "../harness/keep-booking.ts";
import { onEachStore } from "../harness/stores.ts";

const ANNA = { firstName: "Anna", lastName: "Berg", email: "anna@example.com" };

onEachStore((store) => {
  it("a person has all bookings of all connections, and nobody else's", async () => {
    const { register, keep } = at(await store.open());
    const [one] = [await keep("fjord", "1", ANNA), await keep("bikes", "1", ANNA)];
    await keep("fjord", "2", { ...ANNA, email: "kari@example.com" });

    const person = await register.of(one);

    expect(person.bookings.map(placeOf)).toEqual(["bikes/1", "fjord/1"]);
    expect(person).toMatchObject({ email: "anna@example.com", isEmailShared: false });
  });

  it("who changes the address stays the same person, whichever booking is asked for", async () => {
    const { register, keep } = at(await store.open());
    const before = await register.of(await keep("fjord", "1", { ...ANNA, id: "7" }));

    const changed = await keep("fjord", "2", { ...ANNA, id: "7", email: "berg@example.com" });
    const after = await register.of(changed);
    const corrected = await keep("fjord", "2", { ...ANNA, email: "anna.berg@example.com" });

    expect(after.id).toBe(before.id);
    expect(after.bookings.map(placeOf)).toEqual(["fjord/1", "fjord/2"]);
    expect((await register.of(corrected)).id).toBe(before.id);
  });

  it("of an address with thousands of bookings no more are read than are asked for", async () => {
    const db = await store.open();
    const { keep } = at(db);
    const [first] = [await keep("fjord", "1", ANNA)];
    for (const reference of ["2", "3"]) await keep("fjord", reference, ANNA);

    const some = await new AliasStore(db).bookings([new Identity().personKey(first)], 2);

    expect(some.length).toBe(2);
  });

  it("bookings of other connections take no place of those that are asked for", async () => {
    const db = await store.open();
    const { register, keep } = at(db);
    const first = await keep("fjord", "1", ANNA);
    await keep("bikes", "2", ANNA);
    await db.knex("subjects").where({ subject: "2" }).increment("updated_at", 1_000);
    const key = new Identity().personKey(first);

    const one = await new AliasStore(db).bookings([key], 1, ["fjord"]);
    const touched = await register.peopleFor(first, ["fjord"]).touchedBy(eventOf(first));

    expect(one.map(placeOf)).toEqual(["fjord/1"]);
    expect(touched.map(({ bookings }) => bookings.map(placeOf))).toEqual([["fjord/1"]]);
  });

  it("an instance for some connections hears of nobody who is only elsewhere", async () => {
    const { register, keep } = at(await store.open());
    const email = "desk@example.com";
    await keep("bikes", "1", { name: "Ola Vik", email });
    const own = await keep("fjord", "2", { name: "Anna Berg", email });

    const touched = await register.peopleFor(own, ["fjord"]).touchedBy(eventOf(own));

    expect(touched.map(({ bookings }) => bookings.map(placeOf))).toEqual([["fjord/2"]]);
  });

  it("an address is shared with those whom the instance sees, not with who had it elsewhere", async () => {
    const { register, keep } = at(await store.open());
    const email = "desk@example.com";
    await register.of(await keep("bikes", "1", { name: "Ola Vik", email }));
    const anna = await keep("fjord", "2", { name: "Anna Berg", email });
    const kari = await keep("fjord", "3", { name: "Kari Lund", email });

    const isSharedFor = async (connections?: string[]) => {
      const people = register.peopleFor(undefined, connections);
      return [(await people.of(anna)).isEmailShared, (await people.of(kari)).isEmailShared];
    };

    expect(await isSharedFor(["fjord"])).toEqual([false, true]);
    expect(await isSharedFor(["fjord", "bikes"])).toEqual([true, true]);
    expect(await isSharedFor()).toEqual([true, true]);
  });

  it("two guests who were only typed in with the same zeros for a number are two", async () => {
    const { register, keep } = at(await store.open());
    const zeros = { phone: "0000 0000", country: "NO" };
    const [anna, namesake] = [
      await keep("fjord", "1", { name: "Anna Berg", ...zeros }),
      await keep("fjord", "2", { name: "Anna Lund", ...zeros }),
    ];

    const people = [await register.of(anna), await register.of(namesake)];

    expect(people.map(({ bookings }) => bookings)).toEqual([[anna], [namesake]]);
  });

  it("processes that see a guest at once make one person", async () => {
    const db = await store.open();
    const { keep } = at(db);
    const bookings = [];
    for (let number = 1; number <= 12; number += 1) {
      const email = `anna${number}@example.com`;
      bookings.push(await keep("fjord", String(number), { ...ANNA, id: "7", email }));
    }

    const people = await Promise.all(bookings.map((booking) => at(db).register.of(booking)));

    expect(new Set(people.map(({ id }) => id)).size).toBe(1);
    const again = await Promise.all(bookings.map((booking) => at(db).register.of(booking)));
    expect(again.map(({ bookings: all }) => all.length)).toEqual(bookings.map(() => 12));
  });

  it("an event touches those who had the booking before, and all who share its key", async () => {
    const { register, keep } = at(await store.open());
    const anna = await register.of(await keep("fjord", "1", ANNA));
    const shared = await keep("fjord", "2", { name: "Ola Vik", email: "anna@example.com" });
    const ola = await register.of(shared);
    const kari = { firstName: "Kari", lastName: "Lund", email: "kari@example.com" };
    const moved = await keep("fjord", "1", kari);

    const touched = await register.peopleFor(moved).touchedBy(eventOf(moved));
    const byAddress = await register.peopleFor(shared).touchedBy(eventOf(shared));

    expect(touched.map(({ id }) => id)).toEqual([(await register.of(moved)).id, anna.id]);
    expect(byAddress.map(({ id, isEmailShared }) => [id, isEmailShared])).toEqual([[ola.id, true]]);
  });

  it("an event at a desk's address touches all whom the desk has booked, those who are new with a look at each", async () => {
    const db = await store.open();
    const { register, keep } = at(db);
    const names = Array.from({ length: 60 }, (_, index) => `Anna${index} Berg${index}`);
    for (const [index, name] of names.entries()) {
      await keep("fjord", String(index), { name, email: "desk@example.com" });
    }
    const last = await keep("fjord", "59", { name: "Anna59 Berg59", email: "desk@example.com" });
    const people = register.peopleFor(last);
    let queries = 0;
    const count = () => (queries += 1);

    const touched = await people.touchedBy(eventOf(last));
    db.knex.on("query", count);
    const again = await people.touchedBy(eventOf(last));
    db.knex.off("query", count);

    expect(touched.map(({ bookings }) => bookings.length)).toEqual(names.map(() => 1));
    expect(again.map(({ id }) => id)).toEqual(touched.map(({ id }) => id));
    expect(queries).toBeLessThan(10);
  });

  it("knows who else is behind an address, by the bookings that give it", async () => {
    const { register, keep } = at(await store.open());
    const anna = await keep("fjord", "1", { ...ANNA, id: "7" });
    const ola = await keep("fjord", "2", { name: "Ola Vik", email: "anna@example.com" });
    for (const one of [anna, ola]) await register.of(one);
    await keep("fjord", "3", { name: "Ola Vik", email: "ola@example.com" });

    expect((await register.of(anna)).sharers).toEqual([[ola]]);
    expect((await register.of(ola)).sharers).toEqual([[anna]]);
  });

  it("who shares an address without a name of one's own there has the bookings all the same", async () => {
    const { register, keep } = at(await store.open());
    const ola = { firstName: "Ola", lastName: "Vik" };
    await register.of(await keep("fjord", "1", ANNA));
    await register.of(await keep("fjord", "2", { ...ola, id: "8" }));
    await register.of(await keep("fjord", "3", { ...ola, id: "9" }));
    const named = await keep("fjord", "4", { ...ola, id: "8", email: "anna@example.com" });
    const namesake = await keep("fjord", "5", { ...ola, id: "9", email: "anna@example.com" });
    const nameless = await keep("fjord", "6", { id: "9", email: "anna@example.com" });

    const people = [];
    for (const one of [named, namesake, nameless]) people.push(await register.of(one));

    expect(people.map(({ bookings }) => bookings.map(placeOf))).toEqual([
      ["fjord/2", "fjord/4"],
      ["fjord/3", "fjord/5", "fjord/6"],
      ["fjord/3", "fjord/5", "fjord/6"],
    ]);
  });

  it("a booking goes from one to another behind an address, and back", async () => {
    const { register, keep } = at(await store.open());
    const [ola, kari] = [{ firstName: "Ola", lastName: "Vik" }, { name: "Kari Lund" }];
    const email = "anna@example.com";
    await register.of(await keep("fjord", "1", ANNA));
    await register.of(await keep("fjord", "2", { ...ola, id: "8", email }));
    await register.of(await keep("fjord", "3", { ...kari, id: "9", email }));

    const whose = [];
    for (const guest of [kari, ola, kari, ola]) {
      whose.push((await register.of(await keep("fjord", "4", { ...guest, email }))).bookings);
    }

    expect(whose.map((bookings) => bookings.map(placeOf))).toEqual([
      ["fjord/3", "fjord/4"],
      ["fjord/2", "fjord/4"],
      ["fjord/3", "fjord/4"],
      ["fjord/2", "fjord/4"],
    ]);
  });

  it("an address of one's own comes before a newer one that is another's", async () => {
    const { register, keep } = at(await store.open());
    const anna = await register.of(await keep("fjord", "1", { ...ANNA, id: "7" }));
    await register.of(await keep("fjord", "2", { name: "Ola Vik", email: "ola@example.com" }));
    const newest = await keep("fjord", "3", { ...ANNA, id: "7", email: "ola@example.com" });

    const person = await register.of(newest);

    expect(person).toMatchObject({ id: anna.id, email: "anna@example.com", isEmailShared: false });
  });

  it("a guest who is only looked at leaves no trace", async () => {
    const db = await store.open();
    const { register, keep } = at(db);
    const booking = await keep("fjord", "1", ANNA);

    const seen = await register.unrecorded().of(booking);

    expect(await db.knex("person_aliases").select()).toEqual([]);
    expect(seen).toMatchObject({ id: (await register.of(booking)).id, bookings: [booking] });
  });

  it("nothing that is kept of a person says who it is", async () => {
    const db = await store.open();
    const { register, keep } = at(db);
    await register.of(await keep("fjord", "1", { ...ANNA, id: "7", phone: "+4790000000" }));

    const aliases = await db.knex("person_aliases").select();
    const filed = await db.knex("subjects").select("person_key");

    expect(aliases).toHaveLength(4);
    expect(JSON.stringify([aliases, filed]).toLowerCase()).not.toMatch(/anna|berg|example|\+47/);
  });

  it("bookings of an earlier version are filed in batches, and those of another setting anew", async () => {
    const db = await store.open();
    const { register, keep } = at(db);
    const booking = await keep("fjord", "1", { name: "Anna Berg", phone: "900 00 000" });
    for (let number = 2; number <= 450; number += 1) await keep("fjord", String(number), {});
    await db.knex("subjects").update({ person_key: null });
    const ofNorway = new Identity({ countries: { fjord: "NO" } });

    expect(await filling(db, new Identity()).fill()).toBe(450);
    expect(await filling(db, new Identity()).fill()).toBe(0);
    expect((await register.of(booking)).bookings).toEqual([booking]);
    expect(await filling(db, ofNorway).fill()).toBe(450);

    const row: unknown = await db.knex("subjects").where({ subject: "1" }).first("person_key");
    expect(row).toEqual({ person_key: ofNorway.personKey(booking) });
  });

  it("who is erased while a batch is filed is not filed again", async () => {
    const db = await store.open();
    await at(db).keep("fjord", "1", ANNA);
    const erased = { person_key: null, ordinal: db.knex.raw("ordinal + 1") };
    const slow = Object.create(db, {
      knex: { value: db.knex },
      // Between what is read and what is written of it.
      transaction: {
        value: async (work: Parameters<Database["transaction"]>[0]) => {
          await db.knex("subjects").update(erased);
          return db.transaction(work);
        },
      },
    }) as Database;

    expect(await filling(slow, new Identity()).fill()).toBe(0);

    expect(await db.knex("subjects").first("person_key")).toEqual({ person_key: null });
  });
});

function filling(db: Database, identity: Identity): SubjectFilling {
  const relief = () => Promise.resolve();
  return new SubjectFilling({ db, facts: new FactStore(db), identity, log: memoryLog(), relief });
}

function at(db: Database) {
  const identity = new Identity();
  const keep = (connection: string, reference: string, customer: Customer) =>
    keepBooking(db, { connection, reference, status: "confirmed", customer });
  return { register: new PersonRegister(new AliasStore(db), identity), keep };
}

function placeOf({ connection, reference }: Booking): string {
  return `${connection}/${reference}`;
}

function eventOf(booking: Booking) {
  return { booking } as never;
}
