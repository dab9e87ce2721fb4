import { expect, it } from "vitest";

import type { SimulatedAnswer } from "#sdk";

import { ANNA, answer, Desk, failureOf } from "./testing.ts";

/** What comes of a contact whose first call is answered so. */
async function met(instead: SimulatedAnswer) {
  const desk = new Desk();
  desk.fake.instead.push(instead);
  return failureOf(desk.putContact(ANNA));
}

it.each([
  ["ten seconds' calls", { policyName: "TEN_SECONDLY_ROLLING" }, {}, 10_000],
  ["searches of a second", { policyName: "SECONDLY" }, {}, 1_000],
  ["calls, and HubSpot says how long", { policyName: "SECONDLY" }, { "retry-after": "7" }, 7_000],
  ["calls, without a word", {}, {}, 10_000],
])("too many %s: everybody waits a little", async (_, body, headers, retryAfterMs) => {
  const failure = await met(answer(429, body, headers));

  expect(failure).toMatchObject({ kind: "retryable", retryAfterMs, mayHaveHappened: false });
});

it("a thing of a batch that met the limit waits as well", async () => {
  const body = { results: [], errors: [{ category: "RATE_LIMITS", status: "error" }] };

  expect(await met(answer(207, body))).toMatchObject({ kind: "retryable", retryAfterMs: 10_000 });
});

it("when the day's calls are used up, it says so and looks again every hour", async () => {
  const failure = await met(answer(429, { policyName: "DAILY" }));

  expect(failure).toMatchObject({ kind: "retryable", retryAfterMs: 3_600_000 });
  expect(failure.message).toContain("today's calls of the account are used up");
});

it("the account's limit is met as HubSpot counts it", async () => {
  const desk = new Desk();
  desk.fake.perTenSeconds = 1;
  await desk.putContact(ANNA);

  expect(await failureOf(desk.putContact(ANNA))).toMatchObject({ kind: "retryable" });
  desk.fake.nowMs += 10_000;
  expect(await desk.putContact(ANNA)).toMatchObject({ externalId: "101" });
});

it("a token that is refused waits for the settings, and is not told", async () => {
  const desk = new Desk({ token: "pat-eu1-wrong" });

  const failure = await failureOf(desk.putContact(ANNA));

  expect(failure.kind).toBe("configuration");
  expect(failure.message).not.toContain("pat-eu1-wrong");
  expect(desk.log.lines.join()).not.toContain("pat-eu1-wrong");
});

it("a scope that is missing is named", async () => {
  const desk = new Desk();
  desk.fake.missingScopes.add("crm.objects.contacts.write");

  const failure = await failureOf(desk.putContact(ANNA));

  expect(failure.kind).toBe("configuration");
  expect(failure.message).toContain("the scope crm.objects.contacts.write");
});

it("a property that is missing is named", async () => {
  const desk = new Desk();
  const { properties } = desk.fake.records;
  properties.contacts = properties.contacts.filter(({ name }) => name !== "bellhop_spent");

  const failure = await failureOf(desk.putContact(ANNA));

  expect(failure.kind).toBe("configuration");
  expect(failure.message).toContain("no property bellhop_spent");
});

it("what a guest has written is in no message", async () => {
  const desk = new Desk();

  const failure = await failureOf(desk.putContact({ ...ANNA, email: "anna@@example" }));

  expect(failure.kind).toBe("permanent");
  expect(failure.message).toContain("email: INVALID_EMAIL");
  expect(failure.message).not.toContain("anna@@example");
});

it.each([500, 502, 423, 477])("%s is tried again, and may have got through", async (status) => {
  expect(await met(answer(status))).toMatchObject({ kind: "retryable", mayHaveHappened: true });
});

it("an answer that is none is tried again", async () => {
  expect(await met({ status: 200, body: "<html>" })).toMatchObject({ kind: "retryable" });
});
