import { beforeEach } from "vitest";

import { checkAccountingTarget, memoryTokens } from "#sdk/testing";

import integration from "./index.ts";
import { xero } from "./target.ts";
import { SETTINGS } from "./testing/chart.ts";
import { FakeXero, TENANT } from "./testing/fake-xero.ts";

let fake = new FakeXero();
beforeEach(() => {
  fake = new FakeXero();
  // Whatever was broken off is found by looking, as half an hour later.
  fake.remembersKeys = false;
});

const KILLED = [
  "another guest",
  "cancelled, and a fee is kept",
  "overpaid, and given back",
  "a part is given back",
  "invoiced at booking, and the day",
  "a payment that becomes known",
  "two cents",
  "a booking of an agent's month",
];

checkAccountingTarget({
  integration,
  target: xero,
  http: { send: (request) => fake.http.send(request) },
  tokens: memoryTokens({ tenantId: TENANT }),
  dataFolder: () => "/nowhere",
  settings: () => ({ ...SETTINGS, documents: "final" }),
  // Every document is broken off at every call in kill.test.ts: here, what several come to.
  killed: (title) => KILLED.some((beginning) => title.startsWith(beginning)),
  cannot: {
    "dinars of a thousand fils": "Xero keeps two decimals of every amount",
  },
});
