import { afterEach, describe, expect, it } from "vitest";

import type { ListPage, TimeWindow } from "#sdk";

import { planyoServer, type PlanyoServer, readFixture, savedAnswer, told } from "../testing.ts";
import { closureRecords } from "./closures.ts";
import { planyoLists } from "./lists.ts";

let server: PlanyoServer;
afterEach(() => server.close());

const window = { since: Date.UTC(2026, 2, 2, 9), until: Date.UTC(2026, 2, 2, 10) };

async function read(
  id: string,
  results: unknown,
  question: { window?: TimeWindow; page?: number; settings?: Record<string, unknown> } = {},
): Promise<ListPage> {
  server = await planyoServer(() =>
    typeof results === "string" ? savedAnswer(results) : told({ results }),
  );
  const list = [...planyoLists.changed, ...(planyoLists.daily ?? [])].find((one) => one.id === id);
  if (!list) throw new Error(`there is no list ${id}`);
  const { page = 0, settings = {} } = question;
  const asked = { window: question.window ?? window, part: "", page };
  return list.read(asked, server.context({ timestamps: "true_epoch", ...settings }));
}

describe("what was done to bookings", () => {
  it("is asked for by the site's clock", async () => {
    await read("actions", []);

    expect(server.calls).toEqual([
      {
        method: "get_reservation_actions",
        site_id: "77001",
        start_time: "2026-03-02 10:00:00",
        end_time: "2026-03-02 11:00:00",
      },
    ]);
  });

  it("names each booking once, with the newest time, whatever it was", async () => {
    const { bookings, isLast } = await read("actions", "get_reservation_actions.json");

    expect(bookings).toEqual([
      { reference: "9000101", fetch: {}, changedAt: Date.UTC(2026, 2, 2, 10, 0, 40) },
      { reference: "9000103", fetch: {}, changedAt: Date.UTC(2026, 2, 2, 10, 6) },
    ]);
    expect(isLast).toBe(true);
  });

  it("is taken for later rather than earlier where the clock shows a time twice", async () => {
    const action = { reservation_id: 1, time: "2026-10-25 02:30:00" };

    const { bookings } = await read("actions", [action]);

    expect(bookings[0]?.changedAt).toBe(Date.UTC(2026, 9, 25, 1, 30));
  });

  it("is taken for later rather than earlier while a number may mean two times", async () => {
    const action = { reservation_id: 1, time: 1783173600 };

    const west = { settings: { timestamps: "auto", timeZone: "America/New_York" } };
    const { bookings } = await read("actions", [action], west);
    await server.close();
    const east = await read("actions", [action], { settings: { timestamps: "auto" } });

    expect(bookings[0]?.changedAt).toBe((1783173600 + 4 * 3600) * 1000);
    expect(east.bookings[0]?.changedAt).toBe(1783173600 * 1000);
  });

  it("without a time says that the booking must be looked at", async () => {
    const actions = [
      { reservation_id: 1, time: "2026-03-02 10:00:00" },
      { reservation_id: 1, time: "" },
    ];

    expect((await read("actions", actions)).bookings).toEqual([{ reference: "1", fetch: {} }]);
  });

  it("of the hour that comes twice is asked for in a wider window", async () => {
    const twice = { since: Date.UTC(2026, 9, 25, 0, 30), until: Date.UTC(2026, 9, 25, 1, 30) };

    await read("actions", [], { window: twice });

    expect(server.calls[0]).toMatchObject({
      start_time: "2026-10-25 01:30:00",
      end_time: "2026-10-25 03:30:00",
    });
  });

  it.each([
    [499, true],
    [500, false],
    [501, true],
    [1000, false],
  ])("of %i rows is all of it: %s", async (count, isLast) => {
    const actions = Array.from({ length: count }, (_, index) => ({ reservation_id: index + 1 }));

    expect((await read("actions", actions)).isLast).toBe(isLast);
  });

  it("goes on with a page where there seemed to be more", async () => {
    await read("actions", [], { page: 1 });

    expect(server.calls[0]).toMatchObject({ page: "1" });
  });
});

