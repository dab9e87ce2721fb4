import type { SimulatedSystem } from "#sdk";
import { afterEach, describe, expect, test } from "vitest";

import { cancelled, made, starting } from "../lists/booking-list.ts";
import { dayOf } from "../lists/days.ts";
import { payments } from "../lists/payment-list.ts";
import { source } from "../source.ts";
import { account, closeAccounts, NOW, numberOf, populated } from "./testing.ts";

const DAY_MS = 86_400_000;
const TODAY = { since: NOW, until: NOW };
const ALL_DAYS = { from: "2026-01-01", to: "2027-12-31" };
const ALL_TIME = { since: NOW - 90 * DAY_MS, until: NOW };

afterEach(closeAccounts);

const references = (rows: readonly { reference: string }[]) =>
  rows.map(({ reference }) => reference);

describe("lists of the simulated account, read as we read TourCMS", () => {
  test("each booking that begins in the window is on one page of its channel, once", async () => {
    const { pages, truth } = await populated(500);
    const window = { from: "2026-02-20", to: "2027-02-15" };

    const read = await pages(starting, window);

    const wanted = [...truth().values()].filter(
      ({ startsOn }) => startsOn >= window.from && startsOn <= window.to,
    );
    const listed = read.flatMap(({ bookings }) => references(bookings));
    expect(listed.length).toBeGreaterThan(400);
    expect(listed.sort()).toEqual(wanted.map(({ reference }) => reference).sort());
    expect(read).toHaveLength(3);
  });

  test("a row agrees with the look at its booking in all it carries", async () => {
    const { rows, look } = await populated(60);
    const listed = await rows(starting, ALL_DAYS);

    expect(listed).toHaveLength(60);
    for (const { reference, fetch, view } of listed) {
      expect(await look(reference, fetch)).toMatchObject(shownOnly(view ?? {}));
    }
  });

  test("what was made, cancelled and paid is listed by its day in Oslo", async () => {
    const { rows, look } = await populated(150);
    const window = { since: NOW - 20 * DAY_MS, until: NOW - 10 * DAY_MS };
    const isIn = (text: string | null | undefined) => {
      const day = dayOf(Date.parse(text ?? ""), "Europe/Oslo");
      return day >= "2026-02-10" && day <= "2026-02-20";
    };
    const everything = await rows(starting, ALL_DAYS);
    const views = await Promise.all(
      everything.map(({ reference, fetch }) => look(reference, fetch)),
    );
    const found = (list: readonly { reference: string }[]) => new Set(references(list));
    const wanted = (test: (view: (typeof views)[number]) => boolean) =>
      new Set(references(everything.filter((_, index) => test(views[index]))));

    expect(found(await rows(made, window))).toEqual(wanted((view) => isIn(view?.madeAt)));
    expect(found(await rows(cancelled, window))).toEqual(
      wanted((view) => view?.cancellation?.at !== undefined && isIn(view.cancellation.at)),
    );
    expect(found(await rows(payments, window))).toEqual(
      wanted((view) => view?.payments?.some(({ paidAt }) => isIn(paidAt)) ?? false),
    );
  });

  test("the payments of all time are those of the bookings, one for one", async () => {
    const { rows, look } = await populated(60);

    const listed = await rows(payments, ALL_TIME);

    expect(listed.length).toBeGreaterThan(20);
    for (const { reference, fetch, payments: paid } of listed) {
      expect((await look(reference, fetch))?.payments).toEqual(paid);
    }
  });

  test("an empty account has empty lists", async () => {
    const { pages } = await populated(0);

    for (const page of [...(await pages(starting, ALL_DAYS)), ...(await pages(made, TODAY))]) {
      expect(page).toEqual({ bookings: [], total: 0, isLast: true });
    }
  });

  test("a booking is listed from its first call on", async () => {
    const { system, rows } = await populated(0);
    const [call] = system.play("cancelled");

    const before = await rows(made, TODAY);
    const [, second] = [...system.play("cancelled")];

    expect(references(before)).toEqual([numberOf(call)]);
    expect(references(await rows(made, TODAY))).toEqual([numberOf(call), numberOf(second)]);
    expect(references(await rows(cancelled, TODAY))).toEqual([numberOf(second)]);
  });
});

/** Drops what is undefined: the row does not carry it. */
function shownOnly(view: object): object {
  return JSON.parse(JSON.stringify(view)) as object;
}

