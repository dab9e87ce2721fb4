import { describe, expect, test } from "vitest";

import type { BookingItem } from "#sdk";

import { contentHash } from "./content-hash.ts";
import { bookingOf, bookingWithout } from "./testing.ts";
import { voucherData } from "./voucher-data.ts";
import { voucherView } from "./voucher-view.ts";

const eur = (amountMinor: number) => ({ amountMinor, currency: "EUR" });
const itemsOf = (items: BookingItem[]) => voucherData(bookingOf({ items }), true).items;

describe("what a voucher prints", () => {
  test("never the office's own notes, nor what the guest told only the office", () => {
    const data = voucherData(
      bookingOf({
        internalNote: "SECRET",
        customer: { name: "Anna", note: "SECRET", custom: { passport: "SECRET" } },
        custom: { internal: "SECRET" },
      }),
      true,
    );

    expect(JSON.stringify(data)).not.toContain("SECRET");
  });

  test("no amount at all where prices are hidden", () => {
    const data = voucherData(
      bookingOf({
        items: [
          { id: "1", name: "Walk", price: eur(123), unitPrice: eur(123) },
          { id: "2", belongsTo: "1", name: "Lunch", price: eur(456) },
        ],
        payments: [{ amount: eur(789) }],
        totals: { total: eur(789), paid: eur(789) },
      }),
      false,
    );

    expect(JSON.stringify(data)).not.toMatch(/amountMinor|123|456|789/);
  });

  test("options under what they belong to, however deep, and none is lost", () => {
    const items = itemsOf([
      { id: "1", name: "Walk" },
      { id: "2", name: "Lunch", belongsTo: "1" },
      { id: "3", name: "Wine", belongsTo: "2" },
      { id: "4", name: "Fee", belongsTo: "not there" },
      { id: "5", name: "Hen", belongsTo: "6" },
      { id: "6", name: "Egg", belongsTo: "5" },
    ]);

    const printed = items.map(({ name, extras }) => [name, extras.map((extra) => extra.name)]);
    expect(printed).toEqual([
      ["Walk", ["Lunch", "Wine"]],
      ["Fee", []],
      ["Hen", []],
      ["Egg", []],
    ]);
  });

  test("the booking itself when its source knows no items", () => {
    const [item] = itemsOf([]);

    expect(item).toMatchObject({
      name: "Fjord walk",
      start: { time: "09:00" },
      price: eur(18_000),
    });
  });

  test("the booking's times at the only item, when that has none", () => {
    const [item] = itemsOf([{ id: "1", name: "Bike" }]);

    expect(item).toMatchObject({ start: { time: "09:00" }, end: { time: "12:30" } });
  });

  test("links to the web only, wherever they come from", () => {
    const data = voucherData(
      bookingOf({
        voucherUrl: "javascript:alert(1)",
        items: [
          {
            id: "1",
            name: "Walk",
            links: [{ url: "https://example.com/a" }, { label: "x", url: "data:text/html,x" }],
          },
        ],
      }),
      true,
    );

    expect(data.voucherUrl).toBeUndefined();
    expect(data.items[0]?.links).toEqual([
      { label: "https://example.com/a", url: "https://example.com/a" },
    ]);
  });

  test("names on one line, and rows that end somewhere", () => {
    const [item] = itemsOf([{ id: "1", name: "Walk", note: "x\n".repeat(500) + "y".repeat(9000) }]);
    const { guest } = voucherData(bookingOf({ customer: { name: "Anna\r\nBerg " } }), true);

    expect(guest.name).toBe("Anna Berg");
    expect(item?.note?.split("\n").length).toBeLessThan(30);
    expect(item?.note?.length).toBeLessThan(1300);
    expect(item?.note).toMatch(/…$/);
  });
});

