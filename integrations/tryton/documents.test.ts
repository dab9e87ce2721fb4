import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

import type { BooksView } from "#sdk/accounting";
import { hasPrograms } from "#sdk/testing";

import { asDecimal, asId } from "./wire.ts";
import {
  bookingFile,
  invoice,
  line,
  totalsOf,
  untaxed,
  withTotal,
  type BookingFile,
} from "./testing/postings.ts";
import { openShop, type Shop } from "./testing/shop.ts";

// A call takes some 20 ms of an idle machine, and this one is seldom idle.
const SLOW = { timeout: 180_000 };
const canRun = hasPrograms("trytond", "trytond-admin");

describe.runIf(canRun)("what documents become in Tryton", SLOW, () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
  });
  afterAll(() => shop.close());

  const open = () => bookingFile(shop.context());
  const invoiceOf = async (booking: BookingFile, key = "invoice:1") => {
    const id = Number(booking.posted.get(key)?.externalId.split(",")[1]);
    const shape = { state: z.string(), amount_to_pay: asDecimal };
    const [row] = await shop.admin.read("account.invoice", [id], shape);
    return [row?.state, row?.amount_to_pay];
  };
  /** Lines on accounts that are reconciled, and are not. */
  const openLines = async (booking: BookingFile) => {
    const ours = ["like", `${booking.prefix}%`];
    const domain = [
      ["OR", ["move.description", ...ours], ["move.origin.reference", ...ours, "account.invoice"]],
      ["account.reconcile", "=", true],
      ["reconciliation", "=", null],
    ];
    return (await shop.admin.searchRead("account.move.line", domain, { id: asId })).length;
  };
  const nonZero = ({ balances }: BooksView) =>
    Object.fromEntries(Object.entries(balances).filter(([, minor]) => minor !== 0));
  const payment = { kind: "payment", to: "invoice:1", paymentId: "p1" } as const;
  const deposit = { kind: "deposit", paymentId: "p1" } as const;

  it("an invoice is posted with its number, its tax and who owes it", async () => {
    const booking = open();

    const posted = await booking.post(invoice(line(12_100)));

    expect(posted).toEqual({
      externalId: expect.stringMatching(/^account\.invoice,\d+$/) as string,
      number: expect.stringMatching(/^INV-2026-\d+$/) as string,
      link: expect.stringContaining("/#bellhop/model/account.invoice/") as string,
    });
    const books = await booking.read();
    expect(totalsOf(books, booking.prefix)).toEqual({ "invoice:1": 12_100 });
    expect(books.balances).toEqual({ receivable: 12_100, revenue: -10_000, tax: -2_100 });
    expect(await invoiceOf(booking)).toEqual(["posted", "121.00"]);
  });

  it("payments in two parts leave it open, then paid", async () => {
    const booking = open();
    await booking.post(invoice(line(12_100)));

    await booking.post({ ...payment, totalMinor: 5_000, method: "card" });
    const between = await invoiceOf(booking);
    await booking.post({ ...payment, totalMinor: 7_100 });

    expect(between).toEqual(["posted", "71.00"]);
    expect(await invoiceOf(booking)).toEqual(["paid", "0"]);
    const books = await booking.read();
    const totals = { "invoice:1": 12_100, "payment:1": 5_000, "payment:2": 7_100 };
    expect(totalsOf(books, booking.prefix)).toEqual(totals);
    expect(nonZero(books)).toEqual({ revenue: -10_000, tax: -2_100, clearing: 12_100 });
    expect(await openLines(booking)).toBe(0);
  });

  it("a deposit is owed to the guest until it is used for the invoice", async () => {
    const booking = open();
    await booking.post({ ...deposit, totalMinor: 3_000 });
    const before = nonZero(await booking.read());
    await booking.post(invoice(line(12_100)));

    await booking.post({
      kind: "application",
      ...{ from: "deposit:1", to: "invoice:1", totalMinor: 3_000 },
    });

    expect(before).toEqual({ clearing: 3_000, prepayments: -3_000 });
    const books = await booking.read();
    expect(totalsOf(books, booking.prefix)).toMatchObject({
      "deposit:1": 3_000,
      "application:1": 3_000,
    });
    expect(books.balances).toMatchObject({ prepayments: 0, receivable: 9_100 });
    expect(await invoiceOf(booking)).toEqual(["posted", "91.00"]);
    await booking.post({ ...payment, totalMinor: 9_100 });
    expect(await invoiceOf(booking)).toEqual(["paid", "0"]);
    expect(await openLines(booking)).toBe(0);
  });

  it("what a deposit has left over is given back", async () => {
    const booking = open();
    await booking.post({ ...deposit, totalMinor: 3_000 });

    await booking.post({ ...deposit, kind: "refund", from: "deposit:1", totalMinor: 1_000 });
    const between = nonZero(await booking.read());
    await booking.post({ ...deposit, kind: "refund", from: "deposit:1", totalMinor: 2_000 });

    expect(between).toEqual({ clearing: 2_000, prepayments: -2_000 });
    expect(nonZero(await booking.read())).toEqual({});
    expect(await openLines(booking)).toBe(0);
  });

  it("a credit note for an invoice that nobody paid closes both", async () => {
    const booking = open();
    await booking.post(invoice(line(12_100)));

    const note = await booking.post({
      kind: "credit_note",
      of: "invoice:1",
      ...withTotal([line(12_100)]),
    });
    await booking.post({
      kind: "application",
      ...{ from: "credit_note:1", to: "invoice:1", totalMinor: 12_100 },
    });

    expect(note.number).toMatch(/^CN-2026-/);
    expect(totalsOf(await booking.read(), booking.prefix)).toMatchObject({
      "credit_note:1": 12_100,
      "application:1": 12_100,
    });
    expect(nonZero(await booking.read())).toEqual({});
    expect(await invoiceOf(booking)).toEqual(["paid", "0"]);
    expect(await invoiceOf(booking, "credit_note:1")).toEqual(["paid", "0"]);
    expect(await openLines(booking)).toBe(0);
  });

  it("a credit note for a part is paid out", async () => {
    const booking = open();
    await booking.post(invoice(line(12_100)));
    await booking.post({ ...payment, totalMinor: 12_100 });
    await booking.post({ kind: "credit_note", of: "invoice:1", ...withTotal([line(6_050)]) });

    const refund = { ...deposit, kind: "refund", from: "credit_note:1" } as const;
    await booking.post({ ...refund, totalMinor: 1_000 });
    const between = await invoiceOf(booking, "credit_note:1");
    await booking.post({ ...refund, totalMinor: 5_050 });

    expect(between).toEqual(["posted", "-50.50"]);
    expect(await invoiceOf(booking, "credit_note:1")).toEqual(["paid", "0"]);
    const books = nonZero(await booking.read());
    expect(books).toEqual({ revenue: -5_000, tax: -1_050, clearing: 6_050 });
  });

  it("an invoice whose payment goes back is open again, and paid again later", async () => {
    const booking = open();
    await booking.post(invoice(line(12_100)));
    await booking.post({ ...payment, totalMinor: 12_100 });

    await booking.post({ ...deposit, kind: "refund", from: "invoice:1", totalMinor: 2_100 });
    const [between] = await invoiceOf(booking);
    const balances = nonZero(await booking.read());
    await booking.post({ ...payment, totalMinor: 2_100 });

    expect(between).toBe("posted");
    expect(balances).toMatchObject({ receivable: 2_100, clearing: 10_000 });
    expect(await invoiceOf(booking)).toEqual(["paid", "0"]);
    expect(await openLines(booking)).toBe(0);
  });

  it("what was given back is paid again in parts", async () => {
    const booking = open();
    await booking.post(invoice(line(12_100)));
    await booking.post({ ...payment, totalMinor: 12_100 });
    await booking.post({ ...deposit, kind: "refund", from: "invoice:1", totalMinor: 2_100 });

    await booking.post({ ...payment, totalMinor: 100 });
    const balances = nonZero(await booking.read());
    await booking.post({ ...payment, totalMinor: 2_000 });

    expect(balances).toMatchObject({ receivable: 2_000, clearing: 10_100 });
    expect(await invoiceOf(booking)).toEqual(["paid", "0"]);
    expect(await openLines(booking)).toBe(0);
  });

  it("money for an invoice of before Bellhop, and back from it, is on the guest's account", async () => {
    const booking = open();

    await booking.post({ ...payment, to: "opening:1", totalMinor: 12_100 });
    const paid = nonZero(await booking.read());
    await booking.post({ ...deposit, kind: "refund", from: "opening:1", totalMinor: 2_100 });

    expect(paid).toEqual({ clearing: 12_100, receivable: -12_100 });
    expect(nonZero(await booking.read())).toEqual({ clearing: 10_000, receivable: -10_000 });
  });

  it("a few cents that are missing are written off", async () => {
    const booking = open();
    await booking.post(invoice(untaxed(10_000)));
    await booking.post({ ...payment, totalMinor: 9_998 });

    await booking.post({ kind: "write_off", to: "invoice:1", totalMinor: 2 });

    expect(await invoiceOf(booking)).toEqual(["paid", "0"]);
    expect(nonZero(await booking.read())).toEqual({
      revenue: -10_000,
      clearing: 9_998,
      rounding: 2,
    });
  });

  it("revenue is deferred and comes back, and a fee leaves the clearing account", async () => {
    const booking = open();
    await booking.post(invoice(line(12_100)));
    await booking.post({ ...payment, totalMinor: 12_100, method: "card" });

    await booking.post({ kind: "fee", method: "card", of: "payment:1", totalMinor: 242 });
    await booking.post({ kind: "deferral", of: "invoice:1", totalMinor: 10_000 });
    const deferred = nonZero(await booking.read());
    await booking.post({
      kind: "deferral",
      of: "invoice:1",
      totalMinor: -10_000,
      on: "2026-07-01",
    });

    expect(deferred).toEqual({ deferred: -10_000, tax: -2_100, clearing: 11_858, fees: 242 });
    const books = await booking.read();
    expect(nonZero(books)).toEqual({ revenue: -10_000, tax: -2_100, clearing: 11_858, fees: 242 });
    expect(totalsOf(books, booking.prefix)).toMatchObject({
      ...{ "fee:1": 242, "deferral:1": 10_000, "deferral:2": -10_000 },
    });
  });

  it("discounts, commission, damage deposits and gift certificates go where they belong", async () => {
    const booking = open();
    const lines = [
      line(24_200, { quantity: 3 }),
      line(-2_420, { description: "Early booking" }),
      untaxed(-1_500, { role: "commission", description: "Commission" }),
      untaxed(20_000, { role: "damageDeposits", description: "Damage deposit" }),
      untaxed(5_000, { role: "giftCertificates", description: "Certificate" }),
    ];

    await booking.post(invoice(...lines));

    expect(nonZero(await booking.read())).toEqual({
      ...{ receivable: 45_280, revenue: -18_000, tax: -3_780, commission: 1_500 },
      ...{ damageDeposits: -20_000, giftCertificates: -5_000 },
    });
  });

  it("the takings of a day are one entry, with their tax in the return", async () => {
    const booking = open();
    const lines = [
      { ...line(12_100), method: "card" },
      { ...line(6_050), method: "card" },
      { ...line(2_200, { taxMinor: 200, taxCode: "reduced" }), method: "cash" },
      { ...line(-1_210), method: "cash" },
    ];

    const posted = await booking.post({ kind: "takings", ...withTotal(lines) });

    const books = await booking.read();
    expect(totalsOf(books, booking.prefix)).toEqual({ "takings:1": 19_140 });
    expect(books.balances).toEqual({ clearing: 19_140, revenue: -16_000, tax: -3_140 });
    const move = Number(posted.externalId.split(",")[1]);
    const rows = await shop.admin.searchRead("account.tax.line", [["move_line.move", "=", move]], {
      type: z.string(),
      amount: asDecimal,
      "tax.": z.object({ name: z.string() }),
    });
    const said = rows.map((row) => `${row["tax."].name} ${row.type} ${Number(row.amount)}`);
    expect(said.toSorted()).toEqual([
      ...["VAT 10% base 20", "VAT 10% tax 2", "VAT 21% base 140", "VAT 21% tax 29.4"],
    ]);
  });

  it("a document that is there already is not made again", async () => {
    const booking = open();
    const first = booking.posting(invoice(line(12_100)));
    await booking.repost(first);
    const second = booking.posting({ ...payment, totalMinor: 12_100 });
    await booking.repost(second);

    const again = [await booking.repost(first), await booking.repost(second)];

    expect(again.map(({ externalId }) => externalId)).toEqual(
      Array.from(booking.posted.values(), ({ externalId }) => externalId),
    );
    expect((await booking.read()).documents).toHaveLength(2);
    await expect(
      booking.repost({ ...first, document: { ...first.document, totalMinor: 1 } }),
    ).rejects.toThrow("another total");
  });
});
