import { afterEach, describe, expect, it } from "vitest";

import { kindOf, type SimulatedAnswer } from "#sdk";
import { fetchContext, memoryLog, testClock, vendorServer, type VendorServer } from "#sdk/testing";

import { fetchBooking } from "./api-view.ts";
import type { PlanyoConfig } from "./config.ts";
import { hashOfCall } from "./hash.ts";
import { fixture, settings } from "./testing.ts";

const servers: VendorServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const NOW = Date.UTC(2026, 2, 2, 13, 20); // 1772457600
const KEYS = { siteId: "77001", apiKey: "demo-api-key" };

/** A Planyo that gives these answers one after the other. */
async function planyo(...answers: SimulatedAnswer[]): Promise<VendorServer> {
  const server = await vendorServer(() => answers.shift() ?? { status: 500, body: "unexpected" });
  servers.push(server);
  return server;
}

function saved(name: string, status = 200): SimulatedAnswer {
  return { status, body: fixture(`api/${name}`).toString() };
}

function said(code: number | string, message: string): SimulatedAnswer {
  const body = { data: null, response_code: code, response_message: message };
  return { status: 200, body: JSON.stringify(body) };
}

function configFor(server: VendorServer, parts: Record<string, unknown> = {}): PlanyoConfig {
  return settings({ ...KEYS, apiBaseUrl: `${server.url}/rest/`, ...parts });
}

function look(config: PlanyoConfig, reference = "9000101") {
  return fetchBooking(reference, {}, fetchContext(config, { clock: testClock(NOW) }));
}

function parametersOf(server: VendorServer, call = 0): Record<string, string> {
  const body = server.requests[call]?.body.toString() ?? "";
  return Object.fromEntries(new URLSearchParams(body));
}

describe("looking a booking up", () => {
  it("posts method, key, site and reservation, and keeps the key out of the address", async () => {
    const server = await planyo(saved("get_reservation_data_9000101.json"));

    await look(configFor(server));

    expect(server.requests[0]).toMatchObject({ method: "POST", url: "/rest/" });
    expect(parametersOf(server)).toEqual({
      method: "get_reservation_data",
      api_key: "demo-api-key",
      site_id: "77001",
      reservation_id: "9000101",
    });
  });

  it("reads the booking's state out of the answer", async () => {
    const server = await planyo(saved("get_reservation_data_9000101.json"));

    const view = await look(configFor(server));

    expect(view).toMatchObject({
      status: "confirmed",
      start: { date: "2026-07-04", time: "16:00", timeZone: "Europe/Madrid" },
      totals: { total: { amountMinor: 27550 }, paid: { amountMinor: 12000 } },
      balance: { amountMinor: 15550, currency: "EUR" },
      madeAt: "2026-03-02T09:15:00Z",
      custom: {
        Airport_transfer: "on",
        Comments: 'Vindrem amb el gos "Nap" & dues bicis.',
      },
      notes: null,
      internalNote: null,
      customer: { id: "50001", phone: "+34 655 555 010" },
    });
    expect(view?.items).toHaveLength(1);
  });

  it("a reference that is not a number is never sent", async () => {
    const server = await planyo();

    const failure = await look(configFor(server), "1&method=x").catch(kindOf);

    expect(failure).toBe("permanent");
    expect(server.requests).toEqual([]);
  });

  it("a booking of another site is refused", async () => {
    const server = await planyo(saved("get_reservation_data_9000101.json"));

    await expect(look(configFor(server, { siteId: "77002" }))).rejects.toThrow(
      "reservation 9000101 is of site 77001, not of this connection's 77002",
    );
  });

  it("products become items, each once, none of quantity zero", async () => {
    const data = {
      status: 7,
      resource_id: 3101,
      name: "Cabin",
      properties: [],
      regular_products: { "3": { id: 811, name: "Breakfast", quantity: "2" } },
      group_products: [
        { id: "811", name: "Breakfast", quantity: 1 },
        { id: "812", name: "Bike", quantity: 0 },
        { id: "813", name: "Towel" },
      ],
    };
    const server = await planyo({
      status: 200,
      body: JSON.stringify({ data, response_code: 0, response_message: "" }),
    });

    const view = await look(configFor(server));

    expect(view?.items?.map(({ id, kind, quantity }) => [id, kind, quantity])).toEqual([
      ["3101", "rental", undefined],
      ["product:811", "option", 2],
      ["product:813", "option", 1],
    ]);
    expect(view?.custom).toEqual({});
    expect(view).not.toHaveProperty("email");
    expect(view?.customer).toBeUndefined();
  });
});