describe("what a reader is told of the price", () => {
  const viewOf = (parts: Parameters<typeof bookingOf>[0], sees = true) => {
    const booking = bookingOf(parts);
    const { isFree, isPaid, hasPriceColumn, hasTotals } = voucherView(
      voucherData(booking, sees),
      booking.status,
      { colour: "#000000" },
      "Fjord Walks",
    );
    return { isFree, isPaid, hasPriceColumn, hasTotals };
  };
  const item = (price?: number) => [
    { id: "1", name: "Walk", ...(price === undefined ? {} : { price: eur(price) }) },
  ];

  test.each([
    [
      "an open balance",
      { items: item(100), totals: { total: eur(100) }, balance: eur(100) },
      "column totals",
    ],
    [
      "all paid",
      { items: item(100), totals: { total: eur(100) }, balance: eur(0) },
      "column totals paid",
    ],
    [
      "overpaid",
      { items: item(100), totals: { total: eur(100) }, balance: eur(-5) },
      "column totals paid",
    ],
    ["a free trip", { items: item(0), totals: { total: eur(0) }, balance: eur(0) }, "free"],
    [
      "a total without prices of items",
      { items: item(), totals: { total: eur(100) }, balance: eur(1) },
      "totals",
    ],
    ["a balance alone", { items: item(), totals: {}, balance: eur(7) }, "totals"],
    [
      "a trip paid with a gift card",
      { items: item(100), totals: { total: eur(0) }, balance: eur(0) },
      "column totals paid",
    ],
  ])("%s", (_, parts, expected) => {
    const { isFree, isPaid, hasPriceColumn, hasTotals } = viewOf(parts);

    const shown = { column: hasPriceColumn, totals: hasTotals, paid: isPaid, free: isFree };
    const names = Object.entries(shown).flatMap(([name, isShown]) => (isShown ? [name] : []));
    expect(names.join(" ")).toBe(expected);
  });

  test("nothing where nothing is known", () => {
    const booking = { ...bookingWithout("totals", "balance"), items: item() };
    const data = voucherData(booking, true);

    const view = voucherView(data, booking.status, { colour: "#000000" }, "Fjord Walks");

    expect(view).toMatchObject({
      isFree: false,
      isPaid: false,
      hasPriceColumn: false,
      hasTotals: false,
    });
  });

  test("nothing where prices are hidden", () => {
    const shown = viewOf({}, false);

    expect(shown).toEqual({
      isFree: false,
      isPaid: false,
      hasPriceColumn: false,
      hasTotals: false,
    });
  });
});

describe("whether a voucher says something new", () => {
  const hashOf = (parts: Parameters<typeof bookingOf>[0], address = "anna@example.com") =>
    contentHash(voucherData(bookingOf(parts), true), address);

  test("not when only the source saved the booking again", () => {
    const hash = hashOf({ version: 9, updatedAt: "now", internalNote: "x", madeAt: "then" });

    expect(hash).toBe(hashOf({}));
  });

  test("not when a database gives the same booking in another order", () => {
    const shuffled = { currency: "EUR", amountMinor: 18_000 };

    expect(hashOf({ balance: shuffled })).toBe(hashOf({}));
  });

  test("not because Bellhop was updated: guests keep the voucher they have", () => {
    expect(hashOf({})).toBe("4125dc419298fc01");
  });

  test.each([
    ["the time", { items: [{ id: "1", name: "Fjord walk" }] }],
    ["the guest's name", { customer: { name: "Anna Nord" } }],
    ["the notes", { notes: "new" }],
    ["the balance", { balance: eur(1) }],
    ["the barcode", { barcode: "X" }],
  ])("when %s changes", (_, parts) => {
    const hash = hashOf(parts);

    expect(hash).not.toBe(hashOf({}));
  });

  test("when the address is corrected, but not when only its case changes", () => {
    const hashes = ["anna@example.com", "ANNA@example.com", "a@example.org"].map((address) =>
      hashOf({}, address),
    );

    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
  });
});
