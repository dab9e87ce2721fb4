import { describe, expect, it } from "vitest";

import { PermanentError } from "#sdk";
import { delivery, sourceContext } from "#sdk/testing";

import { planyoSource } from "./source.ts";
import { fixture, readBody, readFixture, settings } from "./testing.ts";

function readQuery(query: string) {
  return planyoSource.read(delivery({ method: "GET", query }), sourceContext(settings()));
}

describe("a booking read out of a notification", () => {
  it("has the rented thing as its item, the money, the guest and the form", () => {
    const { view } = readFixture("02_reservation_confirmed.form");

    const stay = {
      start: { date: "2026-07-04", time: "16:00", timeZone: "Europe/Madrid" },
      end: { date: "2026-07-06", time: "11:00", timeZone: "Europe/Madrid" },
    };
    const price = { amountMinor: 24000, currency: "EUR" };
    const none = { amountMinor: 0, currency: "EUR" };
    expect(view).toEqual({
      status: "confirmed",
      flags: { fraud: false, conflict: false, locked: false },
      cancellation: null,
      title: 'Cabin "Pi" & sauna',
      channel: { id: "77001" },
      ...stay,
      customer: {
        id: "50001",
        firstName: "Marta",
        lastName: "Núñez d’Olló",
        email: "marta.nunez+bici@example.com",
        phone: "+34 655 555 010",
        country: "ES",
        address: {
          street: "C/ Major, 1, 2n 1a",
          city: "Vic",
          postcode: "08500",
          state: "Barcelona",
        },
        custom: { Company: "Núñez & Filles, S.L.", VAT_number: "ESB00000000" },
      },
      items: [
        {
          id: "3101",
          name: 'Cabin "Pi" & sauna',
          kind: "rental",
          productId: "3101",
          quantity: 1,
          unit: "piece",
          ...stay,
          price,
          unitName: "Cabin Pi-2",
        },
      ],
      totals: { total: price, beforeDiscount: price, discount: none, paid: none },
      balance: price,
      balanceOwedBy: "customer",
      cartId: null,
      madeAt: "2026-03-02T09:15:00Z",
      custom: {
        Airport_transfer: "on",
        Arrival_time__approx__: "late, after 22:00",
        Comments: 'Vindrem amb el gos "Nap" & dues bicis.\r\nGràcies!',
      },
    });
  });

  it("keeps a cleared check box, empty, so that the change is seen", () => {
    const { view } = readFixture("08_reservation_user_modified.form");

    expect(view?.custom).toEqual({ Airport_transfer: "", Comments: "Now two cabins" });
    expect(view?.items?.[0]?.quantity).toBe(2);
  });

  it("has no form items where the list of them is empty", () => {
    expect(readFixture("03_reservation_admin_canceled.form").view?.custom).toEqual({});
  });

  it("tells a package from its parts", () => {
    const parent = readFixture("34_package_parent.form");
    const child = readFixture("34_package_child.form");

    expect(parent.view?.items?.[0]?.kind).toBe("package");
    expect(child.view?.items?.[0]?.kind).toBe("rental");
  });

  it("knows the cart it shares with another booking", () => {
    const [a, b] = ["33_cart_a.form", "33_cart_b.form"].map((name) => readFixture(name));

    expect([a?.view?.cartId, b?.view?.cartId]).toEqual(["880077", "880077"]);
  });

  it.each([
    ["03_reservation_admin_canceled.form", "staff"],
    ["04_reservation_user_canceled.form", "customer"],
    ["06_reservation_auto_canceled.form", "system"],
  ])("%s was cancelled by %s", (name, by) => {
    const { view, announcement } = readFixture(name);

    expect(view?.cancellation).toEqual({ by });
    expect(announcement).toMatchObject({ actor: by, impliedStatus: "cancelled" });
  });
});

describe("what a notification announces", () => {
  it("a quiet cancellation asks for silence", () => {
    expect(readFixture("03_reservation_admin_canceled.form").announcement.isQuiet).toBe(true);
    expect(readFixture("04_reservation_user_canceled.form").announcement.isQuiet).toBe(false);
  });

  it.each([
    ["31_kwd_payment_received.form", { amount: { amountMinor: 10125, currency: "KWD" } }],
    ["07_reservation_payment_received.json", { amount: { amountMinor: 12000, currency: "EUR" } }],
    [
      "24_reservation_payment_removed.form",
      {
        amount: { amountMinor: 12000, currency: "EUR" },
        paidAt: "2026-03-03T08:00:00Z",
        method: "Paypal",
      },
    ],
  ])("the payment of %s", (name, payment) => {
    expect(readFixture(name).announcement.payment).toEqual(payment);
  });

  it.each([
    ["21_before_or_after_event_1", "start", -2880],
    ["21_before_or_after_event_2", "end", 1440],
    ["21_before_or_after_event_6", "created", 4320],
  ])("the timer of %s counts from the booking's %s", (stem, relativeTo, offsetMinutes) => {
    const { announcement } = readFixture(`${stem}.json`);

    expect(announcement.timer).toEqual({ name: stem.slice(3), relativeTo, offsetMinutes });
    expect(announcement.actor).toBe("system");
  });

  it.each([
    ["02_reservation_confirmed.form", "staff"],
    ["30_jpy_reservation_confirmed.form", "customer"],
    ["22_custom_button_1.form", "staff"],
    ["15_hourly.form", "system"],
    ["25_coupon_payment_removed.form", "unknown"],
  ])("%s was done by %s", (name, actor) => {
    expect(readFixture(name).announcement.actor).toBe(actor);
  });
});