describe("the hash of a call", () => {
  it("is made with the secret and the very timestamp that is sent", async () => {
    const server = await planyo(saved("get_reservation_data_9000101.json"));

    await look(configFor(server, { hashKey: "demo-hash-key" }));

    expect(parametersOf(server)).toMatchObject({
      hash_timestamp: "1772457600",
      hash_key: "39e866d9378b4c87f9a7b97aa9a230fb",
    });
  });

  it("a booking is found though our clock is wrong, and the difference is remembered", async () => {
    const wrong = said(1, "Invalid timestamp passed. Current timestamp is 1772461234");
    const right = saved("get_reservation_data_9000101.json");
    const server = await planyo(wrong, right, right);
    const config = configFor(server, { hashKey: "demo-hash-key" });

    await look(config);
    await look(config);

    const timestamps = [0, 1, 2].map((call) => parametersOf(server, call)["hash_timestamp"]);
    expect(timestamps).toEqual(["1772457600", "1772461234", "1772461234"]);
    expect(parametersOf(server, 2)["hash_key"]).toBe(
      hashOfCall("demo-hash-key", "1772461234", "get_reservation_data"),
    );
  });

  it("a timestamp that is refused twice waits for a person", async () => {
    const wrong = saved("error_1_invalid_timestamp.json");
    const server = await planyo(wrong, wrong);

    const failure = await look(configFor(server, { hashKey: "h" })).catch(kindOf);

    expect(failure).toBe("configuration");
    expect(server.requests).toHaveLength(2);
  });

  it("without a hash key a refused timestamp is not tried again", async () => {
    const server = await planyo(saved("error_1_invalid_timestamp.json"));

    const failure = await look(configFor(server)).catch(kindOf);

    expect(failure).toBe("configuration");
    expect(server.requests).toHaveLength(1);
  });
});

describe("what an answer means for the booking", () => {
  it("a booking that is not found is no error", async () => {
    const server = await planyo(saved("error_4_not_found.json"));

    expect(await look(configFor(server))).toBeUndefined();
  });

  it.each<[string, SimulatedAnswer, string]>([
    ["a bad key holds it", saved("error_1_bad_key.json"), "configuration"],
    ["invalid input ends it", saved("error_3_invalid_input.json"), "permanent"],
    ["another error of the method ends it", said(4, "Reservation is archived"), "permanent"],
    ["overuse delays it", saved("error_5_overuse.json"), "retryable"],
    ["a fatal error delays it", saved("error_6_fatal.json"), "retryable"],
    ["a code nobody knows delays it", said("99", "?"), "retryable"],
    ["a PHP error page delays it", saved("not_json.txt"), "retryable"],
    ["JSON of something else delays it", { status: 200, body: "[1]" }, "retryable"],
    ["success without data delays it", said(0, "ok"), "retryable"],
    ["HTTP 503 delays it", { status: 503, body: "" }, "retryable"],
    ["HTTP 429 delays it", { status: 429, body: "{}" }, "retryable"],
    ["a wrong address holds it", { status: 404, body: "<h1>" }, "configuration"],
    ["a moved address holds it", { status: 301, body: "" }, "configuration"],
    [
      "an error with a status of its own is read",
      saved("error_1_bad_key.json", 403),
      "configuration",
    ],
  ])("%s", async (_title, answer, kind) => {
    const server = await planyo(answer);

    const failure = await look(configFor(server)).catch(kindOf);

    expect(failure).toBe(kind);
  });

  it("overuse asks for a pause of a minute", async () => {
    const server = await planyo(saved("error_5_overuse.json"));

    await expect(look(configFor(server))).rejects.toMatchObject({ retryAfterMs: 60_000 });
  });

  it("a busy server's own wish is honoured", async () => {
    const server = await planyo({ status: 503, headers: { "retry-after": "17" }, body: "" });

    await expect(look(configFor(server))).rejects.toMatchObject({ retryAfterMs: 17_000 });
  });

  it("no error repeats a key, even when Planyo does", async () => {
    const server = await planyo(said(1, "Invalid API key demo-api-key"));

    const failure: unknown = await look(configFor(server)).catch((error: unknown) => error);

    expect(String(failure)).toContain("check apiKey");
    expect(String(failure)).not.toContain("demo-api-key");
  });

  it("a server that is away delays it", async () => {
    const server = await vendorServer(() => ({ status: 200, body: "" }));
    const config = configFor(server);
    await server.close();

    const failure = await look(config).catch(kindOf);

    expect(failure).toBe("retryable");
  });

  it("a value that makes no sense is left out and logged by name only", async () => {
    const body = { data: { status: "VIP" }, response_code: "0", response_message: "" };
    const server = await planyo({ status: 200, body: JSON.stringify(body) });
    const log = memoryLog();

    const view = await fetchBooking("7", {}, fetchContext(configFor(server), { log }));

    expect(view?.status).toBeUndefined();
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]).toContain("not understood: status");
    expect(log.lines[0]).not.toContain("VIP");
  });
});
