import { expect, it } from "vitest";

import type { Booking } from "../../../src/sdk/booking.ts";
import { contactOf } from "../../../src/sdk/crm/contact-of.ts";
import { ToyConfig } from "./toy-target.ts";

const SETTINGS = ToyConfig.parse({ consentItem: "news", subscribe: "consent" });

function booking(reference: string, email: string, news?: string): Booking {
  return {
    ...{ connection: "fjord", reference, version: 1, status: "confirmed" },
    customer: { firstName: "Bert", lastName: "Berg", email },
    ...(news !== undefined && { custom: { news } }),
  };
}

function consentIn(bookings: Booking[], email = "bert@own.example", sharers: Booking[][] = []) {
  const person = { id: "p", bookings, email, isEmailShared: false, sharers };
  const { consent, maySubscribe } = contactOf(person, SETTINGS, 0) ?? {};
  return [consent, maySubscribe];
}

it("nobody is subscribed on the consent that came with another address", () => {
  const anna = booking("1", "family@x.example", "yes");
  const bert = booking("2", "bert@own.example");

  expect(consentIn([anna, bert])).toEqual(["unknown", false]);
  expect(consentIn([anna, bert], "family@x.example")).toEqual(["yes", true]);
});

it("an address is the same in any spelling", () => {
  expect(consentIn([booking("1", " Bert@Own.example", "Yes")])).toEqual(["yes", true]);
});

it("a no with any address counts after the last yes, and another address's yes does not undo it", () => {
  const [yes, no] = [booking("1", "bert@own.example", "yes"), booking("2", "old@x.example", "no")];
  const other = booking("3", "family@x.example", "yes");

  expect(consentIn([yes, no, other])).toEqual(["no", false]);
  expect(consentIn([no, yes])).toEqual(["yes", true]);
});

it("a no of somebody else behind the address counts until it is taken back, a yes never", () => {
  const yes = booking("1", "bert@own.example", "yes");
  const silent = booking("1", "bert@own.example");
  const theirs = (...answers: string[]) =>
    answers.map((answer, index) => booking(`o${index}`, "bert@own.example", answer));
  const told = (own: Booking, ...sharers: Booking[][]) => consentIn([own], undefined, sharers);

  expect(told(yes, theirs("no"))).toEqual(["no", false]);
  expect(told(yes, theirs("yes"), theirs("yes", "no"))).toEqual(["no", false]);
  expect(told(yes, theirs("no", "yes"))).toEqual(["yes", true]);
  expect(told(silent, theirs("yes"))).toEqual(["unknown", false]);
});

it("an empty answer of the booking does not hide the guest's own", () => {
  const empty = booking("2", "bert@own.example", " ");
  const withNo = { ...empty, customer: { ...empty.customer, custom: { news: "no" } } };

  expect(consentIn([booking("1", "bert@own.example", "yes"), withNo])).toEqual(["no", false]);
});
