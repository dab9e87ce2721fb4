import { kindOf, type SimulatedAnswer } from "#sdk";
import { fetchContext, memoryLog, testClock, vendorServer } from "#sdk/testing";
import { describe, expect, test } from "vitest";

import { source } from "./source.ts";
import { answerWith, config, fetchFrom, fixture } from "./testing.ts";

const NOW = Date.UTC(2026, 2, 2, 13, 20);

async function failureOf(
  answer: SimulatedAnswer | string,
  options: Parameters<typeof fetchFrom>[1] = {},
) {
  try {
    await fetchFrom(answer, options);
  } catch (error) {
    const retryAfterMs =
      error instanceof Error && "retryAfterMs" in error ? error.retryAfterMs : undefined;
    return {
      kind: kindOf(error),
      message: error instanceof Error ? error.message : "",
      retryAfterMs,
    };
  }
  throw new Error("nothing was thrown");
}

const saying = (error: string) =>
  `<?xml version="1.0"?><response><request>GET</request><error>${error}</error></response>`;

describe("the call", () => {
  test("is signed for the channel and tells who calls", async () => {
    const { requests } = await fetchFrom(fixture("01_new_confirmed_web.xml"));

    const [request] = requests;
    expect(requests).toHaveLength(1);
    expect(request).toMatchObject({
      method: "GET",
      url: "/c/booking/show.xml?booking_id=1201",
      headers: {
        // The first of the signing vectors.
        authorization: "TourCMS 51234:0:OI5eFMM688NxuyrbzbRNYe40AE79Cc5dBSpINFqwSAU%3D",
        "x-tourcms-date": "Mon, 02 Mar 2026 13:20:00 GMT",
        "content-type": 'text/xml;charset="utf-8"',
        "user-agent": "Bellhop (0_51234)",
      },
    });
    expect(request?.headers["x-request-id"]).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });

  test("of a marketplace agent carries the agent's id", async () => {
    const { requests } = await fetchFrom(fixture("01_new_confirmed_web.xml"), {
      settings: { marketplaceId: "58000" },
    });

    expect(requests[0]?.headers["authorization"]).toMatch(/^TourCMS 51234:58000:/);
    expect(requests[0]?.headers["user-agent"]).toBe("Bellhop (58000_51234)");
  });

  test("is not made without a key for the channel", async () => {
    const failure = await failureOf(answerWith(""), {
      settings: { channels: { "51234": { apiKey: "k" } } },
      channelId: "51300",
    });

    expect(failure).toMatchObject({
      kind: "configuration",
      message: "no apiKey for channel 51300: add it under settings.channels",
    });
  });

  test.each([
    ["../1201", "51234"],
    ["1201&show_temporary_bookings=1", "51234"],
    ["1201", "51234/0"],
    ["1201", ""],
  ])("is not made with anything but numbers: %j, %j", async (reference, channelId) => {
    const failure = await failureOf(answerWith(""), { reference, channelId });

    expect(failure.kind).toBe("permanent");
  });

  test("may be made by four at a time within the limit of the hour", () => {
    expect(source.budget?.(config({ hourlyLimit: 2000 }))).toEqual({
      perHour: 2000,
      concurrency: 4,
    });
  });
});

describe("the answer", () => {
  test.each([fixture("api/error_no_matching_data.xml"), saying("INVALID BOOKING ID")])(
    "may say that there is no such booking: %#",
    async (body) => {
      expect((await fetchFrom(body)).view).toBeUndefined();
      expect((await fetchFrom({ status: 404, body })).view).toBeUndefined();
    },
  );

  test.each([
    ["error_fail_sig", "configuration", "settings.channels.51234.apiKey"],
    ["error_fail_keynotfound", "configuration", "settings.channels.51234.apiKey"],
    ["error_fail_perm", "configuration", "permission"],
    ["error_fail_partnersonly", "configuration", "settings.marketplaceId"],
    ["error_fail_time", "configuration", "clock"],
    ["error_api_throttle", "retryable", "no more calls"],
  ])("%s is %s", async (name, kind, words) => {
    for (const status of [200, 400, 401, 403]) {
      const failure = await failureOf({ status, body: fixture(`api/${name}.xml`) });

      expect(failure).toMatchObject({ kind });
      expect(failure.message).toContain("channel 51234");
      expect(failure.message).toContain(words);
    }
  });

  test.each([
    ["fail sig", "configuration"],
    ["Fail_Sig ", "configuration"],
    ["FAIL_ACTIVEPARTNERSONLY", "configuration"],
    ["FAIL_TOUROPONLY", "configuration"],
    ["FAIL_VERB", "permanent"],
    ["api_throttle", "retryable"],
    ["API  Throttle", "retryable"],
    ["WEBHOOK_TIMEOUT", "retryable"],
    ["SUPPLIER_SUBSYSTEM_ERROR", "retryable"],
    ["SOMETHING NEW", "retryable"],
    ["", "retryable"],
  ])("is read however its error is written: %j is %s", async (error, kind) => {
    expect((await failureOf(saying(error))).kind).toBe(kind);
  });

  test.each(["ok", " OK "])("%j is OK", async (error) => {
    const body = answerWith("<status>2</status>").replace("OK", error);

    expect((await fetchFrom(body)).view?.status).toBe("confirmed");
  });

  test("no matching data is understood in any spelling", async () => {
    expect((await fetchFrom(saying("no_matching_data"))).view).toBeUndefined();
  });

  test.each([
    ["a 500", { status: 500, body: "" }, "retryable"],
    ["a 503 with XML", { status: 503, body: saying("OK") }, "retryable"],
    [
      "a 502 with HTML",
      { status: 502, body: fixture("awkward/html_instead_of_xml.txt") },
      "retryable",
    ],
    ["HTML", { status: 200, body: fixture("awkward/html_instead_of_xml.txt") }, "retryable"],
    ["a login page", { status: 403, body: "<!DOCTYPE html><html></html>" }, "retryable"],
    ["half of one", { status: 200, body: fixture("awkward/truncated.xml") }, "retryable"],
    ["nothing", { status: 200, body: "" }, "retryable"],
    ["an attack", { status: 200, body: fixture("awkward/doctype_entity_attack.xml") }, "permanent"],
    ["a 500 with one", { status: 500, body: "<!DOCTYPE a><response/>" }, "retryable"],
    ["a 400 of unknown sense", { status: 400, body: saying("ODD") }, "permanent"],
    ["a page not found", { status: 404, body: "Not Found" }, "configuration"],
    ["a redirect", { status: 302, headers: { location: "/login" }, body: "" }, "configuration"],
  ])("%s says what happens next", async (_name, answer, kind) => {
    expect((await failureOf(answer)).kind).toBe(kind);
  });

  test("no answer at all is tried again", async () => {
    const server = await vendorServer(() => ({ status: 200, body: "" }));
    await server.close();
    const context = fetchContext(config({ apiBaseUrl: server.url }));

    const call = source.fetchBooking?.("1201", { channelId: "51234" }, context);

    await expect(call).rejects.toMatchObject({ kind: "retryable" });
  });
});

