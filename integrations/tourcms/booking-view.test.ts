import { describe, expect, test } from "vitest";

import { eur, sampleView, viewOf } from "./testing.ts";

describe("a full booking (sample 01)", () => {
  test("shows who booked what, when, and how it was paid", async () => {
    const view = await sampleView("01_new_confirmed_web", "1201");

    expect(view).toMatchObject({
      status: "confirmed",
      cancellation: null,
      title: "Half day rafting & swim",
      channel: { id: "51234", name: "Fjord & Forest Tours" },
      start: { date: "2026-06-14", time: "09:00", timeZone: "Europe/Oslo" },
      end: { date: "2026-06-14", time: "12:30", timeZone: "Europe/Oslo" },
      customer: {
        id: "700101",
        name: "Ms Siobhán O’Connor-Núñez",
        firstName: "Siobhán",
        lastName: "O’Connor-Núñez",
        email: "siobhan.oconnor+tours@example.com",
        phone: "+353 85 555 0101",
        country: "IE",
        address: { postcode: "D02 XY45" },
        note: 'Call after 7pm — "no" voicemail',
      },
      travellerCount: 3,
      travellersText: "2 Adults, 1 Child",
      totals: { total: eur(18700), deposit: eur(0), tax: eur(1393), paid: eur(18700) },
      balance: eur(0),
      balanceOwedBy: "customer",
      balanceDueOn: null,
      agent: null,
      notes:
        "Anniversary! <b>Please</b> bring cake & candles.\n" +
        "Second line; \"quotes\" and 'apostrophes'.",
      importantNote: null,
      internalNote: null,
      custom: { hotel_room: "12B", newsletter: "" },
      madeAt: "2026-03-02T13:05:09.000Z",
      expiresAt: null,
      voucherUrl: "https://voucher.example.com/print.php?id=demo%2B1201%3D&lang=en",
      barcode: "TOURCMS|90001|1201",
      updatedAt: "2026-03-02T13:05:33.000Z",
    });
    expect(view.payments).toEqual([
      {
        amount: eur(18700),
        paidAt: "2026-03-02T13:05:30.000Z",
        method: "Credit Card",
        reference: "ch_demo_0001",
        transactionReference: "DEMO|0001",
        note: "3-D Secure ok",
        paidBy: "customer",
      },
    ]);
    expect(view.travellers?.map(({ name, ageGroup }) => [name, ageGroup])).toEqual([
      ["Ms Siobhán O’Connor-Núñez", "adult"],
      ["Mr Łukasz D'Arcy", "adult"],
      ["Zoë D'Arcy-O’Connor", "child"],
    ]);
  });

  test("keeps a line's price apart from the price of one person", async () => {
    const { items = [] } = await sampleView("01_new_confirmed_web", "1201");

    expect(items?.[0]).toEqual({
      id: "880001",
      name: "Half day rafting & swim",
      kind: "departure",
      productId: "31",
      productCode: "RAFT-HD",
      belongsTo: null,
      quantity: 2,
      unit: "person",
      quantityText: "2 Adults",
      start: { date: "2026-06-14", time: "09:00", timeZone: "Europe/Oslo" },
      end: { date: "2026-06-14", time: "12:30", timeZone: "Europe/Oslo" },
      unitPrice: eur(6500),
      price: eur(13000),
      tax: { ratePercent: "12.00", amount: eur(1393), isIncluded: true },
      pickup: {
        name: "Hotel «Øst» & Spa",
        time: "08:15",
        note: "Wait at the staff entrance, not the 'main' one",
        isOnRequest: false,
      },
      tickets: [
        { value: "QR/55/A/1", label: "Adult 1", seat: "Boat 2, 4" },
        { value: "QR/55/A/2", label: "Adult 2" },
      ],
      ticketFormat: "qr",
      supplierReference: "SUB-55-A",
      isRedeemed: false,
      note: null,
      answers: [{ question: "Shoe size?", answers: ["38 & ½", "44"] }],
      links: [{ label: "Boarding pass", url: "https://tickets.example.com/v?a=1&b=2" }],
    });
    expect(items?.map(({ kind, belongsTo, unit }) => [kind, belongsTo, unit])).toEqual([
      ["departure", null, "person"],
      ["departure", null, "person"],
      ["option", "880001", "group"],
      ["fee", null, "group"],
    ]);
    expect(items?.[3]).toMatchObject({ productId: null, pickup: null, tickets: [], links: [] });
  });
});

