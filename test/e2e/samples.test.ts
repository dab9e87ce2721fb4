import { readdirSync, readFileSync } from "node:fs";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { vendorServer, type VendorServer } from "../../src/sdk/testing.ts";
import { type App, callApi, startApp, untilSettled } from "../harness/app.ts";

// Every sample of the two booking systems on its whole way: sent as the booking system sends it,
// fetched where there is an API, compared, told as the event of the table.

const TOKEN = "samples-token-0123456789abcdef";

function fixture(path: string): Buffer {
  return readFileSync(new URL(`../../integrations/${path}`, import.meta.url));
}

function namesIn(folder: string, pattern: RegExp): string[] {
  const url = new URL(`../../integrations/${folder}`, import.meta.url);
  return readdirSync(url)
    .filter((name) => pattern.test(name))
    .sort();
}

interface SeenEvent {
  type: string;
  subject: string;
  data: {
    booking?: Record<string, unknown>;
    origin: string;
    native: { event: string; fields: Record<string, unknown> };
    isQuiet: boolean;
    timer?: { offsetMinutes: number };
  };
}

interface Seen {
  state: string;
  reason: string | null;
  events: SeenEvent[];
}

/** What became of the delivery that was sent last. */
async function lastDelivery(app: App): Promise<Seen> {
  await untilSettled(app);
  const { body } = await callApi(app, "/deliveries?limit=1");
  const [delivery] = (
    body as { data: { state: string; reason: string | null; eventIds: string[] }[] }
  ).data;
  if (!delivery) throw new Error("nothing was delivered");
  const events = await Promise.all(
    delivery.eventIds.map(async (id) => (await callApi(app, `/events/${id}`)).body as SeenEvent),
  );
  return { state: delivery.state, reason: delivery.reason, events };
}

async function forgetBookings({ db }: App): Promise<void> {
  await db.knex("subjects").delete();
  await db.knex("events").delete();
}

const TOURCMS_EVENTS: Readonly<Record<string, string>> = {
  new_confirmed_web: "booking.confirmed",
  new_confirmed_staff: "booking.confirmed",
  new_provisional_web: "booking.requested",
  new_provisional_staff: "booking.requested",
  new_quotation_web: "booking.quoted",
  new_quotation_staff: "booking.quoted",
  cancelled: "booking.cancelled",
  expq_quotation: "booking.expired",
  expp_provisional: "booking.expired",
  redeem_voucher: "booking.checked_in",
  token_success: "payment.received",
  token_failure: "payment.failed",
};

