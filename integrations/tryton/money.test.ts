import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import type { DocumentLine, Posting } from "#sdk/accounting";
import { hasPrograms, isLongRun } from "#sdk/testing";

import { atRateOf, unitPrice } from "./amounts.ts";
import { openDesk } from "./desk.ts";
import type { InvoiceDocument } from "./invoice-lines.ts";
import { draftInvoice } from "./invoice.ts";
import { bookingFile, invoice, line, totalsOf, untaxed, withTotal } from "./testing/postings.ts";
import { openShop, type Shop } from "./testing/shop.ts";
import { agreeOnTotal } from "./totals.ts";
import { asDecimal, plainDecimal } from "./wire.ts";

// A call takes some 20 ms of an idle machine, and this one is seldom idle.
const SLOW = { timeout: 180_000 };
const canRun = hasPrograms("trytond", "trytond-admin");

describe("amounts", () => {
  it.each([
    ["0E-4", "00.0000"],
    ["1E+3", "1000"],
    ["12.5E-1", "1.25"],
    ["-1.2E-3", "-0.0012"],
    ["12.34", "12.34"],
  ])("%s is written out as %s", (given, plain) => {
    expect(Number(plainDecimal(given))).toBe(Number(plain));
    expect(plainDecimal(given)).not.toMatch(/e/i);
  });

  it.each([
    [10_000, 3, "EUR", "33.3333"],
    [-9_999, 7, "EUR", "-14.2843"],
    [1_000, 3, "JPY", "333.3333"],
    [1_001, 7, "KWD", "0.1430"],
  ])("%i for %i pieces in %s is %s each", (net, quantity, currency, price) => {
    expect(unitPrice(net, quantity, currency)).toBe(price);
  });

  it("no price of four decimals makes the amount again: it is one piece", () => {
    expect(unitPrice(1_000, 3_001, "EUR")).toBeUndefined();
    expect(unitPrice(1_000, 0.5, "EUR")).toBeUndefined();
  });

  it("a part is converted at the rate of the whole, rounded half up", () => {
    const whole = { minor: 12_100, companyMinor: 11_000 };

    expect([12_100, 6_050, 1, -1].map((minor) => atRateOf(whole, minor))).toEqual([
      11_000, 5_500, 1, -1,
    ]);
  });
});

/** A real server takes its time for each. */
const COUNT = isLongRun() ? 60 : 15;

describe.runIf(canRun)("money in Tryton", SLOW, () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.close());

  const payment = { kind: "payment", to: "invoice:1", paymentId: "p" } as const;

  it("invoices of several lines have the totals and taxes that guests were told", async () => {
    const desk = await openDesk(shop.context());
    const random = randomNumbers(7);
    const wrong: unknown[] = [];
    let differing = 0;
    for (let n = 0; n < COUNT; n += 1) {
      const lines = Array.from({ length: 2 + random(4) }, () => randomLine(random));
      const posting = bookingFile(shop.context()).posting(invoice(...lines));
      const id = await draftInvoice(posting as Posting<InvoiceDocument>, desk);

      const agreed = await agreeOnTotal(id, posting.document as InvoiceDocument, desk);

      const shape = { total_amount: asDecimal, tax_amount: asDecimal, lines: z.array(z.int()) };
      const [row] = await shop.admin.read("account.invoice", [id], shape);
      const tax = lines.reduce((sum, { taxMinor }) => sum + taxMinor, 0);
      const told = [posting.document.totalMinor / 100, tax / 100, lines.length];
      const there = [Number(row?.total_amount), Number(row?.tax_amount), row?.lines.length];
      if (told.join() !== there.join()) wrong.push({ told, there });
      if (agreed.differenceMinor !== 0) differing += 1;
    }

    expect(wrong).toEqual([]);
    // Else the invoices prove nothing.
    expect(differing).toBeGreaterThan(COUNT / 6);
  });

  it("a tax made of several is rounded by a line of its own", async () => {
    const parent = await twoTaxes(shop);
    const context = shop.context({ taxNames: { standard: parent } });
    const booking = bookingFile(context);
    const lines = [1_005, 1_005, 1_005].map((grossMinor) => line(grossMinor));

    const posted = await booking.post(invoice(...lines));

    expect(posted.roundingMinor).toBe(-2);
    expect((await booking.read()).balances).toMatchObject({ receivable: 3_015, rounding: 2 });
  });

  it("a tax of another rate is refused, and posted once it is put right", async () => {
    const booking = bookingFile(shop.context({ taxNames: { standard: "VAT 10%" } }));
    const posting = booking.posting(invoice(line(12_100)));
    await expect(booking.repost(posting)).rejects.toMatchObject({
      kind: "configuration",
      message: expect.stringContaining(
        'tax "VAT 10%" differs from the booking\'s by 11.00 EUR',
      ) as string,
      mayHaveHappened: true,
    });

    const right = bookingFile(shop.context());
    await right.repost({ ...posting, mayExist: true });

    const books = await booking.read();
    expect(books.documents).toHaveLength(1);
    expect(books.balances).toEqual({ receivable: 12_100, revenue: -10_000, tax: -2_100 });
  });

  it.each([
    ["JPY", 13_310],
    ["KWD", 13_310_005],
  ])("%s, which has no cents as the euro has", async (currency, total) => {
    const booking = bookingFile(shop.context(), { currency });
    const lines = [untaxed(1_001), line(total - 1_001, { quantity: 3 })];
    const tax = lines.reduce((sum, { taxMinor }) => sum + taxMinor, 0);
    await booking.post(invoice(...lines));
    const part = Math.round(total / 3);
    await booking.post({ ...payment, totalMinor: part });
    await booking.post({ ...payment, totalMinor: total - part });

    const { balances, documents } = await booking.read();

    expect(totalsOf({ balances, documents }, booking.prefix)).toEqual({
      ...{ "invoice:1": total, "payment:1": part, "payment:2": total - part },
    });
    expect(balances).toEqual({ receivable: 0, revenue: tax - total, tax: -tax, clearing: total });
    expect(await stateOf(shop, booking.posted.get("invoice:1")?.externalId)).toBe("paid");
  });

  it("dollars that arrive at another rate leave nothing open in euros", async () => {
    const booking = bookingFile(shop.context(), { currency: "USD", on: "2026-05-02" });
    await booking.post({ kind: "deposit", paymentId: "d", totalMinor: 1_000 });
    await booking.post(invoice(line(12_100)));
    await booking.post({
      kind: "application",
      from: "deposit:1",
      to: "invoice:1",
      totalMinor: 1_000,
    });
    await booking.post({ ...payment, totalMinor: 3_333, on: "2026-06-02" });
    await booking.post({ ...payment, totalMinor: 7_767, on: "2026-06-03" });

    expect(await stateOf(shop, booking.posted.get("invoice:1")?.externalId)).toBe("paid");
    expect((await booking.read()).balances).toEqual({
      ...{ receivable: 0, prepayments: 0, clearing: 12_100, revenue: -10_000, tax: -2_100 },
    });
    // 111.00 dollars were 100.91 euros in May and are 88.80 in June; 10 dollars were 9.09.
    const inEuros = await eurosOf(shop, booking.prefix);
    expect(inEuros).toMatchObject({ "Main Cash": 9_789, "Exchange Differences": 1_211 });
    expect(inEuros["Main Receivable"]).toBe(0);
    expect(inEuros["Deposit"]).toBe(0);
  });

  it("takings in another currency balance in both", async () => {
    const booking = bookingFile(shop.context(), { currency: "USD" });
    const lines = [333, 334, 335].map((gross) => ({ ...line(gross), method: "card" }));

    await booking.post({ kind: "takings", ...withTotal(lines) });

    const tax = lines.reduce((sum, { taxMinor }) => sum + taxMinor, 0);
    expect((await booking.read()).balances).toEqual({
      ...{ clearing: 1_002, tax: -tax, revenue: tax - 1_002 },
    });
  });
});

