import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { kindOf, PermanentError } from "#sdk";

import { readBody, readFixture } from "./testing.ts";

const read = (name: string) => readFixture(`awkward/${name}`);
const comments = (name: string) => read(name).view?.custom?.["Comments"];

describe("incomplete notifications stay visible and are marked", () => {
  it("an empty body is refused as incomplete", () => {
    expect(() => read("empty_body.form")).toThrow(new PermanentError("incomplete: empty body"));
  });

  it("a booking whose fields are empty keeps what is known of it", () => {
    const { subject, view, remark } = read("empty_strings.form");

    expect(subject).toEqual({ kind: "booking", reference: "9000151" });
    expect(remark).toBe(
      "incomplete: status, start, end, resource, currency, price_quoted, amount_paid missing",
    );
    const { channel, ...rest } = view ?? {};
    expect(channel).toEqual({ id: "77001" });
    expect(Object.values(rest).every((value) => value === undefined)).toBe(true);
  });

  it("a booking without fields is announced all the same", () => {
    const { announcement, remark } = read("missing_most_fields.form");

    expect(announcement).toMatchObject({ type: "booking.confirmed", impliedStatus: "confirmed" });
    expect(remark).toMatch(/^incomplete: status, start,/);
  });

  it("a booking without an event says that something changed", () => {
    const { announcement, view, remark } = read("no_notification_type.form");

    expect(announcement.type).toBeUndefined();
    expect(announcement.native.event).toBe("");
    expect(view?.status).toBe("requested");
    expect(remark).toBe("incomplete: no notification_type");
  });
});

describe("events we do not know", () => {
  it("an unknown event of a booking still shows its state", () => {
    const { announcement, subject, view } = read("unknown_notification_type.form");

    expect(announcement).toMatchObject({
      type: "source.unknown",
      native: { event: "reservation_teleported" },
    });
    expect(subject).toEqual({ kind: "booking", reference: "9000153" });
    expect(view?.status).toBe("requested");
  });

  it("a booking's twelfth timer is a timer", () => {
    expect(read("slot_12.form").announcement).toMatchObject({
      type: "booking.timer",
      timer: { name: "before_or_after_event_12", relativeTo: "confirmed", offsetMinutes: 30 },
    });
  });

  it("an event named like a part of every object is unknown", () => {
    const { announcement } = readBody("notification_type=constructor&reservation=1");

    expect(announcement.type).toBe("source.unknown");
  });
});

describe("bytes that are not quite right", () => {
  it("a bad percent sequence in a booking is left as it is", () => {
    expect(comments("broken_percent.form")).toContain("%ZZ");
  });

  it("a booking in Latin-1 is readable but for that value", () => {
    const { view } = read("latin1_bytes.form");

    expect(view?.custom?.["Comments"]).toContain("%E9");
    expect(view?.customer?.firstName).toBe("Seán");
  });

  it("raw bytes that are no UTF-8 do not hide a booking", () => {
    const head = Buffer.from("notification_type=noshow&reservation=7&Comments=");

    const notice = readBody(Buffer.concat([head, Buffer.from([0x63, 0xe9, 0xff])]));

    expect(notice.subject).toEqual({ kind: "booking", reference: "7" });
  });

  it("a byte order mark and blanks before JSON do not matter", () => {
    const notice = readBody('\uFEFF \r\n{"notification_type":"noshow","reservation":7}\n');

    expect(notice.subject).toEqual({ kind: "booking", reference: "7" });
  });
});

describe("the guest's own words", () => {
  it("HTML in a note is kept unchanged", () => {
    expect(comments("html_in_note.form")).toContain("<img src=x onerror=alert(1)>");
  });

  it("a note of 25,000 characters is kept whole", () => {
    expect(comments("very_long_note.form")?.length).toBe(25_000);
  });

  it("emoji and right-to-left names are kept", () => {
    const { view } = read("emoji_and_rtl.form");

    expect(view?.customer?.firstName).toBe("🎿Фёдор");
    expect(view?.custom?.["Comments"]).toMatch(/^👨‍👩‍👧‍👦 /u);
  });

  it("numbers in a form stay the text they were", () => {
    expect(read("leading_zero_and_plus.form").view?.custom).toMatchObject({
      Door_code: "007",
      Tax_id: "00012345678901234567",
      Room: "1e5",
    });
  });
});

