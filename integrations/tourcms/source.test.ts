import { kindOf } from "#sdk";
import { delivery, sourceContext } from "#sdk/testing";
import { describe, expect, test } from "vitest";

import { source } from "./source.ts";
import { config, fixture, readOne } from "./testing.ts";

const awkward = (name: string) => fixture(`awkward/${name}.query`);

function errorFor(query: string, settings = config()): { kind: unknown; message: string } {
  try {
    source.read(delivery({ query }), sourceContext(settings));
  } catch (error) {
    return { kind: kindOf(error), message: error instanceof Error ? error.message : "" };
  }
  throw new Error("nothing was thrown");
}

const query = (event: string) =>
  `event=${event}&account_id=90001&account_name=fjordforest&channel_id=51234&booking_id=1201`;

describe("what an event name means", () => {
  test.each([
    ["new_quotation_staff", "booking.quoted", "staff", "quoted"],
    ["new_quotation_web", "booking.quoted", "customer", "quoted"],
    ["new_provisional_staff", "booking.requested", "staff", "requested"],
    ["new_provisional_web", "booking.requested", "customer", "requested"],
    ["new_confirmed_staff", "booking.confirmed", "staff", "confirmed"],
    ["new_confirmed_web", "booking.confirmed", "customer", "confirmed"],
    ["cancelled", "booking.cancelled", "unknown", "cancelled"],
    ["expq_quotation", "booking.expired", "system", "expired"],
    ["expp_provisional", "booking.expired", "system", "expired"],
    ["redeem_voucher", "booking.checked_in", "unknown", undefined],
    ["token_success", "payment.received", "customer", undefined],
    ["token_failure", "payment.failed", "customer", undefined],
    ["booking_component_changed", "source.unknown", "unknown", undefined],
    ["CANCELLED", "source.unknown", "unknown", undefined],
    ["__proto__", "source.unknown", "unknown", undefined],
  ])("%s announces %s by %s", (event, type, actor, impliedStatus) => {
    const notice = readOne(query(event));

    expect(notice.announcement).toMatchObject({ type, actor, native: { event } });
    expect(notice.announcement.impliedStatus).toBe(impliedStatus);
    expect(notice.subject).toEqual({ kind: "booking", reference: "1201" });
    expect(notice.fetch).toEqual({ channelId: "51234" });
    expect(notice.view).toBeUndefined();
    expect(notice.remark).toBeUndefined();
  });

  test.each([
    ["new_temporary_web", "customer"],
    ["new_temporary_staff", "staff"],
    ["temporary_booking_deleted", "unknown"],
    ["check_booking_status", "unknown"],
  ])("%s is kept, but there is no booking to look up yet", (event, actor) => {
    const notice = readOne(query(event), config(), { method: "POST", body: Buffer.from("<a/>") });

    expect(notice.announcement).toMatchObject({ type: "source.unknown", actor });
    expect(notice).not.toHaveProperty("fetch");
    expect(notice).not.toHaveProperty("view");
    expect(notice.remark).toContain("nothing to look up");
  });

  test("a call without an event name still makes us look at the booking", () => {
    const notice = readOne("account_id=90001&channel_id=51234&booking_id=1201");

    expect(notice.announcement).toMatchObject({ type: "source.unknown", native: { event: "" } });
    expect(notice.fetch).toEqual({ channelId: "51234" });
    expect(notice.remark).toBe("the call names no event");
  });

  test("the body of an inline call is not taken for the booking's state", () => {
    const notice = readOne(fixture("inline/new_confirmed_web_inline.query"), config(), {
      method: "POST",
      body: Buffer.from(fixture("inline/new_confirmed_web_inline.xml")),
    });

    expect(notice.announcement.type).toBe("booking.confirmed");
    expect(notice.fetch).toEqual({ channelId: "51234" });
    expect(notice.view).toBeUndefined();
  });
});

