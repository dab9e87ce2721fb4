import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import { kindOf } from "#sdk";
import type { Party } from "#sdk/accounting";
import type { Company, Contact, CrmObject, Deal, Known, Remote } from "#sdk/crm";
import { hasPrograms, isLongRun } from "#sdk/testing";

import { check } from "./check.ts";
import type { TrytonConfig } from "./config.ts";
import { companies } from "./crm/companies.ts";
import { contacts } from "./crm/contacts.ts";
import { deals } from "./crm/deals.ts";
import { writeNote } from "./crm/notes.ts";
import { readParty } from "./crm/party-record.ts";
import { readView } from "./crm/read.ts";
import { keysOf } from "./find-party.ts";
import { officeOf } from "./testing/office.ts";
import { bookingFile, invoice, untaxed } from "./testing/postings.ts";
import { CRM_SETTINGS, openShop, type Shop } from "./testing/shop.ts";
import { asId } from "./wire.ts";

// A call takes some 20 ms of an idle machine, and this one is seldom idle.
const SLOW = { timeout: 180_000 };
const canRun = hasPrograms("trytond", "trytond-admin");

/** Takes too long for every run: an invoice alone is a second's work of Tryton. */
const inLongRuns = it.runIf(isLongRun());

let guests = 0;

/** Somebody whom no other test knows, as both sides are told. */
function somebody(parts: Partial<Contact> = {}) {
  guests += 1;
  const mark = `m${guests}x`;
  const contact: Contact = {
    ...{ person: `p-${mark}`, name: `Kari ${mark}`, isEmailShared: false },
    ...{ email: `${mark}@example.com`, phone: "+4722855050", billingCodes: [`fjord-cust-${mark}`] },
    ...{ bookings: 1, spent: [], tags: ["guest"], consent: "unknown", maySubscribe: false },
    ...parts,
  };
  const { name, email, phone } = contact;
  const party: Party = {
    ...{ code: `fjord-cust-${mark}`, kind: "guest", name },
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
  };
  return { mark, contact, party };
}

const DEAL: Deal = {
  ...{ key: "fjord/1201", reference: "1201", title: "Fjord walk, booking 1201" },
  ...{ status: "confirmed", outcome: "won", madeOn: "2026-03-01", startsOn: "2026-03-14" },
  products: [{ name: "Fjord walk", quantity: 2 }],
};

