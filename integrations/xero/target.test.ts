import { describe, expect, it } from "vitest";

import { kindOf, messageOf } from "#sdk";

import { APPLICATION, CREDIT_NOTE, DEPOSIT, INVOICE, Office, PAYMENT } from "./testing.ts";

async function failureOf(promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  const { mayHaveHappened, waitsAloneMs } = Object(error) as Record<string, unknown>;
  return { kind: kindOf(error), message: messageOf(error), mayHaveHappened, waitsAloneMs };
}

describe("an invoice", () => {
  it("is made as a draft, looked at, and approved", async () => {
    const office = new Office();

    const posted = await office.post(INVOICE);

    expect(office.calls()).toEqual([
      "GET Contacts",
      "PUT Contacts",
      "PUT Invoices",
      "POST Invoices/…",
    ]);
    expect(office.sent("PUT Invoices")).toMatchObject({
      Type: "ACCREC",
      InvoiceNumber: "fjord/1201/invoice:1",
      LineAmountTypes: "Inclusive",
      CurrencyCode: "EUR",
      DueDate: "2026-03-02",
      Status: "DRAFT",
      LineItems: [{ Quantity: 2, UnitAmount: 90, TaxAmount: 36, TaxType: "OUTPUT2" }],
    });
    expect(posted).toMatchObject({ number: "fjord/1201/invoice:1" });
    expect(await office.read()).toEqual({
      documents: [
        {
          ...{ number: "fjord/1201/invoice:1", kind: "invoice" },
          ...{ totalMinor: 18_000, openMinor: 18_000 },
        },
      ],
      balances: { receivable: 18_000, revenue: -14_400, tax: -3_600 },
    });
  });

  it("stays a draft until a person has approved it, and counts for nothing until then", async () => {
    const office = new Office({});

    await office.post(INVOICE);

    const { documents, balances } = await office.read();
    expect(documents).toMatchObject([{ kind: "invoice", isDraft: true }]);
    expect(balances).toEqual({});
  });

  it("gets a rounding line where Xero adds up otherwise", async () => {
    const office = new Office();
    office.fake.books.offBy = 0.01;

    const posted = await office.post(INVOICE);

    expect(posted.roundingMinor).toBe(-1);
    expect(await office.read()).toMatchObject({
      documents: [{ totalMinor: 18_000 }],
      balances: { receivable: 18_000 },
    });
  });

  it("whose price cannot be split into its pieces is told in one piece", async () => {
    const office = new Office();
    const lines = INVOICE.lines.map((line) => ({
      ...line,
      ...{ grossMinor: 10_001, taxMinor: 2_000, quantity: 700 },
    }));

    await office.post({
      ...INVOICE,
      totalMinor: 10_001,
      lines,
    });

    expect(office.sent("PUT Invoices")["LineItems"]).toMatchObject([
      { Quantity: 1, UnitAmount: 100.01 },
    ]);
  });
});

describe("a guest", () => {
  it("is found by number, and two of one name are two contacts", async () => {
    const office = new Office();
    const other = {
      party: { code: "fjord-cust-other", kind: "guest" as const, name: "Kari Berg" },
    };
    await office.post(INVOICE);
    await office.post({ ...INVOICE, key: "invoice:2" });

    await office.post({ ...INVOICE, key: "invoice:3" }, other);

    expect(
      office.fake.books.contacts.map(({ Name, ContactNumber }) => [Name, ContactNumber]),
    ).toEqual([
      ["Kari Berg", "fjord-cust-berg"],
      ["Kari Berg (fjord-cust-other)", "fjord-cust-other"],
    ]);
  });

  it("is not named in an error", async () => {
    const office = new Office();
    const party = { code: "x", kind: "guest" as const, name: "Kari Berg", taxNumber: "1" };
    office.fake.instead.push(
      { status: 200, body: JSON.stringify({ Contacts: [] }) },
      {
        status: 400,
        body: JSON.stringify({
          Elements: [{ ValidationErrors: [{ Message: "Kari Berg is no name for Kari Berg" }] }],
        }),
      },
      { status: 200, body: JSON.stringify({ Contacts: [] }) },
    );

    const failure = await failureOf(office.post(INVOICE, { party }));

    expect(failure.message).toBe("Xero refuses PUT Contacts: … is no name for …");
  });
});

