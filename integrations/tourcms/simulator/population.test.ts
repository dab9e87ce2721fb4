import type { BookingStatus, SimulatedTruth } from "#sdk";
import { afterEach, describe, expect, test } from "vitest";

import { starting } from "../lists/booking-list.ts";
import { simulator } from "./simulator.ts";
import { account, closeAccounts, NOW, numberOf, playAll, populated } from "./testing.ts";

const DAY_MS = 86_400_000;
const ALL_DAYS = { from: "2026-01-01", to: "2027-12-31" };

afterEach(closeAccounts);

const count = (all: Iterable<SimulatedTruth>, test: (one: SimulatedTruth) => boolean) =>
  [...all].filter(test).length;

describe("a populated account", () => {
  test("is what the API shows of it, booking by booking", async () => {
    const { rows, look, truth } = await populated(30);
    const known = truth();

    for (const { reference, fetch } of await rows(starting, ALL_DAYS)) {
      const view = await look(reference, fetch);
      expect(known.get(reference)).toEqual({
        reference,
        status: view?.status,
        startsOn: view?.start?.date,
        total: view?.totals?.total,
        paid: view?.totals?.paid,
      });
    }
    expect(known.size).toBe(30);
  });

  test("is mixed like a real one: most to come, most confirmed, most paid", async () => {
    const { truth } = await populated(3000);
    const all = [...truth().values()];
    const share = (test: (one: SimulatedTruth) => boolean) => count(all, test) / all.length;
    const is = (status: BookingStatus) => share((one) => one.status === status);

    expect(new Set(all.map(({ reference }) => reference)).size).toBe(3000);
    expect(share(({ startsOn }) => startsOn < "2026-03-02")).toBeGreaterThan(0.01);
    expect(share(({ startsOn }) => startsOn < "2026-03-02")).toBeLessThan(0.08);
    expect(share(({ startsOn }) => startsOn > "2027-03-03")).toBe(0);
    expect(is("confirmed")).toBeGreaterThan(0.7);
    expect([is("quoted") > 0.03, is("requested") > 0.03, is("cancelled") > 0.03]).toEqual([
      true,
      true,
      true,
    ]);
    expect(share(({ paid, total }) => paid.amountMinor === total.amountMinor)).toBeGreaterThan(0.4);
    expect(share(({ paid }) => paid.amountMinor === 0)).toBeGreaterThan(0.1);
  });

  test("was made from one to sixty days before, and says nothing about it", async () => {
    const { rows } = await populated(100);

    for (const { view } of await rows(starting, ALL_DAYS)) {
      const ageDays = (NOW - Date.parse(view?.madeAt ?? "")) / DAY_MS;
      expect(ageDays).toBeGreaterThan(0.9);
      expect(ageDays).toBeLessThan(60.1);
    }
  });

  test("is the same for the same seed, and apart from the stories told beside it", () => {
    const make = (seed: number) => {
      const system = simulator.create({ seed, now: NOW, clock: () => NOW });
      system.populate?.(50);
      return system;
    };
    const [one, two, other] = [make(1), make(1), make(2)];
    const [told] = two.play("confirmed");

    const left = [...(two.truth?.() ?? [])].filter((each) => each.reference !== numberOf(told));

    expect(left).toEqual([...(one.truth?.() ?? [])]);
    expect([...(other.truth?.() ?? [])]).not.toEqual(left);
  });

  test("may be populated further, but never beyond the first number", () => {
    const system = simulator.create({ seed: 1, now: Date.UTC(2025, 0, 1, 1), clock: () => NOW });

    system.populate?.(1000);
    system.populate?.(1000);

    expect([...(system.truth?.() ?? [])]).toHaveLength(2000);
    expect(() => system.populate?.(2000)).toThrow(/no room for 2000 numbers/);
  });
});

