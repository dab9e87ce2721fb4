import { checkCrmTarget, isLongRun } from "#sdk/testing";

import integration from "./index.ts";
import { hubspot } from "./target.ts";
import { UNPACED } from "./testing.ts";
import { FakeHubSpot, TOKEN } from "./testing/fake-hubspot.ts";

const fake = new FakeHubSpot();
const { records } = fake;

/** Every call is broken off in these, in a long run in all: between them they make every kind of call. */
const KILLED = [
  "a new guest",
  "another guest takes the booking over",
  "an agent books for a guest",
  "two guests share an address",
  "edited by the office",
  "merged by the office",
  "erased here, and booked again",
];

checkCrmTarget({
  integration,
  // Read some time later: the search lags behind.
  target: {
    ...hubspot,
    read: (mark, context) => {
      records.index();
      return hubspot.read(mark, context);
    },
  },
  http: fake.http,
  dataFolder: () => "/nowhere",
  settings: () => ({ token: TOKEN, callsInTenSeconds: UNPACED }),
  office: {
    edit: (id, phone) => {
      const contact = records.byId("contacts", id);
      if (contact) records.change(contact, { phone });
      return Promise.resolve();
    },
    remove: (id) => {
      records.remove(id);
      return Promise.resolve();
    },
    merge: (id, into) => {
      records.merge(into, id);
      return Promise.resolve();
    },
  },
  hasUniqueEmails: true,
  killed: (title) => isLongRun() || KILLED.includes(title),
  keeps: [
    ...(["name", "email", "phone", "language", "country", "company", "bookings"] as const),
    ...(["spent", "firstBookedOn", "lastBookedOn", "nextStayOn", "tags", "consent"] as const),
  ],
  cannot: {
    "the guest has left the list": "HubSpot's subscriptions are its own: Bellhop subscribes nobody",
  },
});
