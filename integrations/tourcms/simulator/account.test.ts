import type { BookingView } from "#sdk";
import { afterEach, describe, expect, test } from "vitest";

import type { TourcmsConfig } from "../config.ts";
import { source } from "../source.ts";
import { simulator } from "./simulator.ts";
import { account, closeAccounts, NOW, numberOf, playAll } from "./testing.ts";

afterEach(closeAccounts);

describe("the simulated account", () => {
  test("plays the same bookings for the same seed, however they are mixed", async () => {
    const [one, two, other] = [await account(5), await account(5), await account(6)];

    const [first] = await playAll(one.system, "confirmed", one.take);
    const mixed = [two.system.play("confirmed"), two.system.play("cancelled")];
    const [firstMixed] = [...(mixed[0] ?? [])];
    const second = firstMixed && (await two.take(firstMixed));
    const [different] = await playAll(other.system, "confirmed", other.take);

    expect(second).toEqual(first);
    expect(different?.view).not.toEqual(first?.view);
  });

  test("moves on only when the next call is taken", async () => {
    const { system, take, look } = await account();
    const calls = system.play("quotation-accepted")[Symbol.iterator]();
    const made = calls.next();
    if (made.done) throw new Error("no call");
    const { notice } = await take(made.value);
    const reference = notice.subject.kind === "booking" ? notice.subject.reference : "";

    const before = await look(reference, notice.fetch ?? {});
    calls.next();
    const after = await look(reference, notice.fetch ?? {});

    expect([before?.status, after?.status]).toEqual(["quoted", "confirmed"]);
  });

  test("knows no booking before its first call, and none of another channel", async () => {
    const { system, take, look } = await account();
    const [known] = await playAll(system, "confirmed", take);
    const next = String(Number(numberOf(known?.call)) + 1);
    const play = system.play("confirmed");

    const early = await look(next, { channelId: "51234" });
    const [call] = [...play];
    const { fetch = {} } = call ? (await take(call)).notice : {};
    const wrong = await look(next, {
      channelId: fetch["channelId"] === "51234" ? "51300" : "51234",
    });
    const right = await look(next, fetch);

    expect(numberOf(call)).toBe(next);
    expect([early, wrong]).toEqual([undefined, undefined]);
    expect(right?.status).toBe("confirmed");
  });

  test("does not reuse the numbers of an account made earlier", () => {
    const numberAt = (now: number) =>
      Number(numberOf([...simulator.create({ seed: 1, now }).play("confirmed")][0]));

    expect(numberAt(NOW + 60_000)).toBe(numberAt(NOW) + 60);
    expect(numberAt(0)).toBe(2);
  });

  test("writes payments in its own time zone, as the settings say", async () => {
    const { system, take } = await account();

    const [seen] = await playAll(system, "confirmed", take);

    const [madeMs, paidMs] = [seen?.view.madeAt, seen?.view.payments?.[0]?.paidAt].map((text) =>
      Date.parse(text ?? ""),
    );
    expect((paidMs ?? NaN) - (madeMs ?? NaN)).toBe(95_000);
  });

  test("has guests of many tongues, all under example.com", async () => {
    const { system, take } = await account(99);
    const views: BookingView[] = [];
    for (let count = 0; count < 40; count += 1) {
      views.push(...(await playAll(system, "confirmed", take)).map(({ view }) => view));
    }

    const names = new Set(views.map(({ customer }) => customer?.name));
    expect(names.size).toBeGreaterThan(6);
    expect(new Set(views.map(({ totals }) => totals?.total?.currency))).toEqual(
      new Set(["EUR", "JPY"]),
    );
    expect(views.every(({ customer }) => customer?.email?.endsWith("@example.com"))).toBe(true);
    expect(views.some(({ customer }) => /\p{Script=Arabic}/u.test(customer?.name ?? ""))).toBe(
      true,
    );
    expect(views.some(({ customer }) => /\p{Script=Han}/u.test(customer?.name ?? ""))).toBe(true);
  });

  test("asks for a story it knows", () => {
    const system = simulator.create({ seed: 1, now: NOW });

    expect(() => system.play("stolen")).toThrow(/no story "stolen", only confirmed/);
  });
});

describe("who may ask the simulated API", () => {
  const refused = async (settings: Partial<TourcmsConfig>, nowMs = NOW) => {
    const { context } = await account(1, nowMs);
    const config = { ...context.config, ...settings };
    const call = source.fetchBooking?.("4001", { channelId: "51234" }, { ...context, config });
    return call?.then(
      () => "answered",
      (error: unknown) => String(error),
    );
  };

  test("only the key of the channel opens it", async () => {
    expect(await refused({ channels: { "51234": { apiKey: "wrong" } } })).toContain("FAIL_SIG");
    expect(await refused({ marketplaceId: "58000" })).toContain("FAIL_KEYNOTFOUND");
    expect(await refused({})).toBe("answered");
  });

  test.each([
    [14 * 60_000, "answered"],
    [-14 * 60_000, "answered"],
    [16 * 60_000, "FAIL_TIME"],
    [-16 * 60_000, "FAIL_TIME"],
  ])("a clock that is %i ms off is met with: %s", async (offMs, outcome) => {
    expect(await refused({}, NOW + offMs)).toContain(outcome);
  });

  test("it counts the calls of the hour", async () => {
    const { system, settings, context, look } = await account();
    const remaining: number[] = [];
    context.reportRemaining = (left) => remaining.push(left);

    await look("4001", { channelId: "51234" });
    await look("4001", { channelId: "51234" });
    await look("4001", { channelId: "51300" });

    expect(system.stories.length).toBeGreaterThan(10);
    expect(remaining).toEqual([
      settings.hourlyLimit - 1,
      settings.hourlyLimit - 2,
      settings.hourlyLimit - 1,
    ]);
  });
});
