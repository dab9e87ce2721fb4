import { type BookingStatus, type EventType, formatAmount, type Money, parseMoney } from "#sdk";
import { expect, test } from "vitest";
import { z } from "zod";

import { fetchFrom, fixture, readOne, config } from "./testing.ts";

// Every numbered sample: the call as it comes in, then what Show Booking answers about it.

const Index = z.array(
  z.object({
    stem: z.string(),
    event: z.string(),
    booking_id: z.string(),
    account_id: z.string(),
    channel_id: z.string(),
    currency: z.string(),
    revenue: z.string(),
    balance: z.string(),
    components: z.number(),
    payments: z.number(),
  }),
);
const samples = Index.parse(JSON.parse(fixture("index.json"))).map((sample) => ({
  ...sample,
  name: sample.stem.replace("tourcms/", ""),
}));

const EXPECTED: Readonly<Record<string, readonly [EventType, BookingStatus]>> = {
  "01_new_confirmed_web": ["booking.confirmed", "confirmed"],
  "02_new_confirmed_staff": ["booking.confirmed", "confirmed"],
  "03_new_provisional_web": ["booking.requested", "requested"],
  "04_new_provisional_staff": ["booking.requested", "requested"],
  "05_new_quotation_web": ["booking.quoted", "quoted"],
  "06_new_quotation_staff": ["booking.quoted", "quoted"],
  "07_cancelled": ["booking.cancelled", "cancelled"],
  "07b_cancelled_negative_balance": ["booking.cancelled", "cancelled"],
  "08_expq_quotation": ["booking.expired", "expired"],
  "09_expp_provisional": ["booking.expired", "expired"],
  "10_redeem_voucher": ["booking.checked_in", "confirmed"],
  "11_token_success": ["payment.received", "confirmed"],
  "12_token_failure": ["payment.failed", "confirmed"],
  "13a_status_change_provisional": ["booking.requested", "requested"],
  "13b_status_change_confirmed": ["booking.confirmed", "confirmed"],
  "14_limited_permission_view": ["booking.confirmed", "confirmed"],
};

test("every sample is known here", () => {
  expect(samples.map(({ name }) => name).sort()).toEqual(Object.keys(EXPECTED).sort());
});

test.each(samples)("$name is understood from the call to the booking", async (sample) => {
  const settings = {
    accountId: sample.account_id,
    channels: { [sample.channel_id]: { apiKey: "demo-channel-key-AbC123" } },
  };
  const money = (text: string): Money => parseMoney(text, sample.currency);

  const notice = readOne(fixture(`${sample.name}.query`), config(settings));
  const { view, requests } = await fetchFrom(fixture(`${sample.name}.xml`), {
    reference: sample.booking_id,
    channelId: notice.fetch?.["channelId"] ?? "",
    settings,
  });

  const [type, status] = EXPECTED[sample.name] ?? [];
  expect(notice.subject).toEqual({ kind: "booking", reference: sample.booking_id });
  expect(notice.announcement).toMatchObject({ type, native: { event: sample.event } });
  expect(requests.map(({ url }) => url)).toEqual([
    `/c/booking/show.xml?booking_id=${sample.booking_id}`,
  ]);
  expect(view?.status).toBe(status);
  expect(view?.totals?.total).toEqual(money(sample.revenue));
  expect(view?.balance).toEqual(money(sample.balance));
  const isLimited = sample.name.startsWith("14_");
  expect(view?.items?.length).toBe(isLimited ? undefined : sample.components);
  expect(view?.payments?.length).toBe(isLimited ? undefined : sample.payments);
});

test.each(samples)("in $name every amount keeps all its decimals", async (sample) => {
  const { view } = await fetchFrom(fixture(`${sample.name}.xml`), {
    reference: sample.booking_id,
    channelId: sample.channel_id,
    settings: {
      accountId: sample.account_id,
      channels: { [sample.channel_id]: { apiKey: "k" } },
    },
  });

  const decimals = { JPY: 0, KWD: 3 }[sample.currency] ?? 2;
  const written = formatAmount(view?.totals?.total ?? { amountMinor: -1, currency: "EUR" });
  expect(written).toBe(Number(sample.revenue).toFixed(decimals));
});

test("no sample lets passport, nationality or birth data through", async () => {
  const { view } = await fetchFrom(fixture("01_new_confirmed_web.xml"));

  const text = JSON.stringify(view);
  expect(fixture("01_new_confirmed_web.xml")).toContain("1986-02-28");
  for (const secret of ["1986-02-28", "1984-11-30", "Irish", "Polish", "nationality", "dob"]) {
    expect(text).not.toContain(secret);
  }
});
