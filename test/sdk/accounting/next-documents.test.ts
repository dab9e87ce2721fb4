import { describe, expect, it } from "vitest";

import { Books, bookingOf, eur, NOW, short } from "./books.ts";

const DAY = 86_400_000;
/** The day of the walk. */
const SERVED = NOW + 12 * DAY;

const paid = (...amounts: number[]) =>
  amounts.map((amountMinor, index) => ({
    amount: eur(amountMinor),
    paidAt: `2026-03-0${index + 1}`,
    method: "card",
  }));

describe("deposits, the usual policy", () => {
  it("a booking before its day is money held, no income", () => {
    const books = new Books();

    expect(short(books.see(bookingOf()))).toEqual([]);
    expect(short(books.see(bookingOf({ payments: paid(5_000) })))).toEqual(["deposit:1 50.00"]);
    expect(books.balances()).toEqual({ clearing: 5_000, prepayments: -5_000 });
  });

  it("on its day it is invoiced, and what is held is used", () => {
    const books = new Books({ taxes: { standard: { ratePercent: "25" } } });
    books.see(bookingOf({ payments: paid(5_000) }));

    const made = books.see(bookingOf({ payments: paid(5_000) }), { nowMs: SERVED });

    expect(short(made)).toEqual(["invoice:1 180.00", "application:1 50.00"]);
    expect(made[0]).toMatchObject({ on: "2026-03-14", party: "fjord-cust-812" });
    expect(books.balances()).toEqual({
      clearing: 5_000,
      receivable: 13_000,
      revenue: -14_400,
      tax: -3_600,
    });
  });

  it("the same state again adds nothing", () => {
    const books = new Books();
    const booking = bookingOf({ payments: paid(5_000, 13_000) });
    books.see(booking, { nowMs: SERVED });

    expect(books.see(booking, { nowMs: SERVED })).toEqual([]);
    expect(books.see(booking, { nowMs: SERVED + 30 * DAY })).toEqual([]);
  });

  it("a guest who was erased is billed as before: nothing is given back and billed anew", () => {
    const books = new Books({ policy: "invoice" });
    const customer = { name: "Anna Example", email: "anna@example.com" };
    const [invoice] = books.see(bookingOf({ customer, company: "Example AS" }));
    const erased = { customer: {} };

    expect(books.see(bookingOf(erased))).toEqual([]);
    const made = books.see(bookingOf({ ...erased, payments: paid(5_000) }));

    expect(short(made)).toEqual(["payment:1 50.00"]);
    expect(made[0]).toMatchObject({ party: invoice?.party });
  });

  it("cancelled before its day: the money is owed until it goes back", () => {
    const books = new Books();
    books.see(bookingOf({ payments: paid(5_000) }));

    expect(books.see(bookingOf({ status: "cancelled", payments: paid(5_000) }))).toEqual([]);
    const made = books.see(bookingOf({ status: "cancelled", payments: paid(5_000, -5_000) }));

    expect(short(made)).toEqual(["refund:1 50.00"]);
    expect(books.balances()).toEqual({});
  });

  it("cancelled with a part given back: the rest is the fee", () => {
    const books = new Books();
    books.see(bookingOf({ payments: paid(5_000) }));

    const made = books.see(bookingOf({ status: "cancelled", payments: paid(5_000, -3_000) }));

    expect(short(made)).toEqual(["invoice:1 20.00", "application:1 20.00", "refund:1 30.00"]);
    expect(books.balances()).toEqual({ clearing: 2_000, revenue: -2_000 });
  });
});