describe("limits and clocks", () => {
  test("TourCMS tells how many calls are left, also when it refuses", async () => {
    const headers = { "x-ratelimit-remaining": "2987", "x-ratelimit-limit": "3000" };

    const { remaining } = await fetchFrom({
      status: 200,
      headers,
      body: fixture("api/error_no_matching_data.xml"),
    });

    expect(remaining).toEqual([2987]);
  });

  test.each(["", "many", "-1"])("an odd number of calls left is passed over: %j", async (left) => {
    const headers = { "x-ratelimit-remaining": left };

    const { remaining } = await fetchFrom({ status: 200, headers, body: answerWith("") });

    expect(remaining).toEqual([]);
  });

  test.each([
    [{}, 60_000],
    [{ "retry-after": "120" }, 120_000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "Mon, 02 Mar 2026 13:25:00 GMT" }, 300_000],
    [{ "retry-after": "Mon, 02 Mar 2026 13:00:00 GMT" }, 0],
    [{ "retry-after": "soon" }, 60_000],
  ])("too many calls wait as long as asked: %j", async (headers, retryAfterMs) => {
    const throttled = fixture("api/error_api_throttle.xml");

    const asError = await failureOf({ status: 200, headers, body: throttled });
    const asStatus = await failureOf({ status: 429, headers, body: "slow down" });

    expect(asError).toMatchObject({ kind: "retryable", retryAfterMs });
    expect(asStatus).toMatchObject({ kind: "retryable", retryAfterMs });
  });

  test.each([
    ["Mon, 02 Mar 2026 13:00:00 GMT", "20 min 0 s ahead of TourCMS"],
    ["Mon, 02 Mar 2026 13:36:05 GMT", "16 min 5 s behind TourCMS"],
    ["yesterday", "off by more than 15 minutes"],
  ])("a wrong clock is named, with how wrong it is: %s", async (date, words) => {
    const failure = await failureOf(
      { status: 200, headers: { date }, body: fixture("api/error_fail_time.xml") },
      { nowMs: NOW },
    );

    expect(failure.message).toContain(words);
  });
});

describe("whose booking it is", () => {
  test.each([
    ["another booking", answerWith("").replace("1201", "1202")],
    ["a booking without its number", answerWith("").replace("<booking_id>1201</booking_id>", "")],
    ["a booking of another account", answerWith("").replace("90001", "90002")],
    ["no booking", saying("OK")],
  ])("%s is never stored under this one's number", async (_name, body) => {
    expect((await failureOf(body)).kind).toBe("permanent");
  });

  test("a booking that does not name its account is taken", async () => {
    const body = answerWith("<status>0</status>").replace("<account_id>90001</account_id>", "");

    expect((await fetchFrom(body)).view?.status).toBe("quoted");
  });
});

test("neither keys nor guests' data come into errors and logs", async () => {
  const log = memoryLog();
  const server = await vendorServer(({ url }) => ({
    status: 200,
    body: url.includes("1202")
      ? saying("FAIL_SIG")
      : answerWith("<status>9</status><lead_customer_name>Kari Nordmann</lead_customer_name>"),
  }));
  const settings = config({ apiBaseUrl: server.url, channels: { "51234": { apiKey: "s3cret" } } });
  const context = fetchContext(settings, { log, clock: testClock(NOW) });

  const view = await source.fetchBooking?.("1201", { channelId: "51234" }, context);
  const refused = await source
    .fetchBooking?.("1202", { channelId: "51234" }, context)
    .catch((error: unknown) => String(error));
  await server.close();

  expect(view?.customer?.name).toBe("Kari Nordmann");
  expect(log.lines).toEqual(['TourCMS shows a status we do not know {"reference":"1201"}']);
  expect(refused).not.toContain("s3cret");
});