describe("payments", () => {
  it("are told by booking, and what went back is negative", async () => {
    const { bookings } = await read("payments", "list_payments.json");

    expect(server.calls[0]).toEqual({
      method: "list_payments",
      site_id: "77001",
      start_date: "2026-03-02",
      end_date: "2026-03-02",
    });
    expect(bookings).toEqual([
      {
        reference: "9000101",
        fetch: {},
        payments: [
          {
            amount: { amountMinor: 12000, currency: "EUR" },
            paidAt: "2026-03-03T08:00:00Z",
            method: "Paypal",
            reference: "710001",
            transactionReference: "TX-DEMO-1",
          },
        ],
      },
      {
        reference: "9000104",
        fetch: {},
        payments: [
          {
            amount: { amountMinor: -24000, currency: "EUR" },
            paidAt: "2026-03-09T15:00:00Z",
            method: "Offline (cash)",
            reference: "710002",
          },
        ],
      },
    ]);
  });

  it("of one booking come together; those pending, failed or of no booking are left out", async () => {
    const base = { amount: "10.00", currency: "EUR", reservation_id: 7 };
    const payments = [
      { ...base, status: 1 },
      { ...base, status: "4" },
      { ...base, status: 2 },
      { ...base, status: 3 },
      { ...base, status: 1, amount: "ten" },
      { ...base, status: 1, reservation_id: "", id: 99 },
      { ...base, status: 1, site_id: 77002 },
    ];

    const { bookings } = await read("payments", payments);

    expect(bookings.map(({ reference }) => reference)).toEqual(["7"]);
    expect(bookings[0]?.payments?.map(({ amount }) => amount.amountMinor)).toEqual([1000, -1000]);
  });
});

describe("closures", () => {
  const row = {
    vacation_id: 660001,
    resource_id: "3101",
    site_id: "77001",
    start_time: "2026-08-01 00:00:00",
    end_time: "2026-08-15 23:59:00",
    type: "1",
    recurrence_type: "one-time",
    comment: "painting",
  };

  it("are asked for as far as a year ahead, of every kind", async () => {
    await read("closures", []);

    expect(server.calls[0]).toEqual({
      method: "list_vacations",
      site_id: "77001",
      start_time: "2026-03-02 00:00:00",
      end_time: "2027-03-03 23:59:59",
      resource_id: "all",
      include_site_vacations: "true",
      type: "all",
      vacation_recurrence_type: "all",
    });
  });

  it.each([
    ["true_epoch", { start_time: "1785535200", end_time: "1786831140" }],
    ["wall_clock", { start_time: "1785542400", end_time: "1786838340" }],
  ])("look the same as in the call, whose numbers are %s", async (timestamps, times) => {
    const call = readFixture("09_vacation_modified_one_time_new.json");

    const { records } = await read("closures", [row], { settings: { timestamps } });

    expect(records).toMatchObject([
      {
        subject: call.subject,
        announcement: {
          type: "availability.changed",
          native: { event: "list_vacations", fields: { comment: "painting" } },
        },
      },
    ]);
    expect(records?.[0]?.record).toEqual({
      updated_vacation_ids: "660001",
      vacation_type: "1",
      ...times,
      site_id: "77001",
      resource_id: "3101",
      is_site_vacation: "false",
    });
    if (timestamps === "true_epoch") expect(call.record).toMatchObject(records?.[0]?.record ?? {});
  });

  it("of the whole site are told from those of a resource", async () => {
    const site = { ...row, resource_id: "0", recurrence_type: "year" };

    const { records, bookings } = await read("closures", [site]);

    expect(records?.[0]?.record).toMatchObject({ is_site_vacation: "true", vacation_type: "5" });
    expect(records?.[0]?.record).not.toHaveProperty("resource_id");
    expect(bookings).toEqual([]);
  });

  it("of a list that leaves out one that lies ahead, that one is gone", async () => {
    const { records } = await read("closures", [row]);
    const { config } = server.context({});
    const known = { kind: "vacation", id: "660001", record: records?.[0]?.record ?? {} } as const;
    const gone = (record: object, id: string = known.id) =>
      closureRecords.asGone(
        { ...known, id, record: { ...known.record, ...record } },
        window,
        config,
      );

    expect(gone({})).toMatchObject({
      subject: { kind: "vacation", id: "660001" },
      announcement: { type: "availability.changed" },
      record: { ...known.record, update_type: "removed" },
    });
    expect(closureRecords.isGone(gone({})?.record ?? {})).toBe(true);
    expect(closureRecords.isGone(known.record)).toBe(false);
    // Every week, over since yesterday, in two years, of an import: the list need not show them.
    const [over, inTwoYears] = [-3_600_000, 730 * 86_400_000].map((ms) =>
      String((window.since + ms) / 1000),
    );
    expect(gone({ vacation_type: "3" })).toBeUndefined();
    expect(gone({ start_time: over, end_time: over })).toBeUndefined();
    expect(gone({ start_time: inTwoYears, end_time: inTwoYears })).toBeUndefined();
    expect(gone({ start_time: "", end_time: "" })).toBeUndefined();
    expect(gone({}, "660001,660002")).toBeUndefined();
  });

  it("without a number, or of another site, are left out", async () => {
    const others = [
      { ...row, vacation_id: "" },
      { ...row, site_id: 77002 },
    ];

    expect((await read("closures", others)).records).toEqual([]);
  });
});