describe("money", () => {
  it("held for a guest is a prepayment on a liability, used for the invoice later", async () => {
    const office = new Office();
    await office.post(DEPOSIT);
    const held = await office.read();
    await office.post(INVOICE);
    await office.post(APPLICATION);

    const used = await office.read();

    expect(held.balances).toEqual({ clearing: 5_000, prepayments: -5_000 });
    expect(used.balances).toEqual({
      ...{ receivable: 13_000, clearing: 5_000, revenue: -14_400, tax: -3_600 },
    });
    expect(used.documents).toEqual([
      { number: "fjord/1201/application:1", kind: "application", totalMinor: 5_000 },
      { number: "fjord/1201/deposit:1", kind: "deposit", totalMinor: 5_000 },
      {
        ...{ number: "fjord/1201/invoice:1", kind: "invoice" },
        ...{ totalMinor: 18_000, openMinor: 13_000 },
      },
    ]);
  });

  it("comes back from a deposit and from a credit note", async () => {
    const office = new Office();
    await office.post(DEPOSIT);
    await office.post(INVOICE);
    await office.post(PAYMENT);
    await office.post(CREDIT_NOTE);
    const refund = { kind: "refund", method: "card", paymentId: "r" } as const;

    await office.post({ ...refund, key: "refund:1", from: "deposit:1", totalMinor: 5_000 });
    await office.post({ ...refund, key: "refund:2", from: "credit_note:1", totalMinor: 18_000 });

    expect((await office.read()).balances).toEqual({});
  });

  it("given back of a paid invoice opens it again, and it can be paid again", async () => {
    const office = new Office();
    await office.post(INVOICE);
    await office.post(PAYMENT);
    await office.post({
      kind: "refund",
      key: "refund:1",
      from: "invoice:1",
      totalMinor: 18_000,
      method: "card",
      paymentId: "r",
    });
    const open = await office.read();

    await office.post({ ...PAYMENT, key: "payment:2", totalMinor: 10_000 });
    await office.post(DEPOSIT);
    await office.post(APPLICATION);
    const paid = await office.read();

    expect(open.balances).toEqual({ receivable: 18_000, revenue: -14_400, tax: -3_600 });
    expect(open.documents.find(({ kind }) => kind === "invoice")?.openMinor).toBe(18_000);
    expect(paid.balances).toEqual({
      ...{ receivable: 3_000, clearing: 15_000, revenue: -14_400, tax: -3_600 },
    });
    expect(paid.documents.map(({ number }) => number.slice(11))).toEqual([
      ...["application:1", "deposit:1", "invoice:1", "payment:1", "payment:2", "refund:1"],
    ]);
  });

  it("goes from one guest to another with the booking", async () => {
    const office = new Office();
    await office.post(DEPOSIT);
    const party = { code: "fjord-cust-vik", kind: "guest" as const, name: "Ola Vik" };
    await office.post({ ...INVOICE, party: party.code }, { party });

    await office.post(
      { ...APPLICATION, fromParty: "fjord-cust-berg", party: party.code },
      { party },
    );

    const { balances, documents } = await office.read();
    expect(balances).toEqual({
      ...{ receivable: 13_000, clearing: 5_000, revenue: -14_400, tax: -3_600 },
    });
    expect(documents.map(({ kind, totalMinor }) => [kind, totalMinor])).toEqual([
      ["application", 5_000],
      ["deposit", 5_000],
      ["invoice", 18_000],
    ]);
  });

  it("for an invoice of the time before Bellhop is a credit of the guest", async () => {
    const office = new Office();

    await office.post({ ...PAYMENT, to: "opening:1" });

    expect(await office.read()).toEqual({
      documents: [{ number: "fjord/1201/payment:1", kind: "payment", totalMinor: 18_000 }],
      balances: { clearing: 18_000, receivable: -18_000 },
    });
  });

  it("of another currency needs a bank account in it", async () => {
    const office = new Office({
      accounts: { ...new Office().config.accounts, clearing: { default: "090" } },
    });

    const failure = await failureOf(office.post({ ...DEPOSIT, currency: "USD" }));

    expect(failure.kind).toBe("configuration");
    expect(failure.message).toContain("bank account 090 is in EUR: add one in USD");
    expect(office.fake.books.bankTransactions).toEqual([]);
  });
});

