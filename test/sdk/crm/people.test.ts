import { describe, expect, it } from "vitest";

import { crmParts, type CrmTarget } from "../../../src/sdk/crm.ts";
import type { Handler } from "../../../src/sdk/integration.ts";
import { checkContext, CrmDesk } from "../../../src/sdk/testing.ts";
import { booking, deskOf } from "./toy-desk.ts";
import { ToyConfig, ToyCrm, toyIntegration } from "./toy-target.ts";

describe("erasing a person", () => {
  it("reaches the contact once, and says when there is nothing", async () => {
    const toy = new ToyCrm();
    const desk = deskOf(toy);
    await desk.see(booking("1"));
    const person = await desk.personOf(booking("1"));

    expect(await desk.erase(person)).toEqual({ done: "Erased the contact" });
    expect(await desk.erase(person)).toEqual({ skipped: "nothing is kept of the guest" });
    expect(toy.contacts.size).toBe(0);
  });

  it("of somebody who was never there, it does not claim to have erased anybody", async () => {
    const desk = deskOf(new ToyCrm());
    const nobody = { id: "nobody", email: "nobody@example.com", isEmailShared: false };

    expect(await desk.erase(nobody)).toEqual({ skipped: "nothing is kept of the guest" });
    expect(await desk.erase(nobody)).toEqual({ skipped: "nothing is kept of the guest" });
  });

  it("finds what the office keeps under the address, also of somebody never written there", async () => {
    const toy = new ToyCrm();
    toy.make(toy.contacts, { name: "Anna", email: "anna@example.com" });

    await deskOf(toy).erase({ id: "somebody", email: "anna@example.com", isEmailShared: false });

    expect(toy.contacts.size).toBe(0);
  });

  it("leaves the contact alone whose address the person shares", async () => {
    const toy = new ToyCrm();
    toy.make(toy.contacts, { name: "Anna", email: "anna@example.com" });

    await deskOf(toy).erase({ id: "bert", email: "anna@example.com", isEmailShared: true });

    expect(toy.contacts.size).toBe(1);
  });
});

it("what a target holds of a person is told", async () => {
  const toy = new ToyCrm();
  const desk = deskOf(toy);
  await desk.see(booking("1"));
  const { people, handlers } = toyIntegration(toy);
  const event = desk.note(booking("1"));
  const context = desk.contextOf(handlers?.[0] as Handler<ToyConfig>, event);

  const { id } = await desk.personOf(booking("1"));
  const person = { id, email: "anna@example.com", isEmailShared: false };

  expect(await people?.export?.(person, context)).toMatchObject({ name: "Anna Berg" });
  expect(await people?.export?.({ id: "nobody", isEmailShared: false }, context)).toBeUndefined();
});

describe("what was written to another server than that of the settings now", () => {
  /** Ids of the toy are r1, r2, …: the first is on the old server, where nobody may go. */
  function movedFrom(toy: ToyCrm, old: string): CrmTarget<ToyConfig> {
    const whole = toy.target();
    const { contacts } = whole;
    const assertHere = (id: string | undefined) => {
      if (id === old) throw new Error("the old server was called");
    };
    return {
      contacts: {
        ...contacts,
        isReachable: ({ externalId }) => externalId !== old,
        put(put, context) {
          assertHere(put.known?.externalId);
          return contacts.put(put, context);
        },
        erase(known, context) {
          assertHere(known.externalId);
          return contacts.erase(known, context);
        },
      },
      read: whole.read.bind(whole),
    };
  }

  it("is made here though nothing has changed, once, and named when the guest is erased", async () => {
    const toy = new ToyCrm();
    const integration = { ...toyIntegration(toy), ...crmParts(toy.target()) };
    const { http } = checkContext({});
    const parts = { integration, http, config: ToyConfig.parse({}), dataFolder: "/nowhere" };
    const desk = new CrmDesk(parts);
    await desk.see(booking("1"));
    toy.contacts.clear();

    parts.integration = { ...toyIntegration(toy), ...crmParts(movedFrom(toy, "r1")) };
    for (const version of [2, 3]) await desk.see(booking("1", { version }));

    expect([...toy.contacts.values()]).toMatchObject([{ fields: { name: "Anna Berg" } }]);
    const erased = desk.erase(await desk.personOf(booking("1")));
    await expect(erased).rejects.toThrow(
      "out of reach of the settings, erase it there by hand: r1",
    );
    expect(toy.contacts.size).toBe(0);
    const again = await desk.erase(await desk.personOf(booking("1")));
    expect(again).toEqual({ skipped: "nothing is kept of the guest" });
  });
});
