import { expect, it } from "vitest";

import type { Booking } from "../../../src/sdk/booking.ts";
import type { CrmTarget } from "../../../src/sdk/crm.ts";
import { deskOf } from "./toy-desk.ts";
import { type ToyConfig, ToyCrm } from "./toy-target.ts";

const BOOKING: Booking = {
  ...{ connection: "fjord", reference: "1", version: 1, status: "confirmed" },
  customer: { firstName: "Anna", lastName: "Berg", email: "anna@example.com" },
};

it("what the other side refuses is skipped in its words, and asked for once", async () => {
  const toy = new ToyCrm();
  const whole = toy.target();
  let asked = 0;
  const put = () => {
    asked += 1;
    return Promise.resolve({ refused: "has asked to be forgotten" });
  };
  const target: CrmTarget<ToyConfig> = {
    contacts: { ...whole.contacts, put },
    read: (mark, context) => whole.read(mark, context),
  };
  const desk = deskOf(toy, target);
  const event = desk.note(BOOKING);

  const first = await desk.handle(event);
  await desk.handle(event);

  expect(first).toEqual([{ skipped: "has asked to be forgotten" }]);
  expect(asked).toBe(1);
});

it("a contact that refuses a change stays known: the next is tried on it, and erasing reaches it", async () => {
  const toy = new ToyCrm();
  const whole = toy.target();
  const target: CrmTarget<ToyConfig> = {
    contacts: {
      ...whole.contacts,
      put: (put, context) =>
        put.thing.email === "anna@exmaple.com"
          ? Promise.resolve({ refused: "does not take the address" })
          : whole.contacts.put(put, context),
    },
    read: (mark, context) => whole.read(mark, context),
  };
  const desk = deskOf(toy, target);
  const withEmail = (version: number, email: string): Booking => ({
    ...BOOKING,
    ...{ version, customer: { ...BOOKING.customer, id: "7", email } },
  });
  await desk.see(withEmail(1, "anna@example.com"));
  const refused = await desk.handle(desk.note(withEmail(2, "anna@exmaple.com")));
  for (const { fields } of toy.contacts.values()) fields["person"] = "";

  await desk.see(withEmail(3, "anna.berg@example.com"));

  expect(refused).toEqual([{ skipped: "does not take the address" }]);
  expect([...toy.contacts.values()].map(({ fields }) => fields["email"])).toEqual([
    "anna.berg@example.com",
  ]);
  // What the target is searched by has gone: only the ledger still knows it.
  for (const { fields } of toy.contacts.values()) Object.assign(fields, { person: "", email: "" });
  await desk.erase(await desk.personOf(withEmail(3, "anna.berg@example.com")));
  expect(toy.contacts.size).toBe(0);
});