it("income waits and is let in, in an invoice over nothing", async () => {
  const office = new Office();
  await office.post(INVOICE);
  const deferral = { kind: "deferral", of: "invoice:1" } as const;
  await office.post({ ...deferral, key: "deferral:1", totalMinor: 14_400 });
  const waiting = await office.read();

  await office.post({ ...deferral, key: "deferral:2", totalMinor: -14_400 });

  expect(waiting.balances).toEqual({ receivable: 18_000, deferred: -14_400, tax: -3_600 });
  expect((await office.read()).balances).toEqual({
    ...{ receivable: 18_000, revenue: -14_400, tax: -3_600 },
  });
  expect((await office.read()).documents.map(({ totalMinor }) => totalMinor)).toEqual([
    ...[14_400, -14_400, 18_000],
  ]);
});

it("fees, cents that nobody asks for, and the takings of a day", async () => {
  const office = new Office();
  await office.post(INVOICE);
  await office.post({ ...PAYMENT, totalMinor: 17_998 });
  await office.post({
    kind: "fee",
    key: "fee:1",
    of: "payment:1",
    method: "card",
    totalMinor: 252,
  });
  await office.post({ kind: "write_off", key: "write_off:1", to: "invoice:1", totalMinor: 2 });
  const line = (method: string, grossMinor: number, taxMinor: number) => ({
    ...{
      description: "Takings",
      role: "revenue" as const,
      taxCode: "standard",
      method,
      grossMinor,
      taxMinor,
    },
  });

  await office.post({
    kind: "takings",
    key: "takings:fjord:2026-03-02:EUR:1",
    totalMinor: 7_500,
    lines: [line("card", 10_000, 2_000), line("cash", -2_500, -500)],
  });

  const { balances, documents } = await office.read();
  expect(balances).toEqual({
    clearing: 17_998 - 252 + 7_500,
    revenue: -14_400 - 6_000,
    tax: -3_600 - 1_500,
    fees: 252,
    rounding: 2,
  });
  expect(documents.at(-2)).toMatchObject({ kind: "takings", totalMinor: 7_500 });
});

describe("what nobody has approved", () => {
  it.each([
    ["a payment", PAYMENT],
    ["a deposit to be used", APPLICATION],
  ])("cannot take %s: the job waits alone", async (_, document) => {
    const office = new Office({});
    await office.post(INVOICE);
    await office.post(DEPOSIT);

    const failure = await failureOf(office.post(document));
    const [invoice] = office.fake.books.invoices;
    if (invoice) invoice.Status = "AUTHORISED";

    expect(failure).toMatchObject({ kind: "retryable", waitsAloneMs: 3_600_000 });
    expect(failure.message).toContain("fjord/1201/invoice:1 is a draft: approve it in Xero");
    await office.post(document, { mayExist: true });
  });
});

it("thousandths do not fit", async () => {
  const office = new Office();

  const failure = await failureOf(office.post({ ...DEPOSIT, currency: "KWD", totalMinor: 1_235 }));

  expect(failure).toMatchObject({ kind: "permanent" });
  expect(failure.message).toContain("1.235 KWD does not fit");
});
