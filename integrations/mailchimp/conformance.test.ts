import { checkCrmTarget, isLongRun } from "#sdk/testing";

import integration from "./index.ts";
import { mailchimp } from "./target.ts";
import { API_KEY, FakeMailchimp, LIST } from "./testing/fake-mailchimp.ts";

const fake = new FakeMailchimp();

/** The audience of these tests shows everything. */
const MERGE_FIELDS = {
  ...{ FNAME: "firstName", LNAME: "lastName", PHONE: "phone", LANGUAGE: "language" },
  ...{ COUNTRY: "country", COMPANY: "company", BOOKINGS: "bookings", SPENT: "spent" },
  ...{ FIRST: "firstBookedOn", LAST: "lastBookedOn", NEXT: "nextStayOn", CONSENT: "consent" },
};
for (const tag of Object.keys(MERGE_FIELDS)) fake.mergeTags.add(tag);

function memberOf(hash: string) {
  const member = fake.members.get(hash);
  if (!member) throw new Error(`there is no member ${hash}`);
  return member;
}

/** Every call is broken off in these, in a long run in all: between them they make every kind of call. */
const KILLED = [
  "a new guest",
  "a guest whom the source knows by number changes the address",
  "edited by the office",
  "erased here, and told again",
  "consent is given with a later booking",
  "consent is withdrawn",
  "the guest has left the list",
];

const FORGOTTEN = "Mailchimp takes nobody back who was deleted for good; the job says so";

checkCrmTarget({
  integration,
  target: mailchimp,
  http: fake.http,
  dataFolder: () => "/nowhere",
  settings: () => ({ apiKey: API_KEY, listId: LIST, mergeFields: MERGE_FIELDS }),
  office: {
    edit: (id, phone) => {
      memberOf(id).fields["PHONE"] = phone;
      return Promise.resolve();
    },
    remove: (id) => {
      memberOf(id).status = "archived";
      return Promise.resolve();
    },
    leave: (id) => {
      memberOf(id).status = "unsubscribed";
      return Promise.resolve();
    },
  },
  needsEmail: true,
  hasUniqueEmails: true,
  killed: (title) => isLongRun() || KILLED.includes(title),
  cannot: {
    "merged by the office": "Mailchimp merges nobody",
    "deleted by the office, and wanted all the same": "whoever was archived may have left",
    "erased here, and booked again": FORGOTTEN,
  },
});
