import { describe, expect, it } from "vitest";

import { contacts } from "./contacts.ts";
import { hashOf } from "./members.ts";
import { mailchimp } from "./target.ts";
import { AGREED, ANNA, Desk, failureOf, known } from "./testing.ts";

const ANNAS = hashOf("anna@example.com");

it("a member is named by the MD5 of the address in lower case", () => {
  expect(hashOf("Urist.McVankab@freddiesjokes.com")).toBe("62eeb292278cc15f5817cb78f7790b08");
});

it("whoever has not agreed is kept, and not subscribed", async () => {
  const desk = new Desk();

  await desk.put(ANNA);

  expect(desk.fake.member("anna@example.com")?.status).toBe("transactional");
});

it("whoever agrees is subscribed, as a new member or as one that was never on the list", async () => {
  const [one, other] = [new Desk(), new Desk()];

  await one.put(AGREED);
  await other.put(ANNA);
  await other.putFound(AGREED);

  expect(one.fake.member("anna@example.com")?.status).toBe("subscribed");
  expect(other.fake.member("anna@example.com")?.status).toBe("subscribed");
});

describe("nobody who has left is put back", () => {
  it.each(["unsubscribed", "cleaned", "pending"])("%s", async (status) => {
    const desk = new Desk();
    desk.fake.add("anna@example.com", status);

    await desk.putFound(AGREED);

    expect(desk.fake.member("anna@example.com")).toMatchObject({ status });
    expect(desk.statusesSent()).toEqual([]);
  });

  it("archived: not even touched", async () => {
    const desk = new Desk();
    desk.fake.add("anna@example.com", "archived");

    const put = await desk.putFound(AGREED);

    expect(put).toEqual({ refused: expect.stringContaining("archived") as string });
    expect(desk.fake.member("anna@example.com")?.fields).toEqual({});
  });

  it("who leaves between two of our calls", async () => {
    const desk = new Desk();
    desk.fake.mishap = (call) => {
      if (call === 2) desk.fake.add("anna@example.com", "unsubscribed");
      return undefined;
    };

    await desk.put(AGREED);

    expect(desk.fake.member("anna@example.com")?.status).toBe("unsubscribed");
    expect(desk.statusesSent()).toEqual([]);
  });

  it("who was deleted for good: said in words, and not tried again", async () => {
    const desk = new Desk();
    desk.fake.forgotten.add(ANNAS);

    expect(await desk.put(AGREED)).toEqual({
      refused: expect.stringContaining("by a form of Mailchimp's") as string,
    });
  });

  it("who is in a compliance state: said in words, and not tried again", async () => {
    const desk = new Desk();
    desk.fake.add("anna@example.com", "transactional");
    desk.fake.mishap = (call) => {
      if (call === 2) desk.fake.add("anna@example.com", "unsubscribed");
      return undefined;
    };

    expect(await desk.put(AGREED, known(ANNAS))).toEqual({
      refused: expect.stringContaining("whom it knows to have left it") as string,
    });
  });
});

it.each([
  ["subscribed", "unsubscribed"],
  ["pending", "unsubscribed"],
  ["transactional", "transactional"],
  ["cleaned", "cleaned"],
])("consent is taken back by who is %s: %s", async (before, after) => {
  const desk = new Desk();
  desk.fake.add("anna@example.com", before);

  await desk.putFound({ ...ANNA, consent: "no" });

  expect(desk.fake.member("anna@example.com")?.status).toBe(after);
});

it("no word about the list changes nothing about it", async () => {
  const desk = new Desk();
  desk.fake.add("anna@example.com", "subscribed");

  await desk.putFound(ANNA);

  expect(desk.fake.member("anna@example.com")?.status).toBe("subscribed");
});

it("tags of the settings are put on and former ones taken off, others are left", async () => {
  const desk = new Desk({ tags: ["guest", "walk"], formerTags: ["summer"] });
  const member = desk.fake.add("anna@example.com", "subscribed");
  for (const name of ["summer", "vip", "walk"]) member.tags.add(name);

  await desk.putFound(ANNA);

  expect([...member.tags].toSorted()).toEqual(["guest", "vip", "walk"]);
});