describe("the API behind the times", () => {
  test("a cancellation shows in looks and lists only when the lag is over", async () => {
    const { system, clock, look, rows, truth } = await populated(0, { lagMs: 8000 });
    const calls = system.play("cancelled")[Symbol.iterator]();
    const reference = numberOf(first(calls));
    const seen = async () => {
      const listed = await rows(made, TODAY);
      const [row] = listed;
      return {
        look: (await look(reference, row?.fetch ?? { channelId: "51234" }))?.status,
        made: listed.length,
        cancelled: (await rows(cancelled, TODAY)).length,
        payments: (await rows(payments, TODAY)).flatMap((one) => one.payments ?? []).length,
      };
    };

    const early = await seen();
    clock.advance(8000);
    const confirmed = await seen();
    calls.next();
    const stale = await seen();
    clock.advance(7999);
    const stillStale = await seen();
    const real = truth().get(reference)?.status;
    clock.advance(1);

    expect(early).toEqual({ look: undefined, made: 0, cancelled: 0, payments: 0 });
    expect(confirmed).toEqual({ look: "confirmed", made: 1, cancelled: 0, payments: 1 });
    expect([stale, stillStale]).toEqual([confirmed, confirmed]);
    expect(real).toBe("cancelled");
    expect(await seen()).toEqual({ look: "cancelled", made: 1, cancelled: 1, payments: 2 });
  });

  test("a moved booking stays on its old day until the lag is over", async () => {
    const { system, clock, rows, truth } = await populated(1, { lagMs: 5000 });
    const [before] = await rows(starting, ALL_DAYS);
    const oldDay = truth().get(before?.reference ?? "")?.startsOn ?? "";
    changeUntil(system, /moved to/, () => clock.advance(6000));
    const newDay = truth().get(before?.reference ?? "")?.startsOn ?? "";
    const on = async (day: string) => (await rows(starting, { from: day, to: day })).length;

    const stale = [await on(oldDay), await on(newDay)];
    clock.advance(5000);

    expect(newDay > oldDay).toBe(true);
    expect(stale).toEqual([1, 0]);
    expect([await on(oldDay), await on(newDay)]).toEqual([0, 1]);
  });
});

describe("rows that move while they are read", () => {
  test("are seen twice or not at all, which the total tells", async () => {
    const { pages } = await populated(450, { hasMovingRows: true });

    const read = (await pages(starting, ALL_DAYS)).filter(({ total }) => (total ?? 0) > 300);

    const listed = read.flatMap(({ bookings }) => references(bookings));
    expect(listed).toHaveLength(read[0]?.total ?? NaN);
    expect(new Set(listed).size).toBeLessThan(listed.length);
  });

  test("a second reading finds what the first one missed", async () => {
    const { rows } = await populated(450, { hasMovingRows: true });

    const twice = [...(await rows(starting, ALL_DAYS)), ...(await rows(starting, ALL_DAYS))];

    expect(new Set(references(twice)).size).toBe(450);
  });
});

describe("how a connection is compared", () => {
  test("channels with a key are asked one by one, once the account is known", async () => {
    const { settings } = await account();
    const { lists } = source;
    const keyless = { ...settings, channels: { "51234": {} } };

    expect(lists?.parts?.(settings)).toEqual(["51234", "51300"]);
    expect(lists?.parts?.(keyless)).toEqual([]);
    expect([
      lists?.isReady(settings),
      lists?.isReady(keyless),
      lists?.isReady({ ...settings, accountId: undefined }),
    ]).toEqual([true, false, false]);
  });

  test("a known booking is looked up with its channel, and counts against its key", () => {
    const booking = {
      connection: "c",
      reference: "1201",
      version: 1,
      status: "confirmed",
    } as const;
    const fetchOf = (id: string) => source.lists?.fetchOf({ ...booking, channel: { id } });

    expect(fetchOf("51300")).toEqual({ channelId: "51300" });
    expect(fetchOf("51300/0")).toBeUndefined();
    expect(source.lists?.fetchOf(booking)).toBeUndefined();
    expect(source.keyOf?.(fetchOf("51300") ?? {})).toBe("51300");
  });

  test("staff payments, refunds and changed bookings are never announced", () => {
    const announced = source.lists?.announced ?? [];

    expect(announced).toContain("booking.cancelled");
    expect(announced.filter((type) => /payment|modified|customer/.test(type))).toEqual([]);
  });

  test("a day begins when it does in the account's time zone", async () => {
    const { settings } = await account();
    const dayAt = (text: string) => source.lists?.dayOf(Date.parse(text), settings);

    expect(dayAt("2026-03-29T21:59:59Z")).toBe("2026-03-29");
    expect(dayAt("2026-03-29T22:00:00Z")).toBe("2026-03-30");
    expect(dayAt("2026-10-25T22:59:59Z")).toBe("2026-10-25");
  });
});

function first<T>(calls: Iterator<T>): T {
  const result = calls.next();
  if (result.done) throw new Error("no call");
  return result.value;
}

/** Has staff change something until it is what is wanted. */
function changeUntil(system: SimulatedSystem, wanted: RegExp, between: () => void): void {
  for (let tries = 0; tries < 200; tries += 1) {
    between();
    if (wanted.test(system.changeSilently?.() ?? "")) return;
  }
  throw new Error(`nothing like ${wanted.source}`);
}
