import type { BookingStatus, EventType } from "#sdk";
import { afterEach, describe, expect, test } from "vitest";

import { simulator } from "./simulator.ts";
import { account, closeAccounts, NOW, playAll } from "./testing.ts";

const FAR_APART_SEEDS = [1, 7, 4242, 20260302];

afterEach(closeAccounts);

const PLAYED: Readonly<Record<string, readonly [string, EventType, BookingStatus][]>> = {
  confirmed: [["new_confirmed_web", "booking.confirmed", "confirmed"]],
  "provisional-then-confirmed": [
    ["new_provisional_web", "booking.requested", "requested"],
    ["new_confirmed_staff", "booking.confirmed", "confirmed"],
  ],
  "quotation-accepted": [
    ["new_quotation_staff", "booking.quoted", "quoted"],
    ["new_confirmed_web", "booking.confirmed", "confirmed"],
  ],
  "quotation-expired": [
    ["new_quotation_web", "booking.quoted", "quoted"],
    ["expq_quotation", "booking.expired", "expired"],
  ],
  "provisional-expired": [
    ["new_provisional_web", "booking.requested", "requested"],
    ["expp_provisional", "booking.expired", "expired"],
  ],
  cancelled: [
    ["new_confirmed_web", "booking.confirmed", "confirmed"],
    ["cancelled", "booking.cancelled", "cancelled"],
  ],
  "paid-by-link": [
    ["new_confirmed_staff", "booking.confirmed", "confirmed"],
    ["token_success", "payment.received", "confirmed"],
  ],
  "payment-failed": [
    ["new_provisional_staff", "booking.requested", "requested"],
    ["token_failure", "payment.failed", "requested"],
  ],
  "agent-booking": [["new_confirmed_web", "booking.confirmed", "confirmed"]],
  "staff-booking": [["new_confirmed_staff", "booking.confirmed", "confirmed"]],
};

describe("each story, from the call to the booking", () => {
  test.each(Object.entries(PLAYED))("%s", async (story, expected) => {
    const { system, take } = await account();

    const seen = await playAll(system, story, take);

    expect(
      seen.map(({ notice: { announcement }, view }) => [
        announcement.native.event,
        announcement.type,
        view.status,
      ]),
    ).toEqual(expected);
    expect(new Set(seen.map(({ call }) => call.about)).size).toBe(1);
  });

  test.each(FAR_APART_SEEDS)("redeemed, item by item (seed %i)", async (seed) => {
    const { system, take } = await account(seed);

    const [first, ...redemptions] = await playAll(system, "redeemed", take);

    expect(first?.view.status).toBe("confirmed");
    expect(redemptions.map(({ notice }) => notice.announcement.native.event)).toEqual(
      redemptions.map(() => "redeem_voucher"),
    );
    expect(redemptions.map(({ view }) => view.status)).toEqual(
      redemptions.map((_, index) =>
        index === redemptions.length - 1 ? "checked_in" : "confirmed",
      ),
    );
  });

  test("between them they play every trigger of TourCMS", () => {
    const system = simulator.create({ seed: 3, now: NOW });

    const events = system.stories.flatMap((story) =>
      [...system.play(story)].map(({ query }) => new URLSearchParams(query).get("event")),
    );

    expect(system.stories).toEqual(expect.arrayContaining([...Object.keys(PLAYED), "redeemed"]));
    expect([...new Set(events)].sort()).toEqual([
      "cancelled",
      "expp_provisional",
      "expq_quotation",
      "new_confirmed_staff",
      "new_confirmed_web",
      "new_provisional_staff",
      "new_provisional_web",
      "new_quotation_staff",
      "new_quotation_web",
      "redeem_voucher",
      "token_failure",
      "token_success",
    ]);
  });
});

describe("simulated money", () => {
  test.each(FAR_APART_SEEDS)("adds up in every story (seed %i)", async (seed) => {
    const { system, take } = await account(seed);

    for (const story of system.stories) {
      for (const { view } of await playAll(system, story, take)) {
        const total = view.totals?.total?.amountMinor ?? NaN;
        const paid = view.totals?.paid?.amountMinor ?? NaN;
        const prices = view.items?.map(({ price }) => price?.amountMinor ?? NaN) ?? [];
        expect(prices.reduce((sum, price) => sum + price, 0)).toBe(total);
        expect(view.balance?.amountMinor).toBe(view.status === "cancelled" ? 0 : total - paid);
        expect(view.totals?.tax).toBeDefined();
      }
    }
  });

  test("a refund, a payment by link and a failed one show in the booking", async () => {
    const { system, take } = await account();
    const paidIn = async (story: string) =>
      (await playAll(system, story, take)).map(({ view }) => view.payments?.length);

    expect(await paidIn("cancelled")).toEqual([1, 2]);
    expect(await paidIn("paid-by-link")).toEqual([0, 1]);
    expect(await paidIn("payment-failed")).toEqual([0, 0]);
  });

  test("an agent's booking is owed by the agent", async () => {
    const { system, take } = await account();

    const [seen] = await playAll(system, "agent-booking", take);

    expect(seen?.view).toMatchObject({ agent: { code: "SST" }, balanceOwedBy: "agent" });
  });
});
