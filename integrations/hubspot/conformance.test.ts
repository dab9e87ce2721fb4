import { checkCrmTarget } from "#sdk/testing";

import integration from "./index.ts";
import { hubspot } from "./target.ts";
import { FakeHubSpot, TOKEN } from "./testing/fake-hubspot.ts";

const fake = new FakeHubSpot();
const { records } = fake;

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
  settings: () => ({ token: TOKEN }),
  office: {
    edit: (id, phone) => Promise.resolve(void records.change(records.all.get(id)!, { phone })),
    remove: (id) => Promise.resolve(records.remove(id)),
    merge: (id, into) => Promise.resolve(records.merge(into, id)),
  },
  hasUniqueEmails: true,
  keeps: [
    ...(["name", "email", "phone", "language", "country", "company", "bookings"] as const),
    ...(["spent", "firstBookedOn", "lastBookedOn", "nextStayOn", "tags", "consent"] as const),
  ],
  cannot: {
    "the guest has left the list": "HubSpot's subscriptions are its own: Bellhop subscribes nobody",
  },
});