describe("what staff change without a call", () => {
  test("shows in the API and in the truth, and nothing else changes", async () => {
    const { system, rows, clock, truth } = await populated(60);
    const seen = async () =>
      new Map((await rows(starting, ALL_DAYS)).map(({ reference, view }) => [reference, view]));
    const [before, truthBefore] = [await seen(), truth()];
    clock.advance(60_000);

    const what = system.changeSilently?.() ?? "";

    const reference = /^booking (\d+): /.exec(what)?.[1] ?? "";
    const after = await seen();
    const changed = [...after].filter(
      ([each, view]) => JSON.stringify(view) !== JSON.stringify(before.get(each)),
    );
    expect(changed.map(([each]) => each)).toEqual([reference]);
    expect(after.get(reference)?.updatedAt).toBe(new Date(NOW + 60_000).toISOString());
    truthBefore.delete(reference);
    expect(Object.fromEntries(truth())).toMatchObject(Object.fromEntries(truthBefore));
  });

  test("is of every kind: cash, refund, date, people, price, e-mail, name", async () => {
    const { system, clock } = await populated(300);

    const kinds = Array.from({ length: 120 }, () => {
      clock.advance(1000);
      const what = system.changeSilently?.() ?? "nothing";
      return what.replace(/^booking \d+: /, "").replace(/\d[\d.-]*( EUR| JPY)?/, "N");
    });

    expect(new Set(kinds)).toEqual(
      new Set([
        "N paid in cash",
        "N refunded",
        "moved to N",
        "one more adult",
        "N for each adult",
        "another e-mail address",
        "another name",
      ]),
    );
  });

  test("never touches a cancelled booking or one that is over", async () => {
    const { system, clock, truth } = await populated(200);
    const known = truth();

    for (let round = 0; round < 100; round += 1) {
      clock.advance(1000);
      const reference = /\d+/.exec(system.changeSilently?.() ?? "")?.[0] ?? "";
      expect(known.get(reference)?.status).not.toBe("cancelled");
      expect((known.get(reference)?.startsOn ?? "") >= "2026-03-02").toBe(true);
    }
  });

  test("is nothing where there is nothing", () => {
    expect(simulator.create({ seed: 1, now: NOW }).changeSilently?.()).toBeUndefined();
  });

  test("may happen between two steps of a story, and stays", async () => {
    const { system, take, clock, truth } = await populated(0);
    const calls = system.play("provisional-then-confirmed")[Symbol.iterator]();
    const made = calls.next();
    clock.advance(60_000);
    const what = Array.from({ length: 40 }, () => system.changeSilently?.() ?? "").join("\n");
    clock.advance(60_000);
    const confirmed = calls.next();
    if (made.done || confirmed.done) throw new Error("no call");

    const { view } = await take(confirmed.value);

    expect(what).toContain("another e-mail address");
    expect(view.customer?.email).toMatch(/^guest\.\d+@example\.com$/);
    expect(view.status).toBe("confirmed");
    const { total, paid } = truth().get(numberOf(made.value)) ?? {};
    expect([view.totals?.total, view.totals?.paid]).toEqual([total, paid]);
  });
});

describe("the account's own clock", () => {
  test("tells when a story begins and goes on; nothing lies ahead of it", async () => {
    const { system, take, clock } = await populated(0);
    clock.advance(3 * DAY_MS);
    const calls = system.play("cancelled")[Symbol.iterator]();
    const confirmed = calls.next();
    if (confirmed.done) throw new Error("no call");
    const made = await take(confirmed.value);
    clock.advance(7_200_000);

    const cancelled = calls.next();
    if (cancelled.done) throw new Error("no call");
    const { view } = await take(cancelled.value);

    const sinceStart = (text: string | null | undefined) =>
      (Date.parse(text ?? "") - NOW - 3 * DAY_MS) / 1000;
    expect(sinceStart(made.view.madeAt)).toBeGreaterThanOrEqual(-60);
    expect(sinceStart(made.view.madeAt)).toBeLessThanOrEqual(0);
    expect(sinceStart(view.payments?.at(-1)?.paidAt)).toBe(7200);
    expect(sinceStart(view.cancellation?.at)).toBe(7201);
  });

  test("without one a story begins at the beginning", async () => {
    const { system, take } = await account();

    const [seen] = await playAll(system, "confirmed", take);

    expect(Date.parse(seen?.view.madeAt ?? "") - NOW).toBeLessThanOrEqual(50_000);
    expect(Date.parse(seen?.view.madeAt ?? "") - NOW).toBeGreaterThan(0);
  });
});

describe("what the API takes in an hour", () => {
  test("calls are counted by what they ask for, and more than the limit are refused", async () => {
    const { system, rows, look, clock } = await populated(10, { hourlyLimit: 3 });
    await rows(starting, ALL_DAYS); // one call for each of the two channels
    await look("4001", { channelId: "51234" });
    await look("4001", { channelId: "51234" });

    const refused = look("4001", { channelId: "51234" });

    await expect(refused).rejects.toMatchObject({ kind: "retryable" });
    expect(Object.fromEntries(system.calls ?? [])).toEqual({ list: 2, show: 2, refused: 1 });
    clock.advance(3_600_000);
    expect(await look("4001", { channelId: "51234" })).toBeUndefined();
  });
});
