import { kindOf } from "#sdk";
import { describe, expect, test } from "vitest";

import { eur, fixture } from "../testing.ts";
import { cancelled, made, starting } from "./booking-list.ts";
import { payments } from "./payment-list.ts";
import { DAYS, listOfPayments, readFrom, row, TODAY, twoPages, withRows } from "./testing.ts";

describe("what TourCMS is asked", () => {
  test("a list is asked for the first days of stays, page by page from 1", async () => {
    const { requests } = await readFrom(starting, DAYS, twoPages, { page: 2 });

    expect(requests.map(({ url }) => url)).toEqual([
      "/c/bookings/list.xml?start_date_start=2026-03-14&start_date_end=2026-03-15" +
        "&per_page=250&page=3",
    ]);
  });

  test.each([
    ["made", made, "/c/bookings/list.xml?made_date_start=D&made_date_end=D&per_page=250&page=1"],
    [
      "cancelled",
      cancelled,
      "/c/bookings/list.xml?cancel_date_start=D&cancel_date_end=D&per_page=250&page=1",
    ],
    [
      "payments",
      payments,
      "/c/booking/payment/list.xml?from_date=D&to_date=D&per_page=1000&page=1",
    ],
  ])("what has happened is asked for by whole days: %s", async (id, list, url) => {
    const { requests } = await readFrom(list, TODAY, twoPages);

    expect(list.id).toBe(id);
    expect(requests.map((request) => request.url)).toEqual([url.replaceAll("D", "2026-03-02")]);
  });

  test.each([
    // Clocks go forward in the night to 29 March 2026 and back in the night to 25 October.
    ["2026-03-28T22:30:00Z", "2026-03-29T21:59:59Z", "2026-03-28", "2026-03-29"],
    ["2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-29", "2026-03-30"],
    ["2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25", "2026-10-25"],
    ["2026-10-24T21:59:59Z", "2026-10-25T23:00:00Z", "2026-10-24", "2026-10-26"],
  ])(
    "the days are those of Oslo when the clocks change: %s to %s",
    async (since, until, from, to) => {
      const window = { since: Date.parse(since), until: Date.parse(until) };

      const { requests } = await readFrom(made, window, twoPages);

      const query = new URL(requests[0]?.url ?? "", "http://x").searchParams;
      expect([query.get("made_date_start"), query.get("made_date_end")]).toEqual([from, to]);
    },
  );

  test("each channel is asked with its own key", async () => {
    const { requests } = await readFrom(starting, DAYS, twoPages, { part: "51300" });

    expect(requests[0]?.headers["authorization"]).toMatch(/^TourCMS 51300:0:/);
  });
});

describe("where a list ends", () => {
  test.each([
    [0, false],
    [1, true],
    [2, true],
  ])("251 bookings are on two pages: page %i", async (page, isLast) => {
    const read = await readFrom(starting, DAYS, twoPages, { page });

    expect(read.page).toMatchObject({ total: 251, isLast });
  });

  test("exactly 250 bookings are on one", async () => {
    const { page } = await readFrom(starting, DAYS, twoPages.replace(">251<", ">250<"));

    expect(page.isLast).toBe(true);
  });

  test("where TourCMS does not count, a page that is not full is the last", async () => {
    const full = Array.from({ length: 250 }, (_, index) => row("", String(1 + index))).join("");

    const last = await readFrom(starting, DAYS, withRows(row("")));
    const more = await readFrom(starting, DAYS, withRows(full));

    expect(last.page).toMatchObject({ isLast: true });
    expect(last.page).not.toHaveProperty("total");
    expect([more.page.bookings.length, more.page.isLast]).toEqual([250, false]);
  });

  test("a page without rows is the last, whatever the count says", async () => {
    const { page } = await readFrom(
      starting,
      DAYS,
      withRows("", "<total_bookings_count>9000</total_bookings_count>"),
    );

    expect(page).toMatchObject({ bookings: [], isLast: true });
  });

  test("no matching data is an empty list and no error", async () => {
    const body = fixture("api/error_no_matching_data.xml");

    for (const list of [made, cancelled, payments]) {
      const { page } = await readFrom(list, TODAY, { status: 404, body });

      expect(page).toEqual({ bookings: [], total: 0, isLast: true });
    }
  });

  test("bookings right under the root are found, too", async () => {
    const body = `<response><error>OK</error>${row("")}${row("", "1202")}</response>`;

    const { page } = await readFrom(starting, DAYS, body);

    expect(page.bookings.map(({ reference }) => reference)).toEqual(["1201", "1202"]);
  });
});

