import { describe, expect, it } from "vitest";

import { kindOf, messageOf, type SimulatedAnswer, type SimulatedRequest } from "#sdk";

import { DEPOSIT, INVOICE, Office } from "./testing.ts";
import { FakeXero } from "./testing/fake-xero.ts";

async function failureOf(promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  const { mayHaveHappened, retryAfterMs } = Object(error) as Record<string, unknown>;
  return { kind: kindOf(error), message: messageOf(error), mayHaveHappened, retryAfterMs };
}

const answer = (
  status: number,
  headers: Record<string, string> = {},
  body = "",
): SimulatedAnswer => ({ status, headers, body });

/** What comes of a document when its first call, a look for the contact, is answered so. */
async function met(...answers: SimulatedAnswer[]) {
  const office = new Office();
  office.fake.instead.push(...answers);
  return { office, failure: await failureOf(office.post(INVOICE)) };
}

it("a token that ends is replaced once, and the call is made again", async () => {
  const office = new Office();
  office.fake.ended.add("token-1");

  await office.post(INVOICE);

  expect(office.fake.exchanges.map(({ status }) => status)).toEqual([401, 200, 200, 200, 200]);
});

it("a fresh token that is refused too needs a person", async () => {
  const { office, failure } = await met(answer(401), answer(401));

  expect(failure).toMatchObject({ kind: "configuration", mayHaveHappened: false });
  expect(failure.message).toContain("connect again");
  expect(office.fake.calls).toBe(2);
});

it("an organisation that is not connected needs a person", async () => {
  const office = new Office({ tenantId: "22222222-2222-4222-8222-222222222222" });

  const failure = await failureOf(office.post(INVOICE));

  expect(failure.kind).toBe("configuration");
  expect(failure.message).toContain("has not been connected");
});

it.each([
  [
    "the minute's calls are used up",
    { "retry-after": "17", "x-rate-limit-problem": "minute" },
    17_000,
  ],
  ["too many at once", { "x-rate-limit-problem": "concurrent" }, 60_000],
  [
    "the day's calls are used up",
    { "retry-after": "40000", "x-rate-limit-problem": "day" },
    40_000_000,
  ],
  ["the day's, without a time", { "x-rate-limit-problem": "day" }, 3_600_000],
  ["without a word", {}, 60_000],
])("%s: everybody waits as long as Xero asks", async (_, headers, retryAfterMs) => {
  const { failure } = await met(answer(429, headers));

  expect(failure).toMatchObject({ kind: "retryable", retryAfterMs, mayHaveHappened: false });
});

it.each([500, 502, 503, 408])(
  "an answer %i before anything was written changes nothing",
  async (status) => {
    const { failure } = await met(answer(status));

    expect(failure).toMatchObject({ kind: "retryable", mayHaveHappened: false });
  },
);

it("whatever fails after something was written is looked for first", async () => {
  for (const [status, kind] of [
    [503, "retryable"],
    [429, "retryable"],
    [403, "configuration"],
  ] as const) {
    const office = new Office();
    const real = (request: SimulatedRequest) =>
      FakeXero.prototype.answer.call(office.fake, request);
    office.fake.answer = (request) => (request.method === "POST" ? answer(status) : real(request));

    const failure = await failureOf(office.post(INVOICE));

    expect(failure).toMatchObject({ kind, mayHaveHappened: true });
  }
});

it("a refusal is told in Xero's words, and needs a person", async () => {
  const office = new Office();
  office.fake.books.organisation["PeriodLockDate"] = "2026-03-31";

  const failure = await failureOf(office.post(DEPOSIT));

  expect(failure).toMatchObject({ kind: "permanent" });
  expect(failure.message).toBe(
    "Xero refuses PUT BankTransactions: The document date cannot be before the period lock date",
  );
});

it("a refusal inside of an answer that says 200 is one", async () => {
  const office = new Office();
  const real = (request: SimulatedRequest) => FakeXero.prototype.answer.call(office.fake, request);
  const ValidationErrors = [{ Message: "Account code '200' has been archived" }];
  const body = JSON.stringify({ Invoices: [{ HasErrors: true, ValidationErrors }] });
  office.fake.answer = (request) =>
    request.url.includes("/Invoices?") ? answer(200, {}, body) : real(request);

  const failure = await failureOf(office.post(INVOICE));

  expect(failure.message).toBe("Xero refuses PUT Invoices: Account code '200' has been archived");
});

it("what is no JSON is no answer", async () => {
  const { failure } = await met(answer(200, {}, "<html>"));

  expect(failure).toMatchObject({ kind: "retryable" });
});

describe("60 calls a minute", () => {
  it("are kept: a document is not begun when too few are left, and everybody waits", async () => {
    const office = new Office();
    office.fake.limit();
    const failures: unknown[] = [];
    let posted = 0;

    while (posted < 40) {
      const key = `invoice:${posted + 1}`;
      const failure = await failureOf(office.post({ ...INVOICE, key }));
      if (failure.kind === undefined) posted += 1;
      else {
        failures.push(failure.mayHaveHappened);
        office.fake.nowMs += Number(failure.retryAfterMs);
      }
    }

    expect(failures.length).toBeGreaterThan(1);
    expect(failures.every((mayHaveHappened) => mayHaveHappened === false)).toBe(true);
    expect(office.fake.exchanges.every(({ status }) => status === 200)).toBe(true);
  });

  it("few that are left of the day are told", async () => {
    const office = new Office();
    office.fake.perDay = 100;

    await office.post(INVOICE);

    expect(office.log.lines.join("\n")).toContain("few calls are left today");
  });
});

it("keys are short, the same for the same words, and others for others", async () => {
  const keyOf = async (number: string, title: string) => {
    const office = new Office();
    await office.post(DEPOSIT, { number, title });
    const { request } = office.fake.exchanges.at(-1) ?? {};
    return request?.headers["idempotency-key"] ?? "";
  };
  const long = `fjord/${"9".repeat(150)}/deposit:1`;

  const keys = await Promise.all([
    ...[keyOf("fjord/1201/deposit:1", "Walk"), keyOf("fjord/1201/deposit:1", "Walk")],
    ...[
      keyOf("fjord/1201/deposit:1", "Tour"),
      keyOf(long, "Walk"),
      keyOf("fjørd/1/deposit:1", "x"),
    ],
  ]);

  expect(keys[0]).toBe(keys[1]);
  expect(new Set(keys).size).toBe(4);
  for (const key of keys) expect(key).toMatch(/^[\x20-\x7e]{20,128}$/);
});

it("neither tokens nor secrets nor guests are in the log", async () => {
  const office = new Office();
  office.fake.perDay = 10;
  await office.post(INVOICE);

  expect(office.log.lines.join("\n")).not.toMatch(/token-\d|app-secret|Berg|kari@/);
});