describe("TourCMS", () => {
  let app: App;
  let api: VendorServer;
  /** What Show Booking answers, by booking. */
  const shown = new Map<string, string>();

  beforeAll(async () => {
    api = await vendorServer(({ url }) => {
      const id = new URL(url, "http://x").searchParams.get("booking_id") ?? "";
      const body =
        shown.get(id) ?? fixture("tourcms/fixtures/api/error_no_matching_data.xml").toString();
      return { status: 200, headers: { "content-type": "text/xml" }, body };
    });
    const connection = (accountId: string, channels: readonly string[]) => ({
      source: "tourcms",
      tokens: [TOKEN],
      settings: {
        accountId,
        channels: Object.fromEntries(channels.map((id) => [id, { apiKey: "key-of-the-channel" }])),
        apiBaseUrl: api.url,
        timeZone: "Europe/Oslo",
      },
    });
    const connections = {
      fjord: connection("90001", ["51234", "51300"]),
      gulf: connection("90002", ["51400"]),
    };
    app = await startApp({ config: { connections } });
  });
  afterAll(async () => {
    await app.stop();
    await api.close();
  });

  async function call(query: string, connection = "fjord"): Promise<Seen> {
    const answer = await fetch(`${app.url}/hooks/${connection}/${TOKEN}?${query}`);
    expect(answer.status).toBe(200);
    return lastDelivery(app);
  }

  interface Sample {
    stem: string;
    event: string;
    booking_id: string;
    account_id: string;
    currency: string;
    revenue: string;
    balance: string;
    components: number;
    payments: number;
  }
  const samples = JSON.parse(fixture("tourcms/fixtures/index.json").toString()) as
    { tourcms: Sample[] } | Sample[];
  const list = Array.isArray(samples) ? samples : samples.tourcms;

  // In the order of their numbers: some are later looks at the booking of an earlier one.
  it.each(list)("$stem becomes the event of the table, with its values", async (sample) => {
    const stem = sample.stem.replace(/^tourcms\//, "");
    shown.set(sample.booking_id, fixture(`tourcms/fixtures/${stem}.xml`).toString());
    const connection = sample.account_id === "90002" ? "gulf" : "fjord";

    const seen = await call(
      fixture(`tourcms/fixtures/${stem}.query`).toString("latin1"),
      connection,
    );

    const announced = seen.events.find(({ data }) => data.origin === "notified");
    expect(seen.state).toBe("done");
    expect(announced?.type).toBe(TOURCMS_EVENTS[sample.event]);
    expect(announced?.subject).toBe(sample.booking_id);
    const { body } = await callApi(app, `/bookings/${connection}/${sample.booking_id}`);
    expect(body).toMatchObject({
      reference: sample.booking_id,
      totals: { total: { currency: sample.currency } },
    });
    const booking = body as {
      totals: { total: { amount: string } };
      balance: { amount: string };
      items?: unknown[];
      payments?: unknown[];
    };
    expect(Number(booking.totals.total.amount)).toBe(Number(sample.revenue));
    expect(Number(booking.balance.amount)).toBe(Number(sample.balance));
    expect(booking.items?.length ?? 0).toBe(sample.components);
    expect(booking.payments?.length ?? 0).toBe(sample.payments);
  });

  it("a repeated call is a duplicate and stays visible", async () => {
    const query = fixture("tourcms/fixtures/01_new_confirmed_web.query").toString();

    expect(await call(query)).toMatchObject({ state: "duplicate", events: [] });
  });

  describe("awkward calls", () => {
    beforeEach(() => forgetBookings(app));
    const awkward = (name: string) =>
      fixture(`tourcms/fixtures/awkward/${name}.query`).toString("latin1");
    const showAll = () => {
      for (const [id, stem] of [
        ["1201", "01_new_confirmed_web"],
        ["1207", "07_cancelled"],
      ] as const) {
        shown.set(id, fixture(`tourcms/fixtures/${stem}.xml`).toString());
      }
    };

    it.each([
      ["own_token_first", "booking.confirmed"],
      ["extra_unknown_param", "booking.confirmed"],
      ["double_question_mark", "booking.confirmed"],
      ["invalid_percent", "booking.cancelled"],
      ["percent20_and_plus", "booking.cancelled"],
      ["account_name_with_ampersand", "booking.cancelled"],
      ["repeated_booking_id", "booking.cancelled"],
      ["unknown_event", "source.unknown"],
      ["uppercase_event", "source.unknown"],
    ])("%s is understood", async (name, type) => {
      showAll();

      const seen = await call(awkward(name));

      expect(seen.state).toBe("done");
      expect(seen.events.map((event) => event.type)).toContain(type);
    });

    it("unknown parameters are kept", async () => {
      showAll();

      const { events } = await call(awkward("extra_unknown_param"));

      expect(events[0]?.data.native.fields).toMatchObject({ api_version: "2027-01" });
    });

    it("of a repeated booking id the first counts, and the delivery says so", async () => {
      showAll();

      const seen = await call(awkward("repeated_booking_id"));

      expect(seen.events[0]?.subject).toBe("1207");
      expect(seen.reason).toContain("booking_id");
    });

    it.each(["empty_values", "missing_booking_id", "non_numeric_ids"])(
      "%s is kept for inspection and never reaches the API",
      async (name) => {
        const before = api.requests.length;

        const seen = await call(awkward(name));

        expect(seen).toMatchObject({ state: "failed", events: [] });
        expect(seen.reason).toMatch(/incomplete|unreadable/);
        expect(api.requests).toHaveLength(before);
      },
    );

    it("booking 1201 of another account is not merged with ours", async () => {
      const seen = await call(awkward("same_booking_id_other_account"));

      expect(seen).toMatchObject({ state: "failed", events: [] });
      expect(seen.reason).toContain("90002");
    });
  });
});

describe("Planyo", () => {
  const EVENTS: Readonly<Record<string, string>> = {
    new_verified_reservation: "booking.requested",
    reservation_confirmed: "booking.confirmed",
    confirmed_cleared: "booking.unconfirmed",
    reservation_admin_canceled: "booking.cancelled",
    reservation_user_canceled: "booking.cancelled",
    reservation_auto_canceled: "booking.cancelled",
    reservation_admin_modified: "booking.modified",
    reservation_user_modified: "booking.modified",
    reservation_products_user_modified: "booking.modified",
    reservation_price_updated: "booking.modified",
    reservation_payment_received: "payment.received",
    reservation_payment_removed: "payment.removed",
    checked_in: "booking.checked_in",
    checked_out: "booking.checked_out",
    noshow: "booking.no_show",
    added_to_waitlist: "booking.waitlisted",
    new_price_quotation: "booking.quoted",
    reservation_removed: "booking.removed",
    user_updated: "customer.updated",
    coupon_payment_received: "coupon.purchased",
    coupon_payment_removed: "coupon.payment_removed",
    vacation_modified: "availability.changed",
    resource_settings_changed: "resource.changed",
    resource_removed: "resource.removed",
    hourly: "clock.hourly",
  };
  const eventFor = (native: string) => {
    if (native.startsWith("before_or_after_event_")) return "booking.timer";
    return native.startsWith("custom_button_") ? "button.pressed" : EVENTS[native];
  };

  let app: App;
  beforeAll(async () => {
    const connection = (siteId: string, timeZone: string) => ({
      source: "planyo",
      tokens: [TOKEN],
      settings: { siteId, timeZone, timestamps: "true_epoch" },
    });
    const connections = {
      site77001: connection("77001", "Europe/Madrid"),
      site77002: connection("77002", "Asia/Tokyo"),
      site77003: connection("77003", "Asia/Kuwait"),
    };
    app = await startApp({ config: { connections } });
  });
  afterAll(() => app.stop());
  beforeEach(() => forgetBookings(app));

  async function post(file: string, connection = "site77001"): Promise<Seen> {
    const contentType = file.endsWith(".json")
      ? "application/json"
      : "application/x-www-form-urlencoded";
    const answer = await fetch(`${app.url}/hooks/${connection}/${TOKEN}?ppp_payload=json`, {
      method: "POST",
      headers: { "content-type": contentType },
      body: fixture(`planyo/fixtures/${file}`),
    });
    expect(answer.status).toBe(200);
    return lastDelivery(app);
  }

  interface Sample {
    stem: string;
    notification_type: string;
    reservation: string | null;
    site: string;
    currency: string | null;
    amount_outstanding: string | null;
  }
  const samples = JSON.parse(fixture("planyo/fixtures/index.json").toString()) as
    { planyo: Sample[] } | Sample[];
  const list = Array.isArray(samples) ? samples : samples.planyo;
  const files = list.flatMap((sample) =>
    [".form", ".json"].map((ending) => ({
      ...sample,
      file: sample.stem.replace(/^planyo\//, "") + ending,
    })),
  );

  it.each(files)("$file becomes the event of the table, with its values", async (sample) => {
    const seen = await post(sample.file, `site${sample.site}`);

    const announced = seen.events.find(({ data }) => data.origin === "notified");
    expect(seen.state).toBe("done");
    expect(announced?.type).toBe(eventFor(sample.notification_type));
    expect(announced?.data.native.event).toBe(sample.notification_type);
    if (sample.reservation === null) return;
    const { body } = await callApi(app, `/bookings/site${sample.site}/${sample.reservation}`);
    const booking = body as { balance: { amount: string; currency: string } };
    expect(booking.balance.currency).toBe(sample.currency);
    expect(Number(booking.balance.amount)).toBe(Number(sample.amount_outstanding));
  });

  it("a quiet cancellation is told as quiet", async () => {
    const { events } = await post("03_reservation_admin_canceled.form");

    expect(events[0]?.data.isQuiet).toBe(true);
    expect(events[0]?.data.booking).toMatchObject({ cancellation: { by: "staff" } });
  });

  it.each([
    ["40_timezone_true_epoch", "true_epoch"],
    ["40_timezone_wall_clock_epoch", "wall_clock"],
  ])("%s starts at 16:00 local", async (stem, timestamps) => {
    const settings = { siteId: "77001", timeZone: "Europe/Madrid", timestamps };
    const connections = { bikes: { source: "planyo", tokens: [TOKEN], settings } };
    const other = await startApp({ config: { connections } });
    const body = fixture(`planyo/fixtures/${stem}.form`);

    await fetch(`${other.url}/hooks/bikes/${TOKEN}`, { method: "POST", body });
    const { events } = await lastDelivery(other);
    await other.stop();

    expect(events[0]?.data.booking?.["start"]).toEqual({
      local: "2026-07-04T16:00",
      timeZone: "Europe/Madrid",
      instant: "2026-07-04T14:00:00Z",
    });
  });

  it.each(namesIn("planyo/fixtures/awkward", /\.(form|json)$/))(
    "awkward/%s is kept, answered 200 and ends with a reason or an event",
    async (name) => {
      const seen = await post(`awkward/${name}`);

      expect(["done", "duplicate", "failed"]).toContain(seen.state);
      if (seen.events.length === 0) expect(seen.reason).not.toBeNull();
    },
  );

  it.each([
    ["empty_strings.form"],
    ["missing_most_fields.form"],
    ["empty_body.form"],
    ["no_notification_type.form"],
  ])("awkward/%s is marked as incomplete", async (name) => {
    expect((await post(`awkward/${name}`)).reason).toContain("incomplete");
  });

  it("custom items named like standard ones do not overwrite them", async () => {
    const { events } = await post("awkward/form_item_name_clashes.form");

    expect(events[0]?.data.booking).toMatchObject({
      status: "confirmed",
      custom: { Status: "VIP", start_time: "soon", type: "family", email_2: "second@example.com" },
      customer: { email: "obrien@example.com" },
    });
  });

  it("custom values stay text", async () => {
    const { events } = await post("awkward/leading_zero_and_plus.form");

    expect(events[0]?.data.booking?.["custom"]).toEqual({
      Door_code: "007",
      Tax_id: "00012345678901234567",
      Room: "1e5",
    });
  });

  it("a key that would change prototypes changes nothing", async () => {
    await post("awkward/json_proto_key.json");

    expect(({} as Record<string, unknown>)["status"]).toBeUndefined();
  });

  it("timer slots beyond the documented ones are carried", async () => {
    const { events } = await post("awkward/slot_12.form");

    expect(events[0]).toMatchObject({
      type: "booking.timer",
      data: {
        timer: { name: "before_or_after_event_12", relativeTo: "confirmed", offsetMinutes: 30 },
      },
    });
  });

  it("an unknown notification type is told under its own name", async () => {
    const { events } = await post("awkward/unknown_notification_type.form");

    expect(events[0]).toMatchObject({
      type: "source.unknown",
      data: { native: { event: "reservation_teleported" } },
    });
  });
});