describe("whether a booking can be fetched", () => {
  it("is fetched when there is a key", () => {
    const known = { apiKey: "k", timestamps: "true_epoch" };

    expect(readFixture("02_reservation_confirmed.form", known).fetch).toEqual({});
  });

  it("is taken from the notification when there is none", () => {
    expect(readFixture("02_reservation_confirmed.form").fetch).toBeUndefined();
  });

  it("is taken from the notification when it was deleted", () => {
    const notice = readFixture("27_reservation_removed.form", { apiKey: "k" });

    expect(notice.fetch).toBeUndefined();
    expect(notice.view).toMatchObject({ status: "removed", cancellation: { by: "customer" } });
  });
});

describe("where the fields come from", () => {
  it("a booking may be tried out in a browser's address line", () => {
    const [notice] = readQuery("notification_type=reservation_confirmed&reservation=9000101");

    expect(notice?.subject).toEqual({ kind: "booking", reference: "9000101" });
  });

  it("a query never says more about a booking than the body", () => {
    const post = delivery({
      method: "POST",
      query: "ppp_payload=json&status=11&reservation=1&shop=a",
      body: fixture("02_reservation_confirmed.form"),
    });

    const [notice] = planyoSource.read(post, sourceContext(settings()));

    expect(notice?.subject).toEqual({ kind: "booking", reference: "9000101" });
    expect(notice?.view?.status).toBe("confirmed");
    expect(notice?.announcement.native.fields).not.toHaveProperty("shop");
  });

  it.each(["", "ppp_payload=json", "shop=a"])(
    "a call with the query %j alone is empty",
    (query) => {
      expect(() => readQuery(query)).toThrow(new PermanentError("incomplete: empty body"));
    },
  );
});

describe("bookings that are not ours", () => {
  it("a booking of another site is refused", () => {
    expect(() => readFixture("30_jpy_reservation_confirmed.form", { siteId: "77001" })).toThrow(
      new PermanentError("site 77002 is not this connection's site 77001"),
    );
  });

  it("a closure of another site is refused", () => {
    const body = "notification_type=vacation_modified&site_id=77002&updated_vacation_ids=1";

    expect(() => readBody(body, { siteId: "77001" })).toThrow(PermanentError);
  });

  it.each(["1/../2", "12 OR 1=1", "-5", "9e9"])("a booking named %j is refused", (id) => {
    const body = new URLSearchParams({ notification_type: "checked_in", reservation: id });

    expect(() => readBody(body.toString())).toThrow("unreadable: the reservation is not a number");
  });
});

describe("subjects without a name of their own", () => {
  it("a closure that names no ids is known by its place and kind", () => {
    const site = readBody("notification_type=vacation_modified&site_id=77001&vacation_type=2");
    const resource = readBody("notification_type=vacation_modified&resource_id=31&vacation_type=1");

    expect(site.subject).toEqual({ kind: "vacation", id: "site-77001-2" });
    expect(resource.subject).toEqual({ kind: "vacation", id: "31-1" });
  });

  it("a coupon without code and address is known by what was said about it", () => {
    const body = "notification_type=coupon_payment_removed&type=hours&coupon_balance=3";

    const [first, again] = [readBody(body), readBody(body)];
    const other = readBody(`${body}0`);

    expect(again.subject).toEqual(first.subject);
    expect(other.subject).not.toEqual(first.subject);
  });

  it("a closure of a thousand ids has an id that fits into a key", () => {
    const ids = Array.from({ length: 1000 }, (_, index) => String(660_000 + index)).join(",");

    const { subject } = readBody(`notification_type=vacation_modified&updated_vacation_ids=${ids}`);

    expect(subject.kind === "vacation" && subject.id).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    ["resource_id=3101", { kind: "resource", id: "3101" }],
    ["user=50001", { kind: "customer", id: "50001" }],
    ["moon=full", { kind: "clock" }],
  ])("an unknown event with %s changes no booking", (rest, subject) => {
    const notice = readBody(`notification_type=moon_rose&${rest}`);

    expect(notice.announcement.type).toBe("source.unknown");
    expect(notice.subject).toEqual(subject);
    expect(notice.record).toBeUndefined();
  });

  it.each([
    ["user_updated", "incomplete: no user"],
    ["resource_removed", "incomplete: no resource"],
    ["checked_in", "incomplete: no reservation"],
  ])("%s that does not say of whom is refused", (type, message) => {
    expect(() => readBody(`notification_type=${type}`)).toThrow(new PermanentError(message));
  });
});

it("bookings are looked up one at a time, at the pace that is set", () => {
  const budget = planyoSource.budget?.(settings({ hourlyLimit: 60, secondsBetweenCalls: 1.5 }));

  expect(budget).toEqual({ perHour: 60, concurrency: 1, spacingMs: 1500 });
});

describe("Planyo's own timers", () => {
  const timer = (timers: "own" | "source" | "both") =>
    readBody(
      "notification_type=before_or_after_event_1&reservation=7&time_difference=-60&relative_to=start",
      { timers },
    ).announcement.leftOut;

  it("make no event where the connection's timers are Bellhop's own", () => {
    expect(timer("own")).toMatch(/timers: own/);
  });

  it.each(["source", "both"] as const)("count where the setting is %s", (timers) => {
    expect(timer(timers)).toBeUndefined();
  });
});

it("a coupon whose payment is removed differs from the coupon that was bought", () => {
  const coupon = "&coupon_code=GIFT-1&coupon_price=50.00&coupon_purchase_currency=EUR";

  const bought = readBody(`notification_type=coupon_payment_received${coupon}`);
  const removed = readBody(`notification_type=coupon_payment_removed${coupon}`);

  expect(removed.subject).toEqual(bought.subject);
  expect(removed.record).not.toEqual(bought.record);
});