describe("invoices at booking", () => {
  const policy = "invoice";

  it("a changed price is a credit note and a new invoice, and what was paid goes along", () => {
    const books = new Books({ policy });
    books.see(bookingOf({ payments: paid(18_000) }));

    const dearer = bookingOf({
      items: [{ id: "1", name: "Fjord walk", price: eur(20_000) }],
      totals: { total: eur(20_000) },
      payments: paid(18_000),
    });

    expect(short(books.see(dearer))).toEqual([
      "credit_note:1 180.00",
      "invoice:2 200.00",
      "application:1 180.00",
    ]);
    expect(books.balances()).toEqual({ clearing: 18_000, receivable: 2_000, revenue: -20_000 });
  });

  it("or a document for the difference", () => {
    const books = new Books({ policy, corrections: "difference" });
    const at = (price: number) =>
      bookingOf({
        items: [{ id: "1", name: "Fjord walk", price: eur(price) }],
        totals: { total: eur(price) },
      });
    books.see(at(18_000));

    expect(short(books.see(at(20_000)))).toEqual(["invoice:2 20.00"]);
    expect(short(books.see(at(15_000)))).toEqual([
      "credit_note:1 50.00",
      "application:1 20.00",
      "application:2 30.00",
    ]);
    expect(books.balances()).toEqual({ receivable: 15_000, revenue: -15_000 });
  });

  it("cancelled unpaid: everything is given back", () => {
    const books = new Books({ policy });
    books.see(bookingOf());

    expect(short(books.see(bookingOf({ status: "cancelled" })))).toEqual([
      "credit_note:1 180.00",
      "application:1 180.00",
    ]);
    expect(books.balances()).toEqual({});
  });

  it("confirmed again after that: a second invoice", () => {
    const books = new Books({ policy });
    books.see(bookingOf());
    books.see(bookingOf({ status: "cancelled" }));

    expect(short(books.see(bookingOf()))).toEqual(["invoice:2 180.00"]);
  });

  it("another company is another invoice", () => {
    const books = new Books({ policy });
    books.see(bookingOf());

    const made = books.see(bookingOf({ company: "Berg AS", taxNumber: "NO 1" }));

    expect(short(made)).toEqual([
      "credit_note:1 180.00",
      "invoice:2 180.00",
      "application:1 180.00",
    ]);
  });
});

describe("where the source makes the invoices", () => {
  it("none is made here, and what is paid names theirs", () => {
    const books = new Books({ policy: "invoice", invoices: "source", invoiceItem: "Invoice" });

    const made = books.see(bookingOf({ payments: paid(18_000), custom: { Invoice: "2026-77" } }));

    expect(short(made)).toEqual(["deposit:1 180.00"]);
    expect(made[0]).toMatchObject({ sourceInvoice: "2026-77" });
  });
});

describe("refused", () => {
  it("more given back than ever came in, and a price below nothing", () => {
    const books = new Books({ policy: "invoice" });

    expect(() => books.see(bookingOf({ payments: paid(-100) }))).toThrow("more was given back");
    expect(() => books.see(bookingOf({ totals: { total: eur(-100) } }))).toThrow(
      "less than nothing",
    );
  });
});

describe("a booking from before the books begin", () => {
  const startDate = "2026-03-01";
  const madeAt = "2026-02-10T10:00:00Z";
  const before = { amount: eur(3_000), paidAt: "2026-02-10", method: "card" };
  const since = { amount: eur(2_000), paidAt: "2026-03-01", method: "cash" };

  it("is first seen after both payments: what was held is taken over, the later one is a payment", () => {
    const books = new Books({ startDate });

    const made = books.see(bookingOf({ madeAt, payments: [before, since] }));

    expect(short(made)).toEqual(["opening:1 30.00", "deposit:1 30.00", "deposit:2 20.00"]);
    expect(made[1]).toMatchObject({ on: startDate, method: "opening" });
    expect(made[2]).toMatchObject({ on: "2026-03-01", method: "cash" });
  });

  it("comes to the same as one that was seen in between", () => {
    const [late, early] = [new Books({ startDate }), new Books({ startDate })];

    late.see(bookingOf({ madeAt, payments: [before, since] }));
    early.see(bookingOf({ madeAt, payments: [before] }));
    early.see(bookingOf({ madeAt, payments: [before, since] }));

    expect(late.documents).toEqual(early.documents);
  });
});

describe("a booking that was there before Bellhop kept the books", () => {
  it("is history when it has been", () => {
    const books = new Books();

    const made = books.see(bookingOf({ payments: paid(18_000) }), {
      isAdopted: true,
      nowMs: SERVED + DAY,
    });

    expect(short(made)).toEqual(["opening:1 0.00"]);
    expect(books.balances()).toEqual({});
  });

  it("but its first notice is news, and later ones are not taken for history", () => {
    const books = new Books();
    books.see(bookingOf(), { isFollowed: true });

    const made = books.see(bookingOf({ payments: paid(5_000) }), { nowMs: SERVED });

    expect(short(made)).toEqual(["invoice:1 180.00", "payment:1 50.00"]);
  });
});

it("a method of payment with the name of something that every object has costs no fee", () => {
  const books = new Books({ fees: { card: { percent: "1.4" } } });
  const payments = [{ amount: eur(5_000), paidAt: "2026-03-01", method: "constructor" }];

  expect(short(books.see(bookingOf({ payments })))).toEqual(["deposit:1 50.00"]);
});