describe("awkward calls", () => {
  test("the operator's own parameters come first and are kept", () => {
    const { announcement, subject } = readOne(awkward("own_token_first"));

    expect(subject).toEqual({ kind: "booking", reference: "1201" });
    expect(announcement.native.fields).toEqual({
      hub_token: "s3cr3t-Token_~.",
      tenant: "oslo",
      event: "new_confirmed_web",
      account_id: "90001",
      account_name: "fjordforest",
      channel_id: "51234",
      booking_id: "1201",
    });
  });

  test("parameters that TourCMS adds one day are kept", () => {
    expect(readOne(awkward("extra_unknown_param")).announcement.native.fields).toMatchObject({
      request_uuid: "5f0d2a64-8a5b-4f52-9d0d-c7c4f2a6f001",
      api_version: "2027-01",
    });
  });

  test.each([
    ["double_question_mark", awkward("double_question_mark")],
    ["three of them", `a=1?b=2?${query("new_confirmed_web")}`],
    ["one at the very start", `?${query("new_confirmed_web")}`],
    ["two at the very start", `??${query("new_confirmed_web")}`],
    ["a percent-encoded one", `hub_token=abc%3F${query("new_confirmed_web")}`],
    ["one before another parameter", `t=abc?account_name=x&${query("new_confirmed_web")}`],
  ])("a further question mark does not hide the booking: %s", (_name, text) => {
    const notice = readOne(text);

    expect(notice.subject).toEqual({ kind: "booking", reference: "1201" });
    expect(notice.announcement.type).toBe("booking.confirmed");
    expect(notice.fetch).toEqual({ channelId: "51234" });
  });

  test("the operator's own parameter keeps its value before a second question mark", () => {
    const { fields } = readOne(awkward("double_question_mark")).announcement.native;

    expect(fields).toMatchObject({ hub_token: "abc", event: "new_confirmed_web" });
  });

  test("a question mark inside a value stays in the value", () => {
    const own = "back=https://example.com/?event=open&note=really?";
    const notice = readOne(`${own}&${query("cancelled")}`);

    expect(notice.announcement.native).toMatchObject({
      event: "cancelled",
      fields: { back: "https://example.com/?event=open", note: "really?" },
    });
  });

  test.each([
    ["account_name_with_ampersand", "Fjord & Forest, “Tours” 100%"],
    ["percent20_and_plus", "Fjord and Forest"],
    ["invalid_percent", "100%"],
  ])("the account's name is decoded: %s", (name, accountName) => {
    const { fields } = readOne(awkward(name)).announcement.native;

    expect(fields["account_name"]).toBe(accountName);
  });

  test("of two booking numbers the first counts, and the call is marked", () => {
    const notice = readOne(awkward("repeated_booking_id"));

    expect(notice.subject).toEqual({ kind: "booking", reference: "1207" });
    expect(notice.remark).toContain("booking_id came more than once");
  });

  test.each([
    ["unknown_event", "booking_component_changed"],
    ["uppercase_event", "CANCELLED"],
  ])("an event we do not know means that the booking may have changed: %s", (name, event) => {
    const notice = readOne(awkward(name));

    expect(notice.announcement).toMatchObject({ type: "source.unknown", native: { event } });
    expect(notice.fetch).toEqual({ channelId: "51234" });
  });
});

describe("calls that cannot be followed", () => {
  test.each([
    ["missing_booking_id", "incomplete: booking_id is missing"],
    ["empty_values", "incomplete: channel_id is missing"],
    ["non_numeric_ids", "unreadable: booking_id is not a number"],
  ])("%s never reaches the API", (name, message) => {
    const error = errorFor(awkward(name));

    expect(error.kind).toBe("permanent");
    expect(error.message).toMatch(new RegExp(`^${message}`));
    expect(error.message).not.toContain("etc");
  });

  test.each(["1201 ", "+1201", "1201.0", "１２０１", "1234567890123", "1201\n"])(
    "%j is no booking number",
    (id) => {
      const error = errorFor(
        `event=cancelled&account_id=90001&channel_id=51234&booking_id=${encodeURIComponent(id)}`,
      );

      expect(error).toMatchObject({ kind: "permanent" });
      expect(error.message).toMatch(/^unreadable: booking_id/);
    },
  );

  test("a call waits for the account to be set, and says to which number", () => {
    const error = errorFor(query("cancelled"), config({ accountId: undefined }));

    expect(error.kind).toBe("configuration");
    expect(error.message).toContain("set settings.accountId to 90001");
  });

  test("a booking of another account is never mixed with one of ours", () => {
    const error = errorFor(awkward("same_booking_id_other_account"));

    expect(error).toEqual({
      kind: "permanent",
      message: "account 90002 is not this connection's account 90001",
    });
  });
});
