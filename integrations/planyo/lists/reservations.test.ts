import { afterEach, describe, expect, it } from "vitest";

import type { SimulatedAnswer } from "#sdk";

import { fetchBooking } from "../api-view.ts";
import {
  fixtureJson,
  type Parameters,
  planyoServer,
  type PlanyoServer,
  refused,
  savedAnswer,
  told,
} from "../testing.ts";
import { planyoLists } from "./lists.ts";

let server: PlanyoServer;
afterEach(() => server.close());

async function serve(answer: (parameters: Parameters, call: number) => SimulatedAnswer) {
  server = await planyoServer(answer);
}

const window = { from: "2026-07-01", to: "2026-07-31" };

function starting(page = 0, parts: Record<string, unknown> = {}) {
  return planyoLists.starting.read({ window, part: "", page }, server.context(parts));
}

function rows(count: number, first = 1) {
  return Array.from({ length: count }, (_, index) => ({ reservation_id: first + index }));
}

describe("the bookings that start in some days", () => {
  it("are asked for in the order of their numbers, the cancelled ones too", async () => {
    await serve(() => savedAnswer("list_reservations_page0.json"));

    await starting();

    expect(server.calls).toEqual([
      {
        method: "list_reservations",
        site_id: "77001",
        start_time: "2026-07-01 00:00:00",
        end_time: "2026-07-31 23:59:59",
        list_by_creation_date: "false",
        detail_level: "7",
        sort: "reservation_id",
        page: "0",
      },
    ]);
  });

  it("show their status, stay and guest, and nothing that the row lacks", async () => {
    await serve(() => savedAnswer("list_reservations_page0.json"));

    const { bookings } = await starting();

    expect(bookings.map(({ reference, view }) => [reference, view?.status])).toEqual([
      ["9000101", "confirmed"],
      ["9000103", "cancelled"],
      ["9000120", "quoted"],
    ]);
    const view = bookings[0]?.view;
    expect(view).toMatchObject({
      title: 'Cabin "Pi" & sauna',
      start: { date: "2026-07-04", time: "16:00", timeZone: "Europe/Madrid" },
      madeAt: "2026-03-02T09:15:00Z",
      customer: { email: "marta.nunez+bici@example.com" },
      notes: null,
    });
    expect([view?.items, view?.totals, view?.custom]).toEqual([undefined, undefined, undefined]);
    expect([view?.customer?.phone, view?.customer?.address]).toEqual([undefined, undefined]);
  });

  it("show price, form and products where the row has them, as a look at the booking does", async () => {
    const { data } = fixtureJson("api/get_reservation_data_9000101.json") as { data: object };
    const row = { ...data, reservation_id: "9000101" };
    await serve(({ method }) => told(method === "list_reservations" ? { results: [row] } : data));

    const { bookings } = await starting();

    const fetched = await fetchBooking("9000101", {}, server.context());
    expect(bookings[0]?.view).toEqual(fetched);
    expect(fetched?.balance).toEqual({ amountMinor: 15550, currency: "EUR" });
  });

  it("are known by `id` where the row has no `reservation_id`, and by resource_name", async () => {
    await serve(() => told({ results: { "3": { id: 12, resource_name: "Boat", status: 3 } } }));

    const { bookings } = await starting();

    expect(bookings).toMatchObject([{ reference: "12", view: { title: "Boat" } }]);
  });

  it("of another site, or without a number, are left out", async () => {
    const others = [{ reservation_id: 1, site_id: 77002 }, { reservation_id: "1 OR 1" }, {}];
    await serve(() => told({ results: [...others, { reservation_id: 4, site_id: 77001 }] }));

    const { bookings } = await starting();

    expect(bookings.map(({ reference }) => reference)).toEqual(["4"]);
  });
});

describe("the pages of the bookings", () => {
  it("go on while they are full, whatever is left out of them", async () => {
    await serve(({ page }) => told({ results: page === "0" ? rows(500) : rows(499, 501) }));

    const [first, second] = [await starting(0), await starting(1)];

    expect([first.isLast, second.isLast]).toEqual([false, true]);
    expect(second.bookings[0]?.reference).toBe("501");
  });

  it("begin with 1 where Planyo refuses 0", async () => {
    await serve(({ page }) =>
      page === "0" ? refused(3, "Invalid input data: page") : told({ results: rows(2) }),
    );

    expect(await starting(0)).toEqual({ bookings: [], isLast: false });
    expect((await starting(1)).bookings).toHaveLength(2);
  });

  it("may begin with 1 while page 0 has never shown a booking", async () => {
    await serve((_, call) => told({ results: call === 1 ? rows(2) : [] }));

    const beforeAny = await starting(0);
    await starting(0);
    const afterSome = await starting(0);

    expect([beforeAny.isLast, afterSome.isLast]).toEqual([false, true]);
  });

  it("are refused for good where page 1 is refused as well", async () => {
    await serve(() => refused(3, "Invalid input data: start_time"));

    await expect(starting(1)).rejects.toMatchObject({ kind: "permanent" });
  });

  it.each([
    ["no list", { data: 1 }],
    ["nothing", null],
    ["only text", { results: "none" }],
  ])("with %s are no proof that there are no bookings", async (_title, data) => {
    await serve(() => told(data));

    await expect(starting()).rejects.toMatchObject({ kind: "retryable" });
  });

  it("are asked for later when Planyo has had too many calls", async () => {
    await serve(() => savedAnswer("error_5_overuse.json"));

    await expect(starting()).rejects.toMatchObject({ kind: "retryable", retryAfterMs: 60_000 });
  });
});

it("bookings made in a window are asked for by the whole days of the site's calendar", async () => {
  await serve(() => told({ results: rows(1) }));
  const made = planyoLists.daily?.find(({ id }) => id === "made");
  // 23:30 in Madrid on the first day, 00:30 on the last.
  const touched = {
    since: Date.UTC(2026, 6, 1, 21, 30),
    until: Date.UTC(2026, 6, 2, 22, 30),
  };

  const page = await made?.read({ window: touched, part: "", page: 0 }, server.context());

  expect(page?.bookings).toHaveLength(1);
  expect(server.calls[0]).toMatchObject({
    list_by_creation_date: "true",
    start_time: "2026-07-01 00:00:00",
    end_time: "2026-07-03 23:59:59",
  });
});

it("lists are read where there is a key, and know the site's day", async () => {
  await serve(() => told(null));
  const config = server.config();

  expect(planyoLists.isReady(config)).toBe(true);
  expect(planyoLists.isReady({ ...config, apiKey: undefined })).toBe(false);
  expect(planyoLists.dayOf(Date.UTC(2026, 6, 1, 22, 30), config)).toBe("2026-07-02");
});

it("everything about a booking is announced but its payments", () => {
  expect(planyoLists.announced).toContain("booking.cancelled");
  expect(planyoLists.announced).toContain("booking.timer");
  expect(planyoLists.announced).toContain("availability.changed");
  expect(planyoLists.announced.filter((type) => type.startsWith("payment."))).toEqual([]);
});