describe("what is not shown and what is empty", () => {
  test("a view without customers holds back items and payments, it does not delete them", async () => {
    const view = await sampleView("14_limited_permission_view", "1214");

    expect(view.items).toBeUndefined();
    expect(view.payments).toBeUndefined();
    expect(view.totals?.paid).toBeUndefined();
    expect(view.customer).toBeUndefined();
    expect(view.travellers).toBeUndefined();
    expect(view.custom).toBeUndefined();
    expect(view).toMatchObject({ status: "confirmed", balanceOwedBy: "agent", balance: eur(6500) });
  });

  test("a limited view that does show items is believed", async () => {
    const view = await viewOf(
      "<components><component><component_id>1</component_id></component></components>" +
        "<payments/><custom_fields/>",
    );

    expect(view.items?.map(({ id }) => id)).toEqual(["1"]);
    expect(view.payments).toBeUndefined();
    expect(view.custom).toBeUndefined();
  });

  test("a full view without payments says that nothing is paid", async () => {
    const view = await sampleView("05_new_quotation_web", "1205");

    expect(view.payments).toEqual([]);
    expect(view.totals?.paid).toEqual({ amountMinor: 0, currency: "USD" });
    expect(view.custom).toEqual({});
    expect(view.travellers).toEqual([]);
    expect(view.travellerCount).toBe(1);
    expect(view.customer).toMatchObject({ id: "700501", name: null, email: null, phone: null });
    expect(view.travellersText).toBeNull();
    expect(view.start).toEqual({ date: "2026-08-01", timeZone: "Europe/Oslo" });
  });

  test("a booking with hardly any element leaves everything else as it was", async () => {
    const view = await viewOf("<status>2</status>");

    const shown = Object.entries(view).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(shown)).toEqual({
      status: "confirmed",
      totals: {},
    });
  });

  test("only one of two travellers is named, two are counted", async () => {
    const view = await sampleView("03_new_provisional_web", "1203");

    expect(view.travellers).toHaveLength(1);
    expect(view.travellerCount).toBe(2);
    expect(view.items?.[0]?.start).toEqual({ date: "2026-07-04", timeZone: "Europe/Oslo" });
    expect(view.end).toEqual({ date: "2026-07-11", timeZone: "Europe/Oslo" });
    expect(view.balanceDueOn).toBe("2026-06-06");
    expect(view.expiresAt).toBe("2026-03-12T22:59:59.000Z");
  });

  test("new elements, CDATA and character references are read (awkward)", async () => {
    const view = await sampleView("awkward/unknown_fields_cdata_single_component", "1220");

    expect(view.customer?.name).toBe('<script>alert("x")</script> & Co.');
    expect(view.totals?.total).toEqual(eur(123450));
    expect(view.balance).toEqual(eur(0));
    expect(view.notes).toBe("Line 1\nLine 2\ttabbed 🚲");
    expect(view.items).toHaveLength(1);
    expect(view.items?.[0]).toMatchObject({ id: "880200", name: "Only one", quantity: 1 });
    expect(view.items?.[0]).toMatchObject({ price: undefined, tax: undefined, pickup: undefined });
    expect(view.payments).toEqual([]);
  });

  test("the vendor's empty dates are no dates", async () => {
    const view = await viewOf(
      "<status>1</status><cancel_reason>0</cancel_reason>" +
        "<cancel_date_time>0000-00-00 00:00:00</cancel_date_time>" +
        "<expiry_date>0000-00-00</expiry_date><balance_due>0000-00-00</balance_due>" +
        "<cancelled_at_utc_seconds>0</cancelled_at_utc_seconds>" +
        "<made_date_time>0000-00-00 00:00:00</made_date_time>",
    );

    expect(view).toMatchObject({
      status: "requested",
      cancellation: null,
      expiresAt: null,
      balanceDueOn: null,
      madeAt: null,
    });
  });
});
