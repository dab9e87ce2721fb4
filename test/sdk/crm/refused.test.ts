import { expect, it } from "vitest";

import type { Booking } from "../../../src/sdk/booking.ts";
import { crmParts, type CrmTarget } from "../../../src/sdk/crm.ts";
import { checkContext, CrmDesk } from "../../../src/sdk/testing.ts";
import { ToyConfig, ToyCrm, toyIntegration } from "./toy-target.ts";

const BOOKING: Booking = {
  ...{ connection: "fjord", reference: "1", version: 1, status: "confirmed" },
  customer: { firstName: "Anna", lastName: "Berg", email: "anna@example.com" },
};

it("what the other side refuses is skipped in its words, and asked for once", async () => {
  const toy = new ToyCrm();
  const honest = toy.target();
  let asked = 0;
  const put = () => {
    asked += 1;
    return Promise.resolve({ refused: "has asked to be forgotten" });
  };
  const target: CrmTarget<ToyConfig> = { ...honest, contacts: { ...honest.contacts, put } };
  const desk = new CrmDesk({
    integration: { ...toyIntegration(toy), ...crmParts(target) },
    ...{ http: checkContext({}).http, config: ToyConfig.parse({}), dataFolder: "/nowhere" },
  });
  const event = desk.note(BOOKING);

  const first = await desk.handle(event);
  await desk.handle(event);

  expect(first[0]).toEqual({ skipped: "has asked to be forgotten" });
  expect(asked).toBe(1);
});