describe("names that collide", () => {
  it("form items named like parameters do not overwrite the booking", () => {
    const { view, remark } = read("form_item_name_clashes.form");

    expect(view).toMatchObject({
      status: "confirmed",
      start: { date: "2026-07-04", time: "16:00" },
      customer: { email: "obrien@example.com" },
    });
    expect(view?.custom).toEqual({
      Status: "VIP",
      start_time: "soon",
      type: "family",
      email_2: "second@example.com",
    });
    expect(remark).toBeUndefined();
  });

  it("a listed form item named like a parameter is no form item", () => {
    const { view } = readBody(
      "notification_type=noshow&reservation=7&status=4103&email=a@example.com&form_items=status,email,Extra&Extra=1",
    );

    expect(view?.custom).toEqual({ Extra: "1" });
    expect(view?.status).toBe("no_show");
  });

  it("a parameter of other notifications is a form item only where it is listed", () => {
    const body = "notification_type=noshow&reservation=7&relative_to=moon";

    expect(readBody(body).view?.custom).toBeUndefined();
    expect(readBody(`${body}&form_items=relative_to`).view?.custom).toEqual({
      relative_to: "moon",
    });
  });

  it("of a repeated parameter the first counts and is remarked, a repeated choice is kept whole", () => {
    const { view, remark, announcement } = read("repeated_params.form");

    expect(view?.status).toBe("confirmed");
    expect(view?.custom).toEqual({ Extras: "Breakfast, Sauna, Bike" });
    expect(remark).toBe("given more than once, first taken: status");
    expect(announcement.native.fields["status"]).toEqual(["7", "11"]);
  });

  it("of a repeated JSON key the first counts and is remarked", () => {
    const { view, remark } = read("json_duplicate_keys.json");

    expect(view?.status).toBe("confirmed");
    expect(remark).toContain("given more than once, first taken: status");
  });
});

describe("JSON as it may come", () => {
  it("a booking may have numbers, texts, booleans, nulls and lists", () => {
    const { subject, view, announcement, remark } = read("numbers_as_strings_and_back.json");

    expect(subject).toEqual({ kind: "booking", reference: "9000160" });
    expect(view).toMatchObject({
      status: "confirmed",
      channel: { id: "77001" },
      start: { time: "16:00" },
      totals: { total: { amountMinor: 24000 }, paid: { amountMinor: 24050 } },
      balance: { amountMinor: -50, currency: "EUR" },
      madeAt: "2026-03-02T09:15:00Z",
      cartId: null,
      custom: { Airport_transfer: "on", Comments: "" },
    });
    expect(view?.items?.[0]).toMatchObject({ unitName: null, quantity: 1 });
    expect(announcement).toMatchObject({ isQuiet: true, actor: "staff" });
    expect(remark).toBeUndefined();
  });

  it("amounts with many digits do not pass through binary floats", () => {
    const { view } = readBody(
      '{"notification_type":"noshow","reservation":123456789012345678,"currency":"KWD","resource":3101,"count":2.0,"price_quoted":1234567890.001}',
    );

    expect(view?.totals?.total).toEqual({ amountMinor: 1234567890001, currency: "KWD" });
    expect(view?.items?.[0]?.quantity).toBe(2);
  });

  it.each(["json_array_instead_of_object.json", "json_truncated.json"])(
    "%s is refused as unreadable",
    (name) => {
      expect(() => read(name)).toThrow(/^unreadable: /);
    },
  );

  it.each([100, 100_000])("a booking nested %d levels deep is refused", (levels) => {
    const body = `{"reservation":"1","a":${"[".repeat(levels)}${"]".repeat(levels)}}`;

    expect(() => readBody(body)).toThrow(/^unreadable: /);
  });

  it("a key named like a prototype changes nothing", () => {
    const { view, announcement } = read("json_proto_key.json");

    expect(view?.custom).toEqual({ constructor: "x" });
    expect(view?.status).toBeUndefined();
    expect(Object.getPrototypeOf(announcement.native.fields)).toBe(Object.prototype);
    expect(announcement.native.fields["status"]).toBeUndefined();
    expect(Object.getOwnPropertyDescriptor(announcement.native.fields, "__proto__")?.value).toBe(
      '{"status":"7"}',
    );
  });
});

describe("values that make no sense", () => {
  it("are left out of the booking and named, the rest is kept", () => {
    const { view, remark } = readBody(
      "notification_type=noshow&reservation=7&status=VIP&start=soon&end=1783328400&resource=3101" +
        "&currency=EUR&price_quoted=lots&amount_paid=1,000.00&count=two&creation_date=x",
    );

    expect(view?.end).toBeDefined();
    expect([view?.status, view?.start, view?.totals, view?.madeAt]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(remark).toBe(
      "not understood: total, amount paid, start, status, quantity, creation time",
    );
  });
});

it("no body whatsoever ends in an error that we did not mean", () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
  const json = fc.json().map((text) => Buffer.from(text));
  const field = fc.tuple(fc.string(), fc.string());
  const form = fc.array(field).map((pairs) => {
    const known: [string, string][] = [
      ["notification_type", "reservation_confirmed"],
      ["reservation", "9000101"],
      ["status", "7"],
    ];
    return Buffer.from(new URLSearchParams([...known, ...pairs]).toString());
  });

  fc.assert(
    fc.property(fc.oneof(bytes, json, form), (body) => {
      try {
        readBody(body);
      } catch (error) {
        expect(kindOf(error)).toBe("permanent");
      }
    }),
    { numRuns: 2000 },
  );
});
