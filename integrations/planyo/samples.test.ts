import { describe, expect, it } from "vitest";

import { formatAmount, type EventType, type NoticeSubject } from "#sdk";

import { readStatus } from "./status.ts";
import { fixtureJson, readFixture } from "./testing.ts";

interface Sample {
  stem: string;
  notification_type: string;
  reservation: string | null;
  site: string;
  status: string | null;
  currency: string | null;
  amount_outstanding: string | null;
}

const samples = fixtureJson("index.json") as Sample[];

const TYPES: Readonly<Record<string, EventType>> = {
  new_price_quotation: "booking.quoted",
  new_verified_reservation: "booking.requested",
  reservation_confirmed: "booking.confirmed",
  confirmed_cleared: "booking.unconfirmed",
  reservation_admin_modified: "booking.modified",
  reservation_user_modified: "booking.modified",
  reservation_products_user_modified: "booking.modified",
  reservation_price_updated: "booking.modified",
  reservation_admin_canceled: "booking.cancelled",
  reservation_user_canceled: "booking.cancelled",
  reservation_auto_canceled: "booking.cancelled",
  added_to_waitlist: "booking.waitlisted",
  checked_in: "booking.checked_in",
  checked_out: "booking.checked_out",
  noshow: "booking.no_show",
  reservation_removed: "booking.removed",
  reservation_payment_received: "payment.received",
  reservation_payment_removed: "payment.removed",
  user_updated: "customer.updated",
  coupon_payment_received: "coupon.purchased",
  coupon_payment_removed: "coupon.payment_removed",
  vacation_modified: "availability.changed",
  resource_settings_changed: "resource.changed",
  resource_removed: "resource.removed",
  hourly: "clock.hourly",
};

function expectedType(name: string): EventType | undefined {
  if (name.startsWith("before_or_after_event_")) return "booking.timer";
  return name.startsWith("custom_button_") ? "button.pressed" : TYPES[name];
}

describe.each(samples)("$stem", (sample) => {
  const form = readFixture(`${sample.stem}.form`, { siteId: sample.site });
  const json = readFixture(`${sample.stem}.json`, { siteId: sample.site });

  it("announces its event under our name, and keeps Planyo's", () => {
    const type = expectedType(sample.notification_type);

    expect(form.announcement).toMatchObject({
      type,
      native: { event: sample.notification_type },
    });
    expect(form.announcement.type).toBeDefined();
    expect(form.remark).toBeUndefined();
  });

  it("says the same as a form and as JSON", () => {
    const { native: formNative, ...formSays } = form.announcement;
    const { native: jsonNative, ...jsonSays } = json.announcement;

    expect({ ...json, announcement: jsonSays }).toEqual({ ...form, announcement: formSays });
    expect(jsonNative.event).toBe(formNative.event);
    expect(Object.keys(jsonNative.fields)).toEqual(
      expect.arrayContaining(Object.keys(formNative.fields)),
    );
  });
});

it.each(samples.filter(({ reservation }) => reservation !== null))(
  "$stem shows its booking, status and balance",
  (sample) => {
    const { subject, view } = readFixture(`${sample.stem}.form`);

    const isRemoved = sample.notification_type === "reservation_removed";
    const status = isRemoved ? "removed" : readStatus(sample.status ?? "")?.status;
    expect(subject).toEqual({ kind: "booking", reference: sample.reservation });
    expect(view?.status).toBe(status);
    expect(view?.balance?.currency).toBe(sample.currency);
    expect(view?.balance && formatAmount(view.balance)).toBe(sample.amount_outstanding);
    expect(view?.channel).toEqual({ id: sample.site });
  },
);

describe("notifications that are not about a booking", () => {
  it.each(samples.filter(({ reservation }) => reservation === null))(
    "$stem shows none and cannot be fetched",
    ({ stem }) => {
      const notice = readFixture(`${stem}.form`, { apiKey: "k" });

      expect(notice.subject.kind).not.toBe("booking");
      expect(notice.view).toBeUndefined();
      expect(notice.fetch).toBeUndefined();
    },
  );

  it.each<[string, NoticeSubject]>([
    ["09_vacation_modified_one_time_new", { kind: "vacation", id: "660001" }],
    ["09c_vacation_modified_bulk_import", { kind: "vacation", id: "660010,660011,660012" }],
    ["15_hourly", { kind: "clock" }],
    ["17_user_updated_new", { kind: "customer", id: "50001" }],
    ["18_coupon_payment_received", { kind: "coupon", id: "GIFT-7Q2X" }],
    ["18b_coupon_payment_received_entries", { kind: "coupon", id: "k.sato@example.com" }],
    ["23_resource_settings_changed", { kind: "resource", id: "3101" }],
    ["26_resource_removed", { kind: "resource", id: "3102" }],
  ])("%s is about %j", (stem, subject) => {
    expect(readFixture(`${stem}.form`).subject).toEqual(subject);
  });

  it("a changed customer comes with name and properties", () => {
    const { customer } = readFixture("17_user_updated_new.json").announcement;

    expect(customer).toEqual({
      id: "50001",
      firstName: "Marta",
      lastName: "Núñez d’Olló",
      email: "marta.nunez+bici@example.com",
      phone: "+34 655 555 010",
      country: "ES",
      address: { street: "C/ Major, 1, 2n 1a", city: "Vic", postcode: "08500", state: "Barcelona" },
      custom: { Company: "Núñez & Filles, S.L.", VAT_number: "ESB00000000" },
    });
  });

  it("a customer's record is about the person, not about the notification", () => {
    const { record } = readFixture("17b_user_updated_changed.form");

    expect(record).toMatchObject({ first_name: "فهد", address: "" });
    expect(record).not.toHaveProperty("notification_type");
    expect(record).not.toHaveProperty("is_new_user");
  });

  it("a bought coupon keeps holder, buyer and amounts as they are written", () => {
    const { record, announcement } = readFixture("18_coupon_payment_received.form");

    expect(record).toMatchObject({
      coupon_balance: "135.5",
      holder_field_name: "Mamá 💐",
      buyer_field_color: "red & gold",
    });
    expect(announcement.payment).toEqual({
      amount: { amountMinor: 9000, currency: "EUR" },
      paidAt: "2026-03-08T18:20:11Z",
    });
  });

  it("a changed closure keeps what it was before", () => {
    expect(readFixture("09b_vacation_modified_weekly_modified.form").record).toMatchObject({
      update_type: "modified",
      vacation_type: "3",
      start_time: "1775469600",
      prev_start_time: "1775473200",
    });
  });
});