describe("which rows count", () => {
  test("a row of another account or without a booking number is left out, and told once", async () => {
    const foreign = row("", "77").replace("90001", "90002");
    const rows = [row(""), foreign, row("", "12;DROP"), row("", ""), row("", "1203")].join("");

    const { page, lines } = await readFrom(
      starting,
      DAYS,
      withRows(rows, "<total_bookings_count>5</total_bookings_count>"),
    );

    expect(page.bookings.map(({ reference }) => reference)).toEqual(["1201", "1203"]);
    expect(page.total).toBe(2);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"leftOut":3');
  });

  test("a booking is looked up with its own channel's key, else with the one that listed it", async () => {
    const rows =
      row("<channel_id>51300</channel_id>") +
      row("<channel_id>60000</channel_id>", "1202") +
      row("", "1203");

    const { page } = await readFrom(starting, DAYS, withRows(rows));

    expect(page.bookings.map(({ fetch }) => fetch)).toEqual([
      { channelId: "51300" },
      { channelId: "51234" },
      { channelId: "51234" },
    ]);
  });

  test("a row that cannot be read still says that there is a booking, and hides no other", async () => {
    const rows =
      row("<sale_currency>EUR</sale_currency><sales_revenue>dear</sales_revenue>") +
      row("<status>1</status>", "1202");

    const { page, lines } = await readFrom(starting, DAYS, withRows(rows));

    expect(page.bookings[0]).toEqual({ reference: "1201", fetch: { channelId: "51234" } });
    expect(page.bookings[1]?.view?.status).toBe("requested");
    expect(lines).toEqual([
      'a row of TourCMS\' list cannot be read; only its number counts {"reference":"1201"}',
    ]);
  });
});

describe("the list of payments", () => {
  test("payments are put together by booking; what went back is negative", async () => {
    const { page } = await readFrom(payments, TODAY, listOfPayments);

    const [first, second] = page.bookings;
    expect(first).toMatchObject({
      reference: "1201",
      fetch: { channelId: "51234" },
      payments: [
        { amount: eur(10000), paidAt: "2026-03-02T08:00:00.000Z", method: "Cash" },
        { amount: eur(-4000), paidAt: "2026-03-02T10:30:00.000Z", method: "Refund" },
      ],
      changedAt: Date.UTC(2026, 2, 2, 10, 30),
    });
    expect(first).not.toHaveProperty("view");
    expect(second?.payments).toMatchObject([{ amount: { amountMinor: 12000, currency: "JPY" } }]);
    expect(page).toMatchObject({ total: 4, isLast: true });
  });

  test("a payment that cannot be read is told and hides no other", async () => {
    const { page, lines } = await readFrom(payments, TODAY, listOfPayments);

    expect(page.bookings[2]).toEqual({
      reference: "1203",
      fetch: { channelId: "51234" },
      payments: [],
    });
    expect(lines).toHaveLength(1);
  });

  test("a thousand fit on a page", async () => {
    const more = listOfPayments.replace(">4<", ">1001<");

    expect((await readFrom(payments, TODAY, more)).page.isLast).toBe(false);
    expect((await readFrom(payments, TODAY, more, { page: 1 })).page.isLast).toBe(true);
  });
});

describe("a list that is refused", () => {
  test.each([
    ["error_fail_sig", 200, "configuration"],
    ["error_fail_perm", 403, "configuration"],
    ["error_api_throttle", 429, "retryable"],
    ["error_api_throttle", 200, "retryable"],
  ])("%s with %i is %s, like a look", async (name, status, kind) => {
    for (const list of [made, cancelled, payments]) {
      const error: unknown = await readFrom(list, TODAY, {
        status,
        body: fixture(`api/${name}.xml`),
        headers: { "retry-after": "120" },
      }).catch((thrown: unknown) => thrown);

      expect(kindOf(error)).toBe(kind);
      if (kind === "retryable") expect(error).toMatchObject({ retryAfterMs: 120_000 });
    }
  });
});
