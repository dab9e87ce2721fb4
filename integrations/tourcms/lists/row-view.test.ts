import { describe, expect, test } from "vitest";

import { eur } from "../testing.ts";
import { starting } from "./booking-list.ts";
import { DAYS, readFrom, row, twoPages, withRows } from "./testing.ts";

async function viewOf(elements: string) {
  const { page } = await readFrom(starting, DAYS, withRows(row(elements)));
  return page.bookings[0]?.view;
}

describe("what a row shows of a booking", () => {
  test("hostile text is text, and lists that are only there empty are not shown", async () => {
    const { page } = await readFrom(starting, DAYS, twoPages);

    const view = page.bookings[0]?.view;
    expect(view).toMatchObject({
      status: "confirmed",
      title: "Half day rafting & swim",
      start: { date: "2026-03-14", time: "09:00", timeZone: "Europe/Oslo" },
      customer: { name: "Kari <b>Nordmann</b>", email: "kari.nordmann@example.com" },
      totals: { total: eur(16500) },
      balance: eur(0),
      cancellation: null,
      updatedAt: "2026-03-02T13:05:09.000Z",
    });
    expect([view?.payments, view?.travellers, view?.custom, view?.totals?.paid]).toEqual(
      Array.from({ length: 4 }),
    );
    expect(view?.items).toMatchObject([{ id: "8801", tickets: undefined, isRedeemed: undefined }]);
  });

  test("a cancelled booking says so", async () => {
    const { page } = await readFrom(starting, DAYS, twoPages);

    expect(page.bookings[1]?.view).toMatchObject({
      status: "cancelled",
      cancellation: { at: "2026-03-02T14:00:00.000Z", reason: "Cancelled via API" },
      items: undefined,
    });
  });

  const dated = "<updated_at_utc_seconds>1772456709</updated_at_utc_seconds>";
  const begins = (date: string) => `<start_date>${date}</start_date><end_date>${date}</end_date>`;
  const component = (elements: string) =>
    "<components><component><component_id>1</component_id><start_date>2026-03-14</start_date>" +
    `${elements}</component></components>`;

  test("a day without its time is not shown while the row says when it was saved", async () => {
    const timeless = begins("2026-03-14") + component("");

    const saved = await viewOf(dated + timeless);
    const unsaved = await viewOf(timeless);
    const timed = await viewOf(dated + begins("2026-03-14") + component("<start_time/>"));

    expect(saved).toMatchObject({ start: undefined, items: [{ id: "1", start: undefined }] });
    expect(unsaved?.start).toEqual({ date: "2026-03-14", timeZone: "Europe/Oslo" });
    expect(timed?.start).toEqual({ date: "2026-03-14", timeZone: "Europe/Oslo" });
  });

  test.each([
    ["begun, and silent about redemption", dated, "2026-03-02", "", undefined],
    ["begun, and not redeemed", dated, "2026-03-02", "0", "confirmed"],
    ["begun, and redeemed", dated, "2026-03-02", "1", "checked_in"],
    ["still to come", dated, "2026-03-03", "", "confirmed"],
    ["begun, but silent about when it was saved", "", "2026-03-02", "", "confirmed"],
  ])("confirmed may be checked in: %s", async (_name, saved, date, redeemed, status) => {
    const redemption =
      redeemed && `<voucher_redemption_status>${redeemed}</voucher_redemption_status>`;

    const view = await viewOf(
      `<status>2</status>${saved}${begins(date)}${component(`<start_time/>${redemption}`)}`,
    );

    expect(view?.status).toBe(status);
  });

  test("payments of a row count as their sum, and never one by one", async () => {
    const view = await viewOf(
      "<sale_currency>EUR</sale_currency><payments>" +
        "<payment><payment_value>100.00</payment_value></payment>" +
        "<payment><payment_value>-40.00</payment_value></payment></payments>",
    );

    expect([view?.payments, view?.totals?.paid]).toEqual([undefined, eur(6000)]);
  });
});
