import { describe, expect, test } from "vitest";

import { eur, sampleView, viewOf } from "./testing.ts";

describe("people and money", () => {
  test("an agent's booking names the agent, the commission and who owes", async () => {
    const view = await sampleView("04_new_provisional_staff", "1204", {
      channelId: "51400",
      settings: { accountId: "90002", channels: { "51400": { apiKey: "k" } } },
    });

    expect(view.agent).toEqual({
      id: "77",
      name: "Smith & Sons Travel Ltd",
      code: "SST",
      reference: 'SST/2026/"17"',
    });
    expect(view.totals?.commission).toEqual({ amountMinor: 4575, currency: "KWD" });
    expect(view.balanceOwedBy).toBe("agent");
    expect(view.customer?.name).toBe("نورة الصباح");
  });

  test("yen are the same with and without decimals", async () => {
    const view = await sampleView("02_new_confirmed_staff", "1202", { channelId: "51300" });

    const yen = { amountMinor: 12000, currency: "JPY" };
    expect(view.totals).toMatchObject({ total: yen, paid: yen });
    expect(view.payments?.[0]?.amount).toEqual(yen);
  });

  test("a refund is a negative payment", async () => {
    const view = await sampleView("07_cancelled", "1207");

    expect(view.payments?.map(({ amount }) => amount.amountMinor)).toEqual([9000, -9000]);
    expect(view.totals?.paid).toEqual(eur(0));
  });

  test("payments in another currency are kept, but not added up", async () => {
    const view = await viewOf(
      "<sale_currency>EUR</sale_currency><customers/><payments>" +
        "<payment><payment_value>10.00</payment_value></payment>" +
        "<payment><payment_value>5.00</payment_value><payment_currency>GBP</payment_currency>" +
        "</payment></payments>",
    );

    expect(view.payments?.map(({ amount }) => amount)).toEqual([
      eur(1000),
      { amountMinor: 500, currency: "GBP" },
    ]);
    expect(view.totals?.paid).toBeUndefined();
  });

  test("an item without a currency has that of its booking", async () => {
    const view = await viewOf(
      "<sale_currency>EUR</sale_currency><components><component>" +
        "<sale_price>1.00</sale_price></component><component>" +
        "<sale_price>1.00</sale_price><sale_currency>GBP</sale_currency></component></components>",
    );

    expect(view.items?.map(({ id, unitPrice }) => [id, unitPrice])).toEqual([
      ["line-1", eur(100)],
      ["line-2", { amountMinor: 100, currency: "GBP" }],
    ]);
  });

  test("the tax of a booking is known only when that of every item is", async () => {
    const item = (tax: string) =>
      `<component><component_id>1</component_id><sale_currency>EUR</sale_currency>${tax}</component>`;

    const all = await viewOf(
      `<components>${item("<tax_total>1.10</tax_total>")}${item("<tax_total>2</tax_total>")}</components>`,
    );
    const some = await viewOf(
      `<components>${item("<tax_total>1.10</tax_total>")}${item("<tax_total/>")}</components>`,
    );

    expect(all.totals?.tax).toEqual(eur(310));
    expect(some.totals?.tax).toBeUndefined();
  });

  test("a pickup on request and a link that is no web address", async () => {
    const view = await viewOf(
      "<components><component><component_id>1</component_id><pickup_id>-1</pickup_id>" +
        "<pickup_name/><pickup_time>NOTSET</pickup_time><pickup_note/>" +
        "<urls><url><link>javascript://example.com/%0aalert(1)</link></url></urls></component></components>" +
        "<voucher_url>file:///etc/hosts</voucher_url>",
    );

    expect(view.items?.[0]?.pickup).toEqual({
      name: null,
      time: null,
      note: null,
      isOnRequest: true,
    });
    expect(view.items?.[0]?.links).toEqual([]);
    expect(view.voucherUrl).toBeUndefined();
  });

  test("custom fields are kept as text under any name", async () => {
    const { custom } = await viewOf(
      "<custom_fields><field><name>__proto__</name><value>007</value></field>" +
        "<field><name>Språk</name><value>nb</value></field>" +
        "<field><name>Språk</name><value>en</value></field><field><name/></field></custom_fields>",
    );

    expect(Object.entries(custom ?? {}).sort()).toEqual([
      ["Språk", "nb"],
      ["__proto__", "007"],
    ]);
  });
});

describe("times", () => {
  test("a booking begins with its first item of that day and ends with its last", async () => {
    const component = (id: number, start: string, end: string) =>
      `<component><component_id>${id}</component_id>` +
      `<start_date>2026-06-14</start_date><start_time>${start}</start_time>` +
      `<end_date>2026-06-15</end_date><end_time>${end}</end_time></component>`;
    const view = await viewOf(
      "<start_date>2026-06-14</start_date><end_date>2026-06-15</end_date><components>" +
        component(1, "13:00", "10:00") +
        component(2, "9:30", "16:45:00") +
        component(3, "NOTSET", "25:00") +
        "</components>",
    );

    expect(view.start).toMatchObject({ date: "2026-06-14", time: "09:30" });
    expect(view.end).toMatchObject({ date: "2026-06-15", time: "16:45" });
  });

  test("local times are read in the account's zone, UTC seconds as they are", async () => {
    const local = await viewOf("<made_date_time>2026-07-01 14:05:09</made_date_time>");
    const exact = await viewOf(
      "<made_date_time>2026-07-01 14:05:09</made_date_time>" +
        "<made_date_time_at_utc_seconds>1772456709</made_date_time_at_utc_seconds>",
    );

    expect(local.madeAt).toBe("2026-07-01T12:05:09.000Z");
    expect(exact.madeAt).toBe("2026-03-02T13:05:09.000Z");
  });
});
