import { tmpdir } from "node:os";

import { afterAll, beforeAll, describe } from "vitest";

import {
  checkContext,
  checkCrmTarget,
  type CrmConformance,
  hasPrograms,
  isLongRun,
} from "#sdk/testing";

import type { DavConfig } from "./config.ts";
import integration from "./index.ts";
import { davTarget } from "./target.ts";
import { change, makeAddressBook, removeAt } from "./testing/office.ts";
import { type DavServer, PASSWORD, startRadicale, startXandikos, USER } from "./testing/servers.ts";

/** A process dies around each call in turn, so the story is told many times. */
const KILLED = ["a new guest"];
const SECOND_OPINION = [
  "a new guest",
  "the same guest again",
  "names in three scripts",
  "hostile texts",
  "edited by the office",
  "deleted by the office, and told again",
  "erased here",
];

const shared: Omit<CrmConformance<DavConfig>, "settings"> = {
  integration,
  target: davTarget,
  http: checkContext({}).http,
  dataFolder: tmpdir,
  keeps: [
    ...(["name", "email", "phone", "language", "company", "tags", "consent"] as const),
    ...(["bookings", "spent", "firstBookedOn", "lastBookedOn", "nextStayOn"] as const),
  ],
  office: {
    edit: (url, phone) => change(url, (text) => text.replace(/^TEL.*$/m, `TEL:${phone}`)),
    remove: removeAt,
    merge: removeAt,
  },
  cannot: { "the guest has left the list": "an address book is no list" },
};

describe.runIf(hasPrograms("radicale", "htpasswd"))("on a real Radicale", () => {
  let server: DavServer;
  let addressBookUrl: string;
  beforeAll(async () => {
    server = await startRadicale();
    addressBookUrl = await makeAddressBook(`${server.home}guests/`);
  });
  afterAll(() => server.stop());

  checkCrmTarget({
    ...shared,
    settings: () => ({ addressBookUrl, user: USER, password: PASSWORD }),
    killed: (title) => isLongRun() || KILLED.includes(title),
  });
});

describe.runIf(hasPrograms("xandikos"))("on a real Xandikos", () => {
  let server: DavServer;
  beforeAll(async () => {
    server = await startXandikos();
  });
  afterAll(() => server.stop());

  checkCrmTarget({
    ...shared,
    // The server's address alone: the address book is found.
    settings: () => ({ addressBookUrl: server.url, user: USER, password: PASSWORD }),
    told: (title) => isLongRun() || SECOND_OPINION.includes(title),
    killed: isLongRun,
  });
});
