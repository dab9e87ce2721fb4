import type { Booking } from "../../../src/sdk/booking.ts";
import { crmParts } from "../../../src/sdk/crm.ts";
import { checkContext, CrmDesk } from "../../../src/sdk/testing.ts";
import { ToyConfig, type ToyCrm, toyIntegration } from "./toy-target.ts";

export const ANNA = { id: "7", firstName: "Anna", lastName: "Berg", email: "anna@example.com" };

/** Of Anna, unless the parts say otherwise. */
export function booking(reference: string, parts: Partial<Booking> = {}): Booking {
  return {
    ...{ connection: "fjord", reference, version: 1, status: "confirmed", customer: ANNA },
    madeAt: "2026-03-01T10:00:00Z",
    ...parts,
  };
}

/** The handlers of a target at work, without a store. */
export function deskOf(toy: ToyCrm, target = toy.target(), settings = {}): CrmDesk<ToyConfig> {
  const integration = { ...toyIntegration(toy), ...crmParts(target) };
  const { http } = checkContext({});
  return new CrmDesk({
    ...{ integration, http, config: ToyConfig.parse(settings), dataFolder: "/nowhere" },
  });
}
