import { describe, expect, it } from "vitest";

import type { Booking, Customer } from "../../../src/sdk/booking.ts";
import {
  guestEmail,
  guestPhone,
  isBlank,
  personKeys,
  strongestKey,
} from "../../../src/sdk/people/person-keys.ts";

function booking(customer: Customer, parts: Partial<Booking> = {}): Booking {
  return {
    ...{ connection: "fjord", reference: "1201", version: 1, status: "confirmed" },
    customer,
    ...parts,
  };
}

it("a guest is known by address, number and customer number, in this order", () => {
  const guest = booking({ id: "17", email: " Anna@Example.com ", phone: "900 00 000" });

  expect(personKeys(guest, { country: "NO" })).toEqual([
    { kind: "email", text: "anna@example.com" },
    { kind: "phone", text: "+4790000000" },
    { kind: "customer", text: "fjord:17" },
  ]);
});

it("a name alone tells nobody apart, so each such booking has a guest of its own", () => {
  const [one, other] = [booking({ name: "Anna Berg" }), booking({ name: "Anna Berg" })];

  expect(personKeys(one)).toEqual([]);
  expect(strongestKey(one)).toBe(strongestKey(other));
  expect(strongestKey({ ...other, reference: "1202" })).not.toBe(strongestKey(one));
});

it("the hash of a key is short and shows nothing of it", () => {
  expect(strongestKey(booking({ email: "anna@example.com" }))).toMatch(/^[0-9a-f]{24}$/);
});

describe("an address", () => {
  it.each([
    ["anna@example.com", "anna@example.com"],
    ["ANNA@EXAMPLE.COM", "anna@example.com"],
    ["anna@guest.booking.com", undefined],
    ["anna-1a2b@m.expediapartnercentral.com", undefined],
    ["x9k2@guest.airbnb.com", undefined],
    ["relay-1@expmessaging.tripadvisor.com", undefined],
    ["anna@notviator.com", "anna@notviator.com"],
    ["anna@mail.reseller.example", undefined],
    ["no-reply@example.com", undefined],
    ["anna@example", undefined],
    ["anna@example.com, ola@example.com", undefined],
    ["Anna <anna@example.com>", undefined],
    ["", undefined],
  ])("%s is the guest's as %s", (email, expected) => {
    expect(guestEmail(booking({ email }), { relayDomains: ["Reseller.example"] })).toBe(expected);
  });

  it("of the agent is not the guest's", () => {
    const agent = { name: "Reisen", email: "Post@reisen.example" };

    expect(guestEmail(booking({ email: "post@reisen.example" }, { agent }))).toBeUndefined();
    expect(guestEmail(booking({ email: "anna@example.com" }, { agent }))).toBe("anna@example.com");
  });
});

describe("a number", () => {
  it.each([
    ["+47 900 00 000", undefined, undefined, "+4790000000"],
    ["900 00 000", "NO", undefined, "+4790000000"],
    ["900 00 000", "no", "DE", "+4790000000"],
    ["900 00 000", undefined, "NO", "+4790000000"],
    ["900 00 000", "Norway", "NO", "+4790000000"],
    ["900 00 000", undefined, undefined, undefined],
    ["12", "NO", undefined, undefined],
    ["call me", "NO", undefined, undefined],
    ["00000000", "NO", undefined, undefined],
    ["+47 11 11 11 11", undefined, undefined, undefined],
    ["0123456789", "DE", undefined, undefined],
    ["12345678", "NO", undefined, undefined],
  ])("%s of a guest from %s, at a connection of %s, is %s", (phone, country, home, expected) => {
    const guest = booking({ phone, ...(country !== undefined && { country }) });

    expect(guestPhone(guest, home === undefined ? {} : { country: home })).toBe(expected);
  });
});

it("a guest is blank when nothing is shown of them but a customer number", () => {
  expect(isBlank(booking({ id: "17", name: " ", email: "" }))).toBe(true);
  expect(isBlank(booking({ phone: "12" }))).toBe(false);
  const { connection, reference, version, status } = booking({});
  expect(isBlank({ connection, reference, version, status })).toBe(true);
});