async function stateOf(shop: Shop, reference = ""): Promise<string | undefined> {
  const id = Number(reference.split(",")[1]);
  const [row] = await shop.admin.read("account.invoice", [id], { state: z.string() });
  return row?.state;
}

/** Debit less credit in the company's currency, by the name of the account. */
async function eurosOf(shop: Shop, prefix: string): Promise<Record<string, number>> {
  const ours = ["like", `${prefix}%`];
  const rows = await shop.admin.searchRead(
    "account.move.line",
    [["OR", ["move.description", ...ours], ["move.origin.reference", ...ours, "account.invoice"]]],
    { debit: asDecimal, credit: asDecimal, "account.": z.object({ name: z.string() }) },
  );
  const sums: Record<string, number> = {};
  for (const { debit, credit, "account.": account } of rows) {
    const minor = Math.round(Number(debit) * 100) - Math.round(Number(credit) * 100);
    sums[account.name] = (sums[account.name] ?? 0) + minor;
  }
  return sums;
}

/** 21 % that goes to two offices. @returns its name. */
async function twoTaxes({ admin }: Shop): Promise<string> {
  const shape = { invoice_account: z.int(), company: z.int() };
  const [row] = await admin.searchRead("account.tax", [["name", "=", "VAT 21%"]], shape);
  const account = row?.invoice_account;
  const part = (name: string, rate: string) => ({
    ...{ name, description: name, type: "percentage", company: row?.company },
    rate: { __class__: "Decimal", decimal: rate },
    ...{ invoice_account: account, credit_note_account: account },
  });
  const parts = [part("State", "0.14"), part("City", "0.07")];
  const values = {
    name: "Two taxes",
    description: "Two taxes",
    type: "none",
    company: row?.company,
  };
  await admin.create("account.tax", { ...values, childs: [["create", parts]] });
  return values.name;
}

/** Always the same sequence, so that a failure can be looked at again. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function randomLine(random: (below: number) => number): DocumentLine {
  const grossMinor = 100 + random(50_000);
  const quantity = 1 + random(4);
  if (random(3) === 0) {
    const taxMinor = Math.round((grossMinor * 10) / 110);
    return line(grossMinor, { taxMinor, taxCode: "reduced", ratePercent: "10", quantity });
  }
  return random(5) === 0 ? untaxed(grossMinor, { quantity }) : line(grossMinor, { quantity });
}