describe.runIf(canRun)("guests beside the books", SLOW, () => {
  let shop: Shop;
  const idOf = (reference: string) => Number(reference.split(",")[1]);
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.close());

  const context = (parts: object = {}) => ({
    ...shop.context({ ...CRM_SETTINGS, books: true, ...parts }),
    connection: { id: "fjord", name: "Fjord Walks", language: "en" as const },
  });
  const put = async <Thing>(
    object: CrmObject<Thing, TrytonConfig>,
    thing: Thing,
    known?: Known,
  ): Promise<number> => {
    const fields = object.fields(thing, context().config) ?? {};
    const remote = await object.put({ thing, fields, ...(known && { known }) }, context());
    if (remote === "gone" || "refused" in remote) throw new Error("nothing was written");
    return Number(remote.externalId);
  };
  /** As the kit does it: found before it is made. */
  const keep = async <Thing>(object: CrmObject<Thing, TrytonConfig>, thing: Thing) =>
    put(object, thing, knownAs(await object.find(thing, context())));
  const knownAs = (remote: Remote | undefined) =>
    remote && { ...remote, isEdited: (_: string, value: string) => value !== "" };
  /** As the kit knows what was written last. */
  const writtenAs = (id: number, contact: Contact): Known => {
    const fields = contacts.fields(contact, context().config) ?? {};
    return { externalId: String(id), isEdited: (name, value) => value !== (fields[name] ?? "") };
  };
  /** @returns whose money it is. */
  const receive = async ({ contact, party }: ReturnType<typeof somebody>, parts: object = {}) => {
    const file = bookingFile(context(parts), { party });
    const guest = () => Promise.resolve(contact);
    const deposit = { kind: "deposit", paymentId: "p", totalMinor: 1_000 } as const;
    const posted = await file.post(deposit, { guest });
    const lines = [["move", "=", idOf(posted.externalId)]];
    const rows = await shop.admin.searchRead("account.move.line", lines, {
      party: asId.nullable(),
    });
    return { file, party: rows.map((row) => row.party).find((id) => id !== null) ?? 0 };
  };
  const partiesOf = async (mark: string) => {
    const all = shop.admin.within({ active_test: false });
    const domain = ["OR", ["name", "like", `%${mark}%`], ["code", "like", `%${mark}%`]];
    return (await all.searchRead("party.party", domain, { id: asId })).map(({ id }) => id);
  };

  describe("a guest is one party", () => {
    it("whichever is first, with nothing but the code in common", async () => {
      const [first, second] = [
        somebody({ isEmailShared: true }),
        somebody({ isEmailShared: true }),
      ];

      const billed = await receive(first);
      const kept = await keep(contacts, first.contact);
      const keptFirst = await keep(contacts, second.contact);
      const billedLater = await receive(second);

      expect(kept).toBe(billed.party);
      expect(billedLater.party).toBe(keptFirst);
      expect(await partiesOf(first.mark)).toEqual([kept]);
      expect(await partiesOf(second.mark)).toEqual([keptFirst]);
    });

    it("when both begin at once", async () => {
      const guest = somebody();

      await Promise.all([receive(guest), stubborn(() => keep(contacts, guest.contact))]);

      expect(await partiesOf(guest.mark)).toHaveLength(1);
    });

    it("when the books had the guest before contacts were kept, with the code that they gave", async () => {
      const guest = somebody({ email: undefined } as object);
      const billed = await receive(guest, { contacts: false });

      const kept = await keep(contacts, guest.contact);

      expect(kept).toBe(billed.party);
      expect((await readParty(kept, shop.admin))?.code).toBe(guest.party.code);
    });

    inLongRuns("under each code that the books have for the guest", async () => {
      const guest = somebody();
      const kept = await keep(contacts, guest.contact);
      const other = { ...guest, party: { ...guest.party, code: `bikes-cust-${guest.mark}` } };

      const billed = [await receive(guest), await receive(other), await receive(guest)];

      expect(billed.map(({ party }) => party)).toEqual([kept, kept, kept]);
      const codes = (await readParty(kept, shop.admin))?.["identifiers."].map(({ code }) => code);
      expect(codes).toEqual([`books:${guest.party.code}`, `books:${other.party.code}`]);
    });

    describe("also when a booking goes from one to the other under the code that it had", () => {
      const streetsOf = async (...ids: number[]) => {
        const parties = await Promise.all(ids.map((id) => readParty(id, shop.admin)));
        return parties.map((one) => one?.["addresses."].map(({ street }) => street));
      };
      const handOver = async (wasKept: boolean) => {
        const [anna, ben] = [somebody(), somebody()];
        const { code } = anna.party;
        const bens = { ...ben, party: { ...ben.party, code, street: "Bens vei 1" } };
        const annaId = await keep(contacts, anna.contact);
        const keptFirst = wasKept ? await keep(contacts, ben.contact) : undefined;

        const billed = [await receive(anna), await receive(bens)].map(({ party }) => party);

        const benId = keptFirst ?? (await keep(contacts, ben.contact));
        expect(benId).not.toBe(annaId);
        expect(billed).toEqual([annaId, benId]);
        const [annas, ours] = [
          await readParty(annaId, shop.admin),
          await readParty(benId, shop.admin),
        ];
        expect([annas, ours].map((one) => one && keysOf(one))).toEqual([
          [`guest:${anna.contact.person}`],
          [`guest:${ben.contact.person}`, `books:${code}`],
        ]);
        expect(await streetsOf(annaId, benId)).toEqual([[null], ["Bens vei 1"]]);
      };

      it("and the other is new", () => handOver(false));
      inLongRuns("and the other was there", () => handOver(true));
    });

    inLongRuns("and an agent is one, too", async () => {
      const { mark } = somebody();
      const code = `fjord-agent-${mark}`;
      const company: Company = { key: `fjord/agent/${mark}`, name: mark, billingCode: code };
      const file = bookingFile(context(), { party: { code, kind: "agent", name: mark } });
      await file.post(invoice(untaxed(1_000)));

      const kept = await keep(companies, company);
      await file.post(invoice(untaxed(2_000)));

      expect(await partiesOf(mark)).toEqual([kept]);
      expect((await readView(mark, context())).companies).toEqual([
        { externalId: String(kept), name: mark },
      ]);
    });
  });

  describe("an agent whose code is that of", () => {
    const agentOf = (mark: string, name = mark): Company => ({
      ...{ key: `fjord/agent/${mark}`, name, email: `${mark}@example.org` },
      billingCode: `fjord-agent-${mark}`,
    });
    const makeHolder = (mark: string, parts: object) =>
      shop.admin.create("party.party", {
        ...{ name: `Old ${mark}`, code: `fjord-agent-${mark}`, active: false, ...parts },
      });

    it("an inactive party takes it back", async () => {
      const { mark } = somebody();
      const holder = await makeHolder(mark, {});

      expect(await keep(companies, agentOf(mark))).toBe(holder);
      expect(await readParty(holder, shop.admin)).toMatchObject({ active: true, name: mark });
      expect((await companies.find(agentOf(mark), context()))?.externalId).toBe(String(holder));
    });

    inLongRuns("somebody else's party is refused, and leaves it alone", async () => {
      const { mark } = somebody();
      const holder = await makeHolder(mark, {
        identifiers: [["create", [{ code: `guest:p-${mark}` }]]],
      });
      const thing = agentOf(mark);
      const fields = companies.fields(thing, context().config) ?? {};

      const written = await companies.put({ thing, fields }, context());

      expect(written).toEqual({ refused: expect.stringContaining("somebody else's") as string });
      expect(await readParty(holder, shop.admin)).toMatchObject({
        ...{ active: false, name: `Old ${mark}` },
      });
    });
  });

  describe("a guest with the address of a party", () => {
    const usual = [
      ["an agent of the books", "fjord-agent-", "code", false],
      ["whom the books know by another code", "books:bikes-", "identifier", false],
      ["whom the office has made", "", "code", true],
    ] as const;
    const others = [
      ["another guest of the books", "bikes-cust-", "code", false],
      ["the guest of another booking", "bikes-", "code", false],
      ["whom the office has given a number of another kind", "NO-", "identifier", true],
    ] as const;
    it.each(isLongRun() ? [...usual, ...others] : usual)(
      "%s: %s… as %s",
      async (_, prefix, kind, isFound) => {
        const { mark, contact } = somebody();
        const number = `${prefix}${guests}00`;
        const email = [["create", [{ type: "email", value: contact.email }]]];
        const own =
          kind === "code" ? { code: number } : { identifiers: [["create", [{ code: number }]]] };
        const values = { name: `Office ${mark}`, contact_mechanisms: email, ...own };
        const id = await shop.admin.create("party.party", values);

        const found = await contacts.find(contact, context());

        expect(found?.externalId).toBe(isFound ? String(id) : undefined);
      },
    );
  });

  it("the books leave alone what the office has changed of a guest", async () => {
    const guest = somebody();
    const id = await keep(contacts, guest.contact);
    await shop.admin.write("party.party", [id], { name: `Kari ${guest.mark} Hansen` });
    await officeOf(() => shop.admin).edit(String(id), "+4799999999");

    await receive(guest);

    const there = await readParty(id, shop.admin);
    expect(there?.name).toBe(`Kari ${guest.mark} Hansen`);
    expect(there?.["contact_mechanisms."].map(({ value }) => value)).toEqual([
      guest.contact.email,
      "+4799999999",
    ]);
  });

  describe("a language and an address that change again and again", () => {
    const STEPS = [
      { language: "de", address: { street: "A 1", city: "Bergen" } },
      { language: "en", address: { street: "B 2", city: "Bergen" } },
      { language: "fr", address: { street: "C 3", city: "Bergen" } },
    ];
    /** @returns the party, and the guest as it was written last. */
    const writeAll = async () => {
      let { contact } = somebody();
      let known: Known | undefined;
      for (const step of STEPS) {
        contact = { ...contact, ...step };
        const id = await put(contacts, contact, known);
        known = writtenAs(id, contact);
      }
      return { contact, known, id: Number(known?.externalId) };
    };
    const readNow = async (id: number) => {
      const shape = { "lang.": z.object({ code: z.string() }) };
      const [row] = await shop.admin.read("party.party", [id], shape);
      const addresses = (await readParty(id, shop.admin))?.["addresses."] ?? [];
      return [row?.["lang."].code, ...addresses.map(({ street }) => street)];
    };

    it("are followed", async () => {
      const { id } = await writeAll();

      expect(await readNow(id)).toEqual(["fr", "A 1", "B 2", "C 3"]);
    });

    inLongRuns("stay as the office has changed them", async () => {
      const { id, contact, known } = await writeAll();
      const ours = (await readParty(id, shop.admin))?.["addresses."].at(-1);
      await shop.admin.write("party.address", [ours?.id ?? 0], { street: "D 4" });
      const [es] = await shop.admin.searchRead("ir.lang", [["code", "=", "es"]], { id: asId });
      await shop.admin.write("party.party", [id], { lang: es?.id });

      await put(contacts, { ...contact, language: "de", address: { street: "E 5" } }, known);

      expect(await readNow(id)).toEqual(["es", "A 1", "B 2", "D 4"]);
    });
  });

  inLongRuns("an invoice of a guest's company is addressed to the company", async () => {
    const guest = somebody();
    const { name } = guest.contact;
    const party = { ...guest.party, name: "Berg AS", company: "Berg AS", contactName: name };
    const file = bookingFile(context(), { party });

    const posted = await file.post(invoice(untaxed(1_000)), {
      guest: () => Promise.resolve(guest.contact),
    });

    const shape = {
      "party.": z.object({ name: z.string() }),
      "invoice_address.": z.object({ party_name: z.string() }),
    };
    const [row] = await shop.admin.read("account.invoice", [idOf(posted.externalId)], shape);
    expect(row?.["invoice_address."].party_name).toBe("Berg AS");
    expect(row?.["party."].name).toBe(name);
  });

  describe("erasing", () => {
    const erase = (id: number) => contacts.erase({ externalId: String(id) }, context());

    it("leaves nothing of a guest without documents, and of one with them a party of nobody", async () => {
      const [free, billed] = [somebody(), somebody()];
      const id = await keep(contacts, free.contact);
      const { file, party } = await receive(billed);
      await keep(contacts, billed.contact);
      await file.post({ kind: "refund", from: "deposit:1", paymentId: "r", totalMinor: 1_000 });

      await erase(id);
      await erase(party);
      await erase(party);

      expect(await readParty(id, shop.admin)).toBeUndefined();
      const left = await readParty(party, shop.admin);
      expect(left).toMatchObject({ name: null, active: false, code: billed.party.code });
      expect(left?.["contact_mechanisms."]).toEqual([]);
      expect(left?.["identifiers."]).toEqual([]);
      expect(left?.["categories."]).toEqual([]);
      const notes = [["resource", "=", `party.party,${party}`]];
      expect(await shop.admin.searchRead("ir.note", notes, { id: asId })).toEqual([]);
      expect((await readView(billed.mark, context())).contacts).toEqual([]);
    });

    it("waits while something is open, and says so", async () => {
      const guest = somebody();
      const { party } = await receive(guest);
      await keep(contacts, guest.contact);

      const failure: unknown = await erase(party).catch((error: unknown) => error);

      expect(kindOf(failure)).toBe("permanent");
      expect(String(failure)).toContain("settle what is open in Tryton");
      expect(await readParty(party, shop.admin)).toMatchObject({
        ...{ active: true, name: guest.contact.name },
      });
      expect(await keep(contacts, guest.contact)).toBe(party);
    });

    inLongRuns(
      "lets the books go on with what they had, while who comes again is somebody new",
      async () => {
        const guest = somebody();
        const { file, party } = await receive(guest);
        await file.post({ kind: "refund", from: "deposit:1", paymentId: "r", totalMinor: 1_000 });
        await keep(contacts, guest.contact);
        await erase(party);

        const blank: Party = { code: guest.party.code, kind: "guest", name: "-", isKnown: true };
        const later = bookingFile(context(), { party: blank });
        await later.post({ kind: "deposit", paymentId: "p", totalMinor: 100 });
        const again = await receive(guest);

        expect(await partiesOf(guest.mark)).toEqual([party, again.party]);
        expect(await readParty(party, shop.admin)).toMatchObject({ name: null, active: false });
        expect(await keep(contacts, guest.contact)).toBe(again.party);
      },
    );
  });

  inLongRuns(
    "a guest whom the office has put together with its own party goes on there",
    async () => {
      const guest = somebody();
      const id = await keep(contacts, guest.contact);
      const own = await shop.admin.create("party.party", { name: `Hansen ${guest.mark}` });
      await officeOf(() => shop.admin).merge(String(id), String(own));

      const found = await contacts.find(guest.contact, context());
      const billed = await receive(guest);

      expect(await put(contacts, guest.contact, knownAs({ externalId: String(id) }))).toBe(own);
      expect(found?.externalId).toBe(String(own));
      expect(billed.party).toBe(own);
    },
  );

  it("who was put together with another guest is a part of that one, who stays as they are", async () => {
    const [anna, ola] = [somebody(), somebody()];
    const ids = [await keep(contacts, anna.contact), await keep(contacts, ola.contact)];
    const [annaId = 0, olaId = 0] = ids;
    await officeOf(() => shop.admin).merge(String(olaId), String(annaId));
    const known = { externalId: String(olaId), isEdited: () => false };
    const thing = { ...ola.contact, bookings: 9 };
    const fields = contacts.fields(thing, context().config) ?? {};

    const written = await contacts.put({ thing, fields, known }, context());
    const erased: unknown = await contacts.erase(known, context()).catch(String);

    expect(written).toBe("gone");
    expect(await contacts.find(ola.contact, context())).toBeUndefined();
    expect(erased).toContain("may be somebody else's: erase it in Tryton by hand");
    expect((await readView(anna.mark, context())).contacts).toMatchObject([
      { externalId: String(annaId), name: anna.contact.name, bookings: 1 },
    ]);
  });

  describe("a booking", () => {
    const stateOf = async (id: number) => {
      const shape = { state: z.string(), party: asId.nullable(), amount: z.unknown() };
      return (await shop.admin.read("sale.opportunity", [id], shape))[0];
    };

    inLongRuns("is an opportunity in the state of its stage, else of its outcome", async () => {
      const contactId = String(await keep(contacts, somebody().contact));
      const states: (string | undefined)[] = [];
      for (const [index, parts] of [
        { outcome: "open" },
        { outcome: "won" },
        { outcome: "won", stage: "opportunity" },
        { outcome: "lost", stage: "cancelled" },
        { outcome: "open", stage: "asked for" },
      ].entries()) {
        const deal = { ...DEAL, contactId, key: `fjord/s-${index}`, ...parts } as Deal;
        states.push((await stateOf(await put(deals, deal)))?.state);
      }

      expect(states).toEqual(["lead", "won", "opportunity", "cancelled", "lead"]);
    });

    it("of nobody is a lead, and another currency is no amount of the company's", async () => {
      const amount = { amountMinor: 9_000, currency: "USD" };

      const id = await put(deals, { ...DEAL, key: "fjord/nobody", amount });

      expect(await stateOf(id)).toEqual({ state: "lead", party: null, amount: null });
      const [view] = (await readView("fjord/nobody", context())).deals;
      expect(view?.amount).toBe("90.00 USD");
    });

    inLongRuns("that the office has made a sale of stays so until it is lost", async () => {
      const contactId = String(await keep(contacts, somebody().contact));
      const deal = { ...DEAL, contactId, key: "fjord/sale" };
      const id = await put(deals, { ...deal, stage: "opportunity" });
      await shop.admin.press("sale.opportunity", "convert", [id]);
      const known = knownAs({ externalId: String(id) });

      const states: (string | undefined)[] = [];
      for (const outcome of ["won", "lost"] as const) {
        await put(deals, { ...deal, outcome }, known);
        states.push((await stateOf(id))?.state);
      }

      expect(states).toEqual(["converted", "lost"]);
    });

    inLongRuns(
      "tells how it goes on once, also when nobody knows whether that got through",
      async () => {
        const contactId = String(await keep(contacts, somebody().contact));
        const dealId = String(await put(deals, { ...DEAL, contactId, key: "fjord/noted" }));
        const note = {
          key: "fjord/noted/note:1",
          text: "Fjord walk: confirmed",
          contactId,
          dealId,
        };

        const first = await writeNote({ ...note, mayExist: false }, context());
        const again = await writeNote({ ...note, mayExist: true }, context());

        expect(again).toEqual(first);
      },
    );
  });

  describe("check", () => {
    const checked = (parts: object) => check(context(parts)).catch(String);

    it("asks for nothing of the books where only contacts are kept", async () => {
      const accounts = { receivable: "Nothing" };

      expect(await checked({ books: false, accounts })).toBe(
        'company "Fjord Walks AS" (EUR), parties and opportunities',
      );
      expect(await checked({ accounts })).toContain("settings.accounts.receivable");
    });

    it("names the groups that the user lacks, and an employee that is not there", async () => {
      const parts = { books: false, user: "bellhop", employee: "Ola" };

      const failure = await checked(parts);

      expect(failure).toContain("give the user the group Party Administration");
      expect(failure).toContain("give the user the group Sale Opportunity");
      expect(failure).toContain('no employee "Ola"; there are: "Front Desk"');
    });

    it("tells which stages are no states of Tryton", async () => {
      const stages = { requested: "asked for", confirmed: "won" };

      expect(await checked({ books: false, stages })).toContain("only the note tells: asked for");
    });
  });
});

/** As the jobs of Bellhop: again when somebody else was at it. */
async function stubborn<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries > 10 || !["retryable", undefined].includes(kindOf(error))) throw error;
    }
  }
}