describe("a new address that is a member already", () => {
  const MOVED = { ...ANNA, email: "new@example.com" };

  it.each([
    ["subscribed", "archived"],
    ["pending", "archived"],
    ["transactional", "archived"],
    ["unsubscribed", "unsubscribed"],
    ["cleaned", "cleaned"],
  ])("leads to that one, and the old one that is %s: %s", async (before, after) => {
    const desk = new Desk();
    desk.fake.add("anna@example.com", before);
    desk.fake.add("new@example.com", "subscribed");

    expect(await desk.put(MOVED, known(ANNAS))).toBe("gone");
    expect(desk.fake.member("anna@example.com")?.status).toBe(after);
    expect(desk.fake.member("new@example.com")?.status).toBe("subscribed");
  });

  it("is archived: the old one is left as it is, in words, and nobody comes back", async () => {
    const desk = new Desk();
    desk.fake.add("anna@example.com", "subscribed");
    desk.fake.add("new@example.com", "archived");

    expect(await desk.put(MOVED, known(ANNAS))).toEqual({
      refused: expect.stringContaining("the old one is left as it is") as string,
    });
    expect(desk.fake.member("anna@example.com")?.status).toBe("subscribed");
    expect(desk.fake.member("new@example.com")?.status).toBe("archived");
  });

  it("and back again: the guest keeps the one that is in use, and may still say no there", async () => {
    const desk = new Desk();
    desk.fake.add("anna@example.com", "subscribed");
    desk.fake.add("new@example.com", "subscribed");
    const moved = known(hashOf("new@example.com"));
    await desk.put(MOVED, known(ANNAS));

    expect(await desk.put(AGREED, moved)).toHaveProperty("refused");
    expect(desk.fake.member("new@example.com")?.status).toBe("subscribed");
    expect(await desk.put({ ...ANNA, consent: "no" }, moved)).toHaveProperty("refused");
    expect(desk.fake.member("new@example.com")?.status).toBe("unsubscribed");
    expect(desk.fake.member("anna@example.com")?.status).toBe("archived");
  });
});

it("a no counts, also when the rest is refused", async () => {
  const desk = new Desk();
  desk.fake.add("anna@example.com", "subscribed");
  const fake = { ...ANNA, consent: "no" as const, email: "x@fake.example.com" };

  await desk.put(fake, known(ANNAS));

  expect(desk.fake.member("anna@example.com")?.status).toBe("unsubscribed");
});

it.each([
  ["subscribed", "unsubscribed"],
  ["pending", "unsubscribed"],
  ["transactional", "transactional"],
  ["archived", "archived"],
])("taken off without the address: who is %s is %s then", async (before, after) => {
  const desk = new Desk();
  desk.fake.add("anna@example.com", before);

  await contacts.takeOff?.({ externalId: ANNAS }, desk.context);
  await contacts.takeOff?.({ externalId: hashOf("nobody@example.com") }, desk.context);

  expect(desk.fake.member("anna@example.com")?.status).toBe(after);
});

it("an address that Mailchimp takes for a false one is left out, in words", async () => {
  const put = await new Desk().put({ ...ANNA, email: "x@fake.example.com" });

  expect(put).toEqual({ refused: expect.stringContaining("does not exist") as string });
});

it("without an address, or with somebody else's, there is no member", () => {
  const { config } = new Desk().context;
  const { person, name, bookings, spent, tags, consent, maySubscribe } = ANNA;
  const nobody = { person, name, bookings, spent, tags, consent, maySubscribe };

  expect(contacts.fields({ ...nobody, isEmailShared: false }, config)).toBeUndefined();
  expect(contacts.fields({ ...ANNA, isEmailShared: true }, config)).toBeUndefined();
});

it("erased is erased for good, also when it is done twice", async () => {
  const desk = new Desk();
  await desk.put(ANNA);

  await contacts.erase({ externalId: ANNAS }, desk.context);
  await contacts.erase({ externalId: ANNAS }, desk.context);

  expect(desk.fake.forgotten.has(ANNAS)).toBe(true);
});

it("what is kept of a guest is read by the address", async () => {
  const desk = new Desk();
  await desk.put(AGREED);

  const { contacts: found } = await mailchimp.read("anna@example.com", desk.context);

  expect(found).toEqual([
    {
      ...{ externalId: ANNAS, email: "anna@example.com", name: "Anna Berg" },
      ...{ phone: "+4790000000", isSubscribed: true, tags: [] },
    },
  ]);
});

it("an audience that is not there waits for the settings", async () => {
  const failure = await failureOf(new Desk({ listId: "nope" }).put(ANNA));

  expect(failure.kind).toBe("configuration");
  expect(failure.message).toContain("no audience nope");
});
