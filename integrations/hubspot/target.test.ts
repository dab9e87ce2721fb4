import { describe, expect, it } from "vitest";

import type { Note } from "#sdk/crm";

import { contacts } from "./contacts.ts";
import { writeNote } from "./notes.ts";
import { ANNA, answer, DEAL, Desk, failureOf, idOf, known } from "./testing.ts";

const OLA = { ...ANNA, person: "p-ola", firstName: "Ola", email: "ola@example.com" };

it("a contact whose address somebody has put in meanwhile is that contact", async () => {
  const desk = new Desk();
  const { id } = desk.fake.records.make("contacts", { email: "anna@example.com", phone: "+4711" });

  const made = await idOf(desk.putContact(ANNA));

  expect(made).toBe(id);
  expect(desk.held(id)).toMatchObject({ bellhop_person: "p-anna", phone: "+4711" });
  expect(desk.fake.records.of("contacts")).toHaveLength(1);
});

it("a refusal within a batch is a refusal of that one thing", async () => {
  const desk = new Desk();
  desk.fake.tellsInItems = true;
  desk.fake.records.make("contacts", { email: "anna@example.com" });

  await desk.putContact(ANNA);
  const failure = await failureOf(desk.putContact({ ...OLA, email: "ola@@example" }));

  expect(desk.fake.records.of("contacts")).toHaveLength(1);
  expect(failure).toMatchObject({ kind: "permanent", mayHaveHappened: false });
  expect(failure.message).toContain("email: INVALID_EMAIL");
});

it("a new address that another contact has is left off, and the office is told", async () => {
  const desk = new Desk();
  const id = await idOf(desk.putContact(ANNA));
  await desk.putContact(OLA);

  await desk.putContact({ ...ANNA, email: "ola@example.com", phone: "+4722" }, known(id));

  expect(desk.held(id)).toMatchObject({ email: "anna@example.com", phone: "+4722" });
  expect(desk.log.lines.join()).toContain("merge them in HubSpot");
  expect(desk.log.lines.join()).not.toContain("example.com");
});

it("who was merged into somebody else is gone, and is not found by the old address", async () => {
  const desk = new Desk();
  const anna = await idOf(desk.putContact(ANNA));
  const ola = await idOf(desk.putContact(OLA));
  desk.fake.records.merge(anna, ola);

  expect(await desk.putContact({ ...OLA, bookings: 2 }, known(ola))).toBe("gone");
  expect(await contacts.find(OLA, desk.context)).toBeUndefined();
  expect(desk.held(anna)).toMatchObject({ firstname: "Anna", bellhop_bookings: "1" });
});

it("the one that is left of two that were merged is still found", async () => {
  const desk = new Desk();
  const anna = await idOf(desk.putContact(ANNA));
  const office = desk.fake.records.make("contacts", { email: "a.berg@example.com" });
  desk.fake.records.merge(office.id, anna);
  office.properties["bellhop_person"] = "p-anna";

  expect(await desk.putContact({ ...ANNA, bookings: 2 }, known(anna))).toMatchObject({
    externalId: office.id,
  });
});

it("nobody is erased with a contact that two were merged into", async () => {
  const desk = new Desk();
  const anna = await idOf(desk.putContact(ANNA));
  const ola = await idOf(desk.putContact(OLA));
  desk.fake.records.merge(anna, ola);

  const failure = await failureOf(contacts.erase({ externalId: ola }, desk.context));

  expect(failure.kind).toBe("permanent");
  expect(failure.message).toContain("erase it in HubSpot by hand");
  expect(desk.held(anna)["firstname"]).toBe("Anna");
});

it("a booking that another guest takes over leaves the office's contacts with it", async () => {
  const desk = new Desk();
  const anna = await idOf(desk.putContact(ANNA));
  const ola = await idOf(desk.putContact(OLA));
  const friend = desk.fake.records.make("contacts", { email: "friend@example.com" });
  const deal = await idOf(desk.putDeal({ ...DEAL, contactId: anna }));
  desk.fake.records.associate(`deals/${deal}`, `contacts/${friend.id}`);

  await desk.putDeal({ ...DEAL, contactId: ola }, known(deal));

  const now = desk.fake.records.associated(`deals/${deal}`, "contacts");
  expect(now.toSorted()).toEqual([ola, friend.id].toSorted());
});

it("without a stage in the settings a deal goes to the pipeline's stage of its outcome", async () => {
  const desk = new Desk();

  const deal = await idOf(desk.putDeal({ ...DEAL, outcome: "lost" }));

  expect(desk.held(deal)["dealstage"]).toBe("s3");
});

it("a stage that the pipeline does not have waits for the settings, and says which there are", async () => {
  const failure = await failureOf(new Desk().putDeal({ ...DEAL, stage: "wun" }));

  expect(failure.kind).toBe("configuration");
  expect(failure.message).toContain("no stage wun; there are open, won, missed, lost");
});

it("a note is written once, also when nobody knows whether it got through", async () => {
  const desk = new Desk();
  const contactId = await idOf(desk.putContact(ANNA));
  const dealId = await idOf(desk.putDeal({ ...DEAL, contactId }));
  const note: Note = {
    ...{ key: "fjord/1201/note:1", text: "<b>Walk</b>: confirmed", contactId, dealId },
    mayExist: false,
  };
  desk.fake.mishap = (call) => (call === desk.calls().length + 1 ? "after" : undefined);
  await failureOf(writeNote(note, desk.context));
  desk.fake.mishap = () => undefined;

  await writeNote({ ...note, mayExist: true }, desk.context);

  const [one, ...others] = desk.fake.records.of("notes");
  expect(others).toEqual([]);
  expect(one?.properties["hs_note_body"]).toBe(
    "&lt;b&gt;Walk&lt;/b&gt;: confirmed [fjord/1201/note:1]",
  );
  expect(desk.fake.records.associated(`notes/${one?.id ?? ""}`, "deals")).toEqual([dealId]);
});

describe("a note that HubSpot refuses", () => {
  const refusal = answer(400, { category: "VALIDATION_ERROR", message: "no such association" });

  async function deskWithNote() {
    const desk = new Desk();
    const contactId = await idOf(desk.putContact(ANNA));
    const dealId = await idOf(desk.putDeal({ ...DEAL, contactId }));
    const note: Note = { key: "n1", text: "confirmed", contactId, dealId, mayExist: false };
    return { desk, note, ...{ contactId, dealId } };
  }

  it.each([
    ["not there", undefined],
    ["no association with it", refusal],
  ])("the contact was deleted, and HubSpot calls it %s: there is no note", async (_, instead) => {
    const { desk, note, contactId } = await deskWithNote();
    desk.fake.records.remove(contactId);
    if (instead) desk.fake.instead.push(instead);

    expect(await writeNote(note, desk.context)).toBe("gone");
  });

  it("the deal was deleted: the contact gets it all the same", async () => {
    const { desk, note, contactId, dealId } = await deskWithNote();
    desk.fake.records.remove(dealId);

    await writeNote(note, desk.context);

    const [one] = desk.fake.records.of("notes");
    expect(desk.fake.records.associated(`notes/${one?.id ?? ""}`, "contacts")).toEqual([contactId]);
  });

  it("and both are there: it needs somebody", async () => {
    const { desk, note } = await deskWithNote();
    desk.fake.instead.push(refusal);

    expect((await failureOf(writeNote(note, desk.context))).kind).toBe("permanent");
  });
});
